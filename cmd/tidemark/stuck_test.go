package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// healthy is what the doctor sees of a healthy, busy service with two partitions and four shards; each look sees it a step further on.
func healthy(step int64) look {
	l := look{
		at:      time.Date(2026, 3, 1, 12, 0, 10*int(step), 0, time.UTC),
		members: kafka.Membership{State: "Stable", Members: 1, Owned: map[shard.Partition]bool{}},
		offsets: map[shard.Partition]kafka.Progress{},
		outputs: make([]string, 4), vitals: []redis.Vitals{{RunID: "a"}},
	}
	for index := range 2 {
		for _, p := range shard.Partitions(index) {
			l.members.Owned[p] = true
			l.offsets[p] = kafka.Progress{Partition: p, End: 100 + 20*step, Committed: 80 + 20*step}
		}
	}
	for n := range 4 {
		a := shard.Audit{Meta: shard.Meta{
			Token: shard.Token(fmt.Sprint("t", n, step)), Sequence: 10 + step, Marks: shard.Marks{}, Counts: shard.Counts{Profiles: 5, Due: 5, Outbox: 2},
		}}
		a.Actual = a.Meta.Counts
		for _, p := range shard.Partitions(n % 2) {
			a.Meta.Marks[p] = 95 + 20*step
		}
		l.heads = append(l.heads, a)
		l.outputs[n] = fmt.Sprint("output ", n, step)
		l.due = append(l.due, shard.Due{Customer: "ann", At: event.InstantOf(l.at.Add(time.Hour))})
	}
	return l
}

// TestStuck: two looks find each way in which a lane stands still, and nothing in a healthy service.
func TestStuck(t *testing.T) {
	purchases := shard.Partition{Topic: event.Purchases, Index: 1}
	// standing makes a lane stand still between the looks.
	standing := func(before, after *look) {
		for n := 1; n < 4; n += 2 {
			after.heads[n] = before.heads[n]
		}
	}
	caughtUp := func(l *look) {
		for p, o := range l.offsets {
			o.End = 95
			o.Committed = 95
			l.offsets[p] = o
		}
		for n := range l.heads {
			for p := range l.heads[n].Meta.Marks {
				l.heads[n].Meta.Marks[p] = 95
			}
		}
	}
	for _, row := range []struct {
		name   string
		change func(before, after *look)
		want   string // empty if nothing is to be found
	}{
		{"all is well", func(_, _ *look) {}, ""},
		{"idle, and caught up", func(b, a *look) { caughtUp(b); caughtUp(a); standing(b, a) }, ""},
		{"paused, hanging or retrying", standing, "partition 1 stands still: 25 records of customer.feedback.v1/1 wait"},
		{"records that came between the looks wait only since", func(b, a *look) {
			caughtUp(b)
			standing(b, a)
			o := b.offsets[purchases]
			o.End++
			a.offsets[purchases] = o
			for _, p := range shard.Partitions(1)[1:] {
				a.offsets[p] = b.offsets[p]
			}
		}, ""},
		{"applied, but never committed to the group", func(b, a *look) {
			o := a.offsets[purchases]
			o.Committed = b.offsets[purchases].Committed
			a.offsets[purchases] = o
		}, "partition 1 has no checkpoint: customer.purchases.v1/1 is applied up to 115, committed to the group up to 80"},
		{"an outbox that does not drain", func(b, a *look) { a.outputs[2] = b.outputs[2] }, "outbox does not drain in shard 2: 1 outputs wait"},
		{"a review that nobody runs", func(b, a *look) {
			caughtUp(b)
			caughtUp(a)
			b.due[3].At = event.InstantOf(b.at.Add(-2 * time.Minute))
			a.due[3] = b.due[3]
		}, "partition 1 reviews of silent customers are overdue in 1 shards"},
		{"a review held by a lag", func(b, a *look) {
			b.due[3].At = event.InstantOf(b.at.Add(-2 * time.Minute))
			a.due[3] = b.due[3]
		}, ""},
		{"nobody in the group", func(_, a *look) { a.members = kafka.Membership{State: "Empty"} }, "members the group has none, and 160 records wait"},
		{"a group that never comes to rest", func(b, a *look) { b.members.State, a.members.State = "PreparingRebalance", "CompletingRebalance" }, "members the group is CompletingRebalance all the time"},
		{"a partition without an owner", func(_, a *look) { delete(a.members.Owned, purchases) }, "members nobody owns customer.purchases.v1/1"},
		{"members of an older version", func(_, a *look) { delete(a.members.Owned, shard.Partition{Topic: event.Links, Index: 1}) }, "members nobody owns customer.links.v1/1: members of an older version do not read this topic"},
		{"a shard that is not rebuilt", func(b, a *look) { b.heads[0], a.heads[0] = shard.Audit{}, shard.Audit{} }, "shards nothing is in shard 0"},
		{"a damaged shard", func(b, a *look) {
			b.heads[0].Actual.Profiles--
			a.heads[0] = b.heads[0]
		}, "shards shard 0 does not hold what its head counts"},
		{"lost writes", func(_, a *look) { a.heads[0].Meta.Sequence = 3 }, "shards shard 0 has gone back"},
		{"another Redis", func(_, a *look) { a.vitals[0].RunID = "b" }, "redis was started again"},
		{"evictions", func(_, a *look) { a.vitals[0].Evicted = 7 }, "redis has deleted 7 keys"},
		{"a full disk", func(_, a *look) { a.vitals[0].Unsaved = "aof_last_write_status is err" }, "redis cannot write to its disk: aof"},
		{"memory that ends", func(_, a *look) { a.vitals[0].UsedMemory, a.vitals[0].MaxMemory = 95<<20, 100<<20 }, "redis uses 95 of 100 MB"},
	} {
		before, after := healthy(0), healthy(1)
		row.change(&before, &after)
		var said []string
		for _, f := range stuck(before, after) {
			if !f.OK {
				said = append(said, f.Name+" "+f.Detail)
				if f.Remedy == "" {
					t.Errorf("%s: %q has no remedy", row.name, f.Detail)
				}
			}
		}
		if all := strings.Join(said, "\n"); row.want == "" && all != "" || !strings.Contains(all, row.want) {
			t.Errorf("%s: found %q, want %q", row.name, all, row.want)
		}
	}
}
