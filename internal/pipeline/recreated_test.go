package pipeline

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// shop is a world of one lane, and of one customer whose purchases all are in one partition.
type shop struct {
	*world
	p shard.Partition
}

func newShop(t *testing.T) shop {
	w := newWorld(t, toyScorer(), 1, 4)
	return shop{w, w.place(event.Purchases, "c01")}
}

// buy writes purchases of c01 to the log.
func (s shop) buy(ids ...string) {
	for _, id := range ids {
		s.send(event.Purchases, message{ID: id, Customer: "c01", Occurred: ago(0), Amount: 5})
		pass(time.Millisecond)
	}
}

// end waits for the end of a lane that nobody stops, and returns its error.
func (s shop) end(lane *running) error {
	s.t.Helper()
	eventually(s.t, "the lane ends", func() bool { return len(lane.done) > 0 })
	return <-lane.done
}

// holds fails the test unless the profile of c01 holds these purchases and no others.
func (s shop) holds(ids ...string) {
	s.t.Helper()
	b := s.store.shards[s.layout.Of("c01")].profiles["c01"]
	profile, err := decodeToy(b)
	if err != nil {
		s.t.Fatal(err)
	}
	amounts := readToy(profile).Amounts
	for _, id := range ids {
		if _, ok := amounts[id]; !ok {
			s.t.Errorf("purchase %s: want it in the profile, got %s", id, b)
		}
	}
	if len(amounts) != len(ids) {
		s.t.Errorf("purchases: want %v, got %s", ids, b)
	}
}

// stateOfLog is what may have become of a log of three records while nobody read it, and the loss for each thing that may be known.
type stateOfLog struct {
	name   string
	change func(s shop)
	// remembered is the loss where the first record is remembered, whatever the group has; group where only the group's offset is left;
	// neither where nothing is left but the marks.
	remembered, group, neither LossCause
	// holds are the purchases of the log after the change that a lane must have applied in the end, besides 1, 2 and 3. unseen
	// are those that it skips where only the group's offset is left: then nothing tells the logs apart.
	holds, unseen []string
}

func statesOfLog() []stateOfLog {
	recreated := func(ids ...string) func(s shop) {
		return func(s shop) {
			kept, ok := s.logs.offsets()[s.p]
			s.logs.recreate(s.p)
			if ok { // brokers that keep the offset
				s.logs.committed[s.p] = kept
			}
			s.buy(ids...)
		}
	}
	return []stateOfLog{
		{"the same", func(shop) {}, "", "", Recreated, nil, nil},
		{"the same and more", func(s shop) { s.buy("4") }, "", "", Recreated, []string{"4"}, nil},
		{"the first expired", func(s shop) { s.logs.expire(s.p, 1) }, "", "", Recreated, nil, nil},
		{"all expired", func(s shop) { s.logs.expire(s.p, 3) }, "", "", "", nil, nil},
		{"cut", func(s shop) { s.logs.truncate(s.p, 1) }, Truncated, Truncated, Recreated, nil, nil},
		{"recreated and empty", recreated(), Recreated, Truncated, Recreated, nil, nil},
		{"recreated and shorter", recreated("a", "b"), Recreated, Truncated, Recreated, []string{"a", "b"}, nil},
		{"recreated and as long", recreated("a", "b", "c"), Recreated, "", Recreated, []string{"a", "b", "c"}, []string{"a", "b", "c"}},
		{"recreated and longer", recreated("a", "b", "c", "d"), Recreated, "", Recreated, []string{"a", "b", "c", "d"}, []string{"a", "b", "c"}},
	}
}

// TestRecreated: what a lane does at its start, for everything that may have become of the log, and everything that may be known of it.
func TestRecreated(t *testing.T) {
	for _, log := range statesOfLog() {
		for _, remembered := range []bool{true, false} {
			for _, inGroup := range []bool{true, false} {
				for _, policy := range []LossPolicy{FailOnLoss, ContinueFromFirst} {
					name := fmt.Sprintf("%s/remembered=%t/group=%t/continue=%t", log.name, remembered, inGroup, policy == ContinueFromFirst)
					t.Run(name, func(t *testing.T) {
						synctest.Test(t, func(t *testing.T) { recreated(t, log, remembered, inGroup, policy) })
					})
				}
			}
		}
	}
}

func recreated(t *testing.T, log stateOfLog, remembered, inGroup bool, policy LossPolicy) {
	s := newShop(t)
	s.buy("1", "2", "3")
	finish(t, s.start(0, nil))
	log.change(s)
	want, skipped := log.remembered, []string(nil)
	switch {
	case !remembered && inGroup:
		want, skipped = log.group, log.unseen
	case !remembered:
		want = log.neither
	}
	if !remembered {
		clear(s.store.origins)
	}
	if !inGroup {
		s.logs.depart(s.p)
	}

	metrics, states := NewMetrics(), s.store.states()
	s.adjust = func(c *Config) { c.OnDataLoss, c.Metrics = policy, metrics }
	lane := s.start(0, nil)
	if policy == FailOnLoss && want != "" {
		var loss *DataLossError
		if err := s.end(lane); !errors.As(err, &loss) || loss.Cause != want || loss.Partition != s.p {
			t.Fatalf("a lane whose input is lost: want a DataLossError of %s, %s, got %v", s.p, want, err)
		}
		if got := s.store.states(); got != states {
			t.Errorf("commits of a lane that fails: want none, got %d", got-states)
		}
		return
	}
	lane.rest(t)
	s.buy("last")
	finish(t, lane)
	s.judged(metrics, want)
	purchases := []string{"1", "2", "3", "last"}
	for _, id := range log.holds {
		if len(skipped) == 0 || id > skipped[len(skipped)-1] {
			purchases = append(purchases, id)
		}
	}
	s.holds(purchases...)

	// The loss is over: the next lane finds nothing, also under the other policy.
	again := NewMetrics()
	s.adjust = func(c *Config) { c.Metrics = again }
	lane = s.start(0, nil)
	s.buy("after")
	finish(t, lane)
	s.judged(again, "")
	s.holds(append(purchases, "after")...)
	if first := s.logs.records[s.p][0]; !remembered && s.store.origins[s.p] != shard.OriginOf(first) {
		t.Errorf("remembered: want the first record of the log, %v, got %v", shard.OriginOf(first), s.store.origins[s.p])
	}
}

// judged fails the test unless a loss of this cause, and of no other, has been counted.
func (s shop) judged(m *Metrics, want LossCause) {
	s.t.Helper()
	for _, cause := range []LossCause{Expired, Truncated, Gone, Recreated} {
		if got := reading(s.t, m.dataLoss.WithLabelValues(string(cause))); (got > 0) != (cause == want) {
			s.t.Errorf("losses counted as %s: want only %q, got %v", cause, want, got)
		}
	}
}

// TestRecreatedSaysWhatToDo: the error names the partition, what was expected and found, and the ways on.
func TestRecreatedSaysWhatToDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.buy("1", "2")
		finish(t, s.start(0, nil))
		before := s.store.origins[s.p]
		s.logs.recreate(s.p)
		s.buy("a", "b", "c")
		err := s.end(s.start(0, nil))
		if err == nil {
			t.Fatal("a recreated topic: want an error, got none")
		}
		now := shard.OriginOf(s.logs.records[s.p][0])
		for _, text := range []string{
			"recreated", string(event.Purchases), "partition 0", "offset 2", before.String(), now.String(), "--on-data-loss continue", "tidemark rebuild",
		} {
			if !strings.Contains(err.Error(), text) {
				t.Errorf("the error: want %q in it, got %v", text, err)
			}
		}
		if s.store.origins[s.p] != before {
			t.Errorf("remembered after a failure: want what was remembered before, %v, got %v", before, s.store.origins[s.p])
		}
	})
}

// TestRecreatedUnderOtherShards: a lane also resets its marks on the shards of other lanes. Else events of customers who belong to another
// partition would be skipped.
func TestRecreatedUnderOtherShards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := shop{world: newWorld(t, toyScorer(), 2, 4)}
		home := s.place(event.Purchases, "c01")
		s.p = shard.Partition{Topic: event.Purchases, Index: 1 - home.Index}
		stray := func(ids ...string) {
			for _, id := range ids {
				s.sendTo(s.p, ago(0), message{ID: id, Customer: "c01", Occurred: ago(0), Amount: 5})
				pass(time.Millisecond)
			}
		}
		stray("1", "2")
		finish(t, s.start(0, nil), s.start(1, nil))
		s.logs.recreate(s.p)
		stray("a", "b", "c")
		metrics := NewMetrics()
		s.adjust = func(c *Config) { c.OnDataLoss, c.Metrics = ContinueFromFirst, metrics }
		finish(t, s.start(0, nil), s.start(1, nil))
		s.holds("1", "2", "a", "b", "c")
		s.judged(metrics, Recreated)
	})
}

// TestCrashWhileGoingOn kills a lane at every call after a topic was deleted and created again. Its successor reads the rest of the new
// log, and nothing twice.
func TestCrashWhileGoingOn(t *testing.T) {
	for _, after := range []bool{false, true} {
		crashed := true
		for at := 1; crashed && !t.Failed(); at++ {
			if at > 500 {
				t.Fatal("the lane makes more calls than a test can crash at: want at most 500")
			}
			synctest.Test(t, func(t *testing.T) {
				s := newShop(t)
				s.adjust = func(c *Config) { c.OnDataLoss = ContinueFromFirst }
				s.buy("1", "2", "3")
				finish(t, s.start(0, nil))
				s.logs.recreate(s.p)
				s.buy("a", "b", "c", "d")
				f := &fuse{at: at, after: after}
				first := s.start(0, f)
				first.rest(t)
				first.lane.Drain()
				first.wait() // with an error or without: see crashed
				if crashed = f.blown(); crashed {
					finish(t, s.start(0, nil))
				}
				s.holds("1", "2", "3", "a", "b", "c", "d")
				if got, want := s.store.origins[s.p], shard.OriginOf(s.logs.records[s.p][0]); got != want {
					t.Errorf("crash at call %d: want %v remembered, got %v", at, want, got)
				}
			})
		}
	}
}
