package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
)

// overdueAfter is how long after its time a review is overdue. A healthy service runs one within a second or two.
const overdueAfter = time.Minute

// whyStuck is how to find out what keeps a lane: Kafka and Redis show that it stands still, and not why.
const whyStuck = "ask /readyz of the member that owns it (doctor --members HOST:PORT, tidemark health), or look for paused, trouble and damaged in its log"

// stuck compares two looks at a service, before and after some seconds. It finds what stands still although there is work for it.
func stuck(before, after look) []finding {
	all := membership(before, after)
	if after.members.Members == 0 {
		return all
	}
	took := after.at.Sub(before.at).Round(time.Second)
	var lanes []finding
	for index := range after.partitions() {
		lanes = append(lanes, lane{index, before, after}.findings(took)...)
	}
	lanes = append(lanes, shardFindings(before, after)...)
	lanes = append(lanes, vitalFindings(before, after)...)
	if len(lanes) == 0 {
		lanes = []finding{{Name: "lanes", OK: true, Detail: fmt.Sprintf("watched for %s: the lag went from %d to %d records, and nothing stands still", took, before.lag(), after.lag())}}
	}
	return append(all, lanes...)
}

// membership says whether somebody owns every partition.
func membership(before, after look) []finding {
	const name = "members"
	m := after.members
	if m.Members == 0 {
		f := finding{Name: name, OK: after.lag() <= 0, Detail: "the group has none: nothing is scored, and silence is not noticed", Remedy: "tidemark run"}
		if !f.OK {
			f.Detail = fmt.Sprintf("the group has none, and %d records wait", after.lag())
		}
		return []finding{f}
	}
	if !m.Stable() && !before.members.Stable() {
		return []finding{{Name: name, Detail: fmt.Sprintf("the group is %s all the time: its %d members share nothing", m.State, m.Members), Remedy: "look for a member that joins again and again in the logs"}}
	}
	var orphans []string
	onlyLinks := true
	for p := range after.offsets {
		if m.Stable() && !m.Owned[p] {
			orphans, onlyLinks = append(orphans, p.String()), onlyLinks && p.Topic == event.Links
		}
	}
	if len(orphans) > 0 {
		slices.Sort(orphans)
		f := finding{Name: name, Detail: fmt.Sprintf("nobody owns %s", firstOf(orphans)), Remedy: "start the members again; let nothing but tidemark join the group"}
		if onlyLinks {
			f.Detail += ": members of an older version do not read this topic"
			f.Remedy = "upgrade all members: an older version takes each merged id for a customer of its own"
		}
		return []finding{f}
	}
	f := finding{Name: name, OK: true, Detail: fmt.Sprintf("%d for %d partitions", m.Members, after.partitions())}
	if m.Members > after.partitions() {
		f.Remedy = fmt.Sprintf("%d of them have nothing to do: partitions are the most that can share the work", m.Members-after.partitions())
	}
	return []finding{f}
}

// lane is what two looks show of a partition index.
type lane struct {
	index         int
	before, after look
}

func (l lane) findings(took time.Duration) []finding {
	name := fmt.Sprintf("partition %d", l.index)
	moved := l.moved()
	for _, p := range shard.Partitions(l.index) {
		waits := l.before.offsets[p].Stable() - l.before.highest(p)
		if waits > 0 && !moved {
			return []finding{{Name: name, Detail: fmt.Sprintf("stands still: %d records of %s wait, none was applied in %s", l.after.offsets[p].Stable()-l.after.highest(p), p, took), Remedy: whyStuck}}
		}
	}
	for _, p := range shard.Partitions(l.index) {
		committed := l.after.offsets[p].Committed
		if committed == l.before.offsets[p].Committed && l.before.lowest(p) > max(committed, 0) {
			return []finding{{
				Name:   name,
				Detail: fmt.Sprintf("has no checkpoint: %s is applied up to %d, committed to the group up to %d for %s", p, l.after.lowest(p), committed, took),
				Remedy: "the views of customers are late as well; " + whyStuck,
			}}
		}
	}
	return l.overdue(name)
}

// own calls do with the number of each shard of the lane.
func (l look) own(index int, do func(n int)) {
	for n := index; n < len(l.heads); n += l.partitions() {
		do(n)
	}
}

// highest is the highest mark of the lane's own shards: so far the lane has applied. lowest is the lowest.
func (l look) highest(p shard.Partition) int64 {
	highest := l.offsets[p].First
	l.own(p.Index, func(n int) { highest = max(highest, l.heads[n].Meta.Marks[p]) })
	return highest
}

func (l look) lowest(p shard.Partition) int64 {
	lowest := l.offsets[p].End
	l.own(p.Index, func(n int) { lowest = min(lowest, l.heads[n].Meta.Marks[p]) })
	return lowest
}

// moved reports whether any own shard has changed between the looks.
func (l lane) moved() bool {
	moved := false
	l.before.own(l.index, func(n int) {
		a, b := l.before.heads[n].Meta, l.after.heads[n].Meta
		moved = moved || a.Sequence != b.Sequence || !maps.Equal(a.Marks, b.Marks)
	})
	return moved
}

// overdue finds reviews that are due, but do not run although no input lags.
func (l lane) overdue(name string) []finding {
	for _, p := range shard.Partitions(l.index) {
		if l.after.offsets[p].End > l.after.lowest(p) {
			return nil // silence is judged only when the inputs have been read
		}
	}
	n, oldest := 0, event.Never
	limit := event.InstantOf(l.before.at.Add(-overdueAfter))
	l.before.own(l.index, func(i int) {
		if due := l.before.due[i]; due.At < limit && l.after.due[i] == due {
			n, oldest = n+1, min(oldest, due.At)
		}
	})
	if n == 0 {
		return nil
	}
	return []finding{{
		Name: name, Detail: fmt.Sprintf("reviews of silent customers are overdue in %d shards, since %s", n, oldest),
		Remedy: "an input that cannot be read to its end holds them, or a run with --clock event; " + whyStuck,
	}}
}

// shardFindings finds shards that are gone, damaged, set back, or whose outbox does not drain.
func shardFindings(before, after look) []finding {
	var gone, damaged, back, full []string
	waiting := int64(0)
	for n, b := range after.heads {
		a, name := before.heads[n], fmt.Sprint(n)
		switch {
		case b.Meta.Token == "" && a.Meta.Token == "":
			gone = append(gone, name)
		case b.Meta.Sequence < a.Meta.Sequence:
			back = append(back, name)
		case !a.Intact() && !b.Intact() && a.Meta.Token == b.Meta.Token:
			damaged = append(damaged, name)
		}
		if after.outputs[n] != "" && after.outputs[n] == before.outputs[n] {
			full = append(full, name)
			waiting += b.Meta.Counts.Outbox - 1
		}
	}
	var all []finding
	add := func(shards []string, name, detail, remedy string) {
		if len(shards) > 0 {
			all = append(all, finding{Name: name, Detail: fmt.Sprintf(detail, firstOf(shards)), Remedy: remedy})
		}
	}
	add(gone, "shards", "nothing is in shard %s: it is not rebuilt", "the owner of a shard creates it when it takes over: "+whyStuck)
	add(damaged, "shards", "shard %s does not hold what its head counts", "its owner rebuilds it within a checkpoint; it does not: "+whyStuck)
	add(back, "shards", "shard %s has gone back to an earlier state: Redis lost acknowledged writes, or the shard is being rebuilt", "nothing is lost, it is scored again; but look for a failover, a Redis that keeps nothing, or somebody who writes to its keys")
	add(full, "outbox", "does not drain in shard %s: "+fmt.Sprint(waiting)+" outputs wait", "the brokers do not take the output topics: tidemark topics check, and tidemark_errors_total{operation=\"publish\"}")
	return all
}

// vitalFindings finds servers that have been started anew, evict keys, cannot save or are nearly full.
func vitalFindings(before, after look) []finding {
	was := map[string]redis.Vitals{}
	for _, v := range before.vitals {
		was[v.Server] = v
	}
	var all []finding
	for _, v := range after.vitals {
		a, known := was[v.Server]
		name := strings.TrimSpace("redis " + v.Server)
		if known && a.RunID != v.RunID {
			all = append(all, finding{Name: name, Detail: "was started again, or another server answers at its address, while we watched", Remedy: "see the log of the server"})
		}
		if v.Evicted > 0 {
			all = append(all, finding{Name: name, Detail: fmt.Sprintf("has deleted %d keys for want of memory", v.Evicted), Remedy: "CONFIG SET maxmemory-policy noeviction, and raise maxmemory; damaged shards are rebuilt from the log"})
		}
		if v.Unsaved != "" {
			all = append(all, finding{Name: name, Detail: "cannot write to its disk: " + v.Unsaved, Remedy: "free the disk, see the log of the server"})
		}
		if v.MaxMemory > 0 && v.UsedMemory > v.MaxMemory/10*9 {
			all = append(all, finding{Name: name, Detail: fmt.Sprintf("uses %d of %d MB: it will soon take no more writes", v.UsedMemory>>20, v.MaxMemory>>20), Remedy: "raise maxmemory"})
		}
	}
	return all
}

// firstOf lists names, at most four.
func firstOf(names []string) string {
	if len(names) <= 4 {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:4], ", "), len(names)-4)
}
