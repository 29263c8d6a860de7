package pipeline

import (
	"errors"
	"testing"
	"testing/synctest"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

func TestLossOfARecreatedTopic(t *testing.T) {
	p := shard.Partition{Topic: event.Purchases}
	one := shard.OriginOf(stream.Record{Offset: 10, Value: []byte("one")})
	two := shard.OriginOf(stream.Record{Offset: 10, Value: []byte("two")})
	later := shard.OriginOf(stream.Record{Offset: 11, Value: []byte("one")})
	for _, c := range []struct {
		name    string
		sight   Sight
		highest int64
		inGroup bool
		want    bool
	}{
		{"the same record", Sight{10, 20, one, one}, 15, true, false},
		{"the same record, after the group was away for a week", Sight{10, 20, one, one}, 15, false, false},
		{"the same record, the log was cut at its end", Sight{10, 11, one, one}, 15, true, false},
		{"another record at the same offset", Sight{10, 20, one, two}, 15, true, true},
		{"another record, and brokers that keep the offsets of deleted topics", Sight{0, 20, one, two}, 15, true, true},
		{"another offset comes first", Sight{0, 20, one, later}, 15, false, true},
		{"no record there", Sight{0, 5, one, shard.Origin{}}, 15, false, true},
		{"no record there, though no shard has read the log before", Sight{0, 0, one, shard.Origin{}}, 0, true, true},
		{"the record has expired", Sight{11, 20, one, later}, 15, true, false},
		{"the record has expired, after the group was away for a week", Sight{11, 20, one, later}, 15, false, false},
		{"all records have expired", Sight{20, 20, one, shard.Origin{}}, 15, true, false},
		{"nothing remembered, the first start", Sight{0, 20, shard.Origin{}, one}, 0, false, false},
		{
			"nothing remembered, the first start on a log that was trimmed, cut off before its offsets were committed",
			Sight{10, 20, shard.Origin{}, one},
			10, false, false,
		},
		{"nothing remembered by the version before, the group is here", Sight{0, 20, shard.Origin{}, one}, 15, true, false},
		{"nothing remembered by the version before, nor by the group", Sight{0, 20, shard.Origin{}, one}, 15, false, true},
		{"nothing remembered by the version before, nor by the group, the log is empty", Sight{0, 0, shard.Origin{}, shard.Origin{}}, 15, false, true},
	} {
		loss := c.sight.Loss(p, c.highest, c.inGroup)
		if got := loss != nil; got != c.want {
			t.Errorf("%s: want a loss: %t, got %v", c.name, c.want, loss)
		}
	}
}

// TestLook: what a log shows of its first record, in each state of the log.
func TestLook(t *testing.T) {
	p := shard.Partition{Topic: event.Purchases}
	fill := func(g *logs, from, n int) {
		for i := range n {
			g.append(p, event.Instant(i), "ann", []byte{byte(from + i)})
		}
	}
	at := func(offset int64, value byte) shard.Origin {
		return shard.OriginOf(stream.Record{Offset: offset, Time: event.Instant(offset), Key: []byte("ann"), Value: []byte{value}})
	}
	for _, c := range []struct {
		name       string
		remembered shard.Origin
		change     func(g *logs)
		want       shard.Origin
	}{
		{"nothing remembered: the first record", shard.Origin{}, func(*logs) {}, at(0, 0)},
		{"the remembered record, not only the first one", at(2, 2), func(*logs) {}, at(2, 2)},
		{"another log", at(2, 2), func(g *logs) { g.recreate(p); fill(g, 100, 5) }, at(2, 102)},
		{"a log that is shorter", at(2, 2), func(g *logs) { g.recreate(p); fill(g, 100, 2) }, shard.Origin{}},
		{"an empty log", at(2, 2), func(g *logs) { g.recreate(p) }, shard.Origin{}},
		{"what was remembered has expired: the first record that is left", at(2, 2), func(g *logs) { g.expire(p, 4) }, at(4, 4)},
		{"all has expired", at(2, 2), func(g *logs) { g.expire(p, 5) }, shard.Origin{}},
	} {
		synctest.Test(t, func(t *testing.T) {
			g := newLogs()
			fill(g, 0, 5)
			c.change(g)
			sight, err := Look(t.Context(), g, p, c.remembered)
			if err != nil || sight.Found != c.want {
				t.Errorf("%s: want %v, got %v and error %v", c.name, c.want, sight.Found, err)
			}
		})
	}
}

// TestLookAtALogThatDoesNotAnswer: no answer is no proof.
func TestLookAtALogThatDoesNotAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g, p := newLogs(), shard.Partition{Topic: event.Purchases}
		g.append(p, 0, "ann", []byte("x"))
		g.set(g.mute, p, true)
		if _, err := Look(t.Context(), g, p, shard.Origin{Hash: "x"}); !errors.Is(err, errNoAnswer) {
			t.Errorf("a log that returns nothing below its end: want %v, got %v", errNoAnswer, err)
		}
	})
}
