package pipeline

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// TestRecreatedUnderALane: the topic is deleted and created again while a lane reads it. The lane notices, however long the new log is.
func TestRecreatedUnderALane(t *testing.T) {
	for _, c := range []struct {
		name string
		// change replaces the log.
		change func(s shop)
		want   NoticeKind
	}{
		{"shorter", func(s shop) {
			s.logs.recreate(s.p)
			s.buy("a")
		}, OutOfRange},
		{"longer, after the partition was gone for a moment", func(s shop) {
			s.logs.set(s.logs.away, s.p, true)
			pass(200 * time.Millisecond)
			s.logs.recreate(s.p)
			s.buy("a", "b", "c", "d")
			s.logs.set(s.logs.away, s.p, false)
		}, AnotherLog},
	} {
		for _, policy := range []LossPolicy{FailOnLoss, ContinueFromFirst} {
			t.Run(fmt.Sprintf("%s/continue=%t", c.name, policy == ContinueFromFirst), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newShop(t)
					s.adjust = func(c *Config) { c.OnDataLoss = policy }
					s.buy("1", "2")
					lane := s.start(0, nil)
					lane.rest(t)
					c.change(s)
					if policy == FailOnLoss {
						var loss *DataLossError
						if err := s.end(lane); !errors.As(err, &loss) || loss.Cause != Recreated {
							t.Fatalf("a topic recreated under a lane: want a DataLossError, recreated, got %v", err)
						}
						return
					}
					eventually(t, "the loss is noticed", func() bool { return s.noticed(DataLoss) > 0 })
					finish(t, lane)
					if s.noticed(c.want) == 0 {
						t.Errorf("notices of %s: want one, got none", c.want)
					}
					held := []string{"1", "2"}
					for _, r := range s.logs.records[s.p] {
						x, err := plain{}.Decode(r)
						if err != nil {
							t.Fatal(err)
						}
						held = append(held, x.Common().ID)
					}
					s.holds(held...)
				})
			})
		}
	}
}

// TestRecreatedWhileALanePauses: a lane that fetches nothing for some seconds meets no error when the topic is deleted and created again.
func TestRecreatedWhileALanePauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShop(t)
		s.logs.limit = 1
		f := &fuse{at: -1, fails: map[string]int{}}
		s.adjust = func(c *Config) { c.BatchEvents = 1 }
		lane := s.start(0, f)
		lane.rest(t)
		f.set("commit", 12) // the lane stands for half a minute; its fetchers stop with a batch in hand and two ahead
		s.buy("1", "2", "3", "4", "5", "6")
		pass(10 * time.Second)
		s.logs.recreate(s.p)
		s.buy("a", "b", "c", "d", "e", "f", "g", "h")
		var loss *DataLossError
		if err := s.end(lane); !errors.As(err, &loss) || loss.Cause != Recreated {
			t.Fatalf("a topic recreated while the lane stood: want a DataLossError, recreated, got %v", err)
		}
		if s.noticed(AnotherLog) == 0 {
			t.Errorf("notices of %s: want one, got none", AnotherLog)
		}
	})
}
