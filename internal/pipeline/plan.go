package pipeline

import (
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// part is one commit of a work, and what follows from the commit.
type part struct {
	commit        shard.Commit
	profiles      map[string]*known
	letters       []deadLetter
	announcements []announcement
	results       map[result]int
	// forgotten counts how often prospects are forgotten by the part.
	forgotten int
	// silenced are the customers whom the part erases, and of whom no link is left: they send no history any more.
	silenced map[string]bool
	// beyondCaps counts the facts that went beyond the caps of a history.
	beyondCaps int64
	// items are the events that the part applies, rest the events of the same work that come after the part.
	items, rest []*item
}

// result is what became of an event of a topic.
type result struct {
	topic event.Topic
	label string
}

// planEvents applies the events that the shard has not seen yet. If they are too much for one commit, planEvents splits them by offset
// prefix, never by customer, and each part has its own marks: so after any part, the marks say exactly which events are applied.
func (s *session) planEvents(st *state, items []*item, ends shard.Marks) ([]*part, error) {
	fresh := items[:0:0]
	again := &part{results: map[result]int{}}
	for _, x := range items {
		if !st.seen(x) {
			fresh = append(fresh, x)
			continue
		}
		// The lane that applied the event may have died before it projected the customer.
		s.display.markDirty(st, x.event.Common().Customer)
		again.results[result{x.record.Topic, "redelivered"}]++
	}
	parts := []*part{again}
	done := map[string]*known{}
	for all := fresh; len(fresh) > 0; {
		p, n, err := s.planPrefix(st, done, all[:len(all)-len(fresh)], fresh)
		if err != nil {
			return nil, err
		}
		fresh = fresh[n:]
		p.rest = fresh
		if len(fresh) > 0 {
			p.mark(s.partitions)
			maps.Copy(done, p.profiles)
		} else {
			p.commit.Marks = maps.Clone(ends)
			p.raise(st.acked)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// mark sets the mark of each partition behind the last event of the part.
func (p *part) mark(partitions []shard.Partition) {
	for i := len(p.items) - 1; i >= 0 && len(p.commit.Marks) < len(partitions); i-- {
		x := p.items[i]
		if _, ok := p.commit.Marks[x.partition()]; !ok {
			p.commit.Marks[x.partition()] = x.record.Offset + 1
		}
	}
}

// raise keeps marks from going back: the shard may have seen more than this lane has read.
func (p *part) raise(acked shard.Marks) {
	for partition, mark := range p.commit.Marks {
		p.commit.Marks[partition] = max(mark, acked[partition])
	}
}

// planPrefix plans a commit of as many of the first items as it can hold, at least one. It returns their number. The parts before have
// applied other items, and leave done.
func (s *session) planPrefix(st *state, done map[string]*known, applied, items []*item) (*part, int, error) {
	for n := len(items); ; n = (n + 1) / 2 {
		d := s.newDraft(st, done, applied)
		d.dueStands = true
		taken, err := d.apply(items[:n])
		if err != nil {
			return nil, 0, err
		}
		size := d.finish()
		if size <= s.cfg.CommitBytes || taken <= 1 {
			d.part.items = items[:taken]
			return d.part, taken, nil
		}
		n = taken
	}
}

// idle reports whether the part changes nothing but marks. Marks alone can wait for the next checkpoint.
func (p *part) idle() bool {
	return len(p.commit.Updates)+len(p.commit.Forgotten)+len(p.commit.Erased)+len(p.commit.Outbox)+p.commit.Confirmed == 0 && p.commit.Model == ""
}

// prune leaves out idle parts. Their results are counted with the next part that is kept, when that part is committed: so a conflict
// never counts them twice. If no part is kept, no conflict can come, and prune counts them at once.
func (s *session) prune(parts []*part) []*part {
	var kept []*part
	results := map[result]int{}
	for _, p := range parts {
		add(results, p.results)
		if !p.idle() {
			p.results, results = results, map[result]int{}
			kept = append(kept, p)
		}
	}
	if len(kept) == 0 {
		s.count(results)
		return nil
	}
	add(kept[len(kept)-1].results, results)
	return kept
}

func add(to, more map[result]int) {
	for r, n := range more {
		to[r] += n
	}
}

// planCustomers plans do for each customer. It halves the customers until each commit is small enough.
func (s *session) planCustomers(st *state, customers []string, do func(d *draft, customer string) error) ([]*part, error) {
	d := s.newDraft(st, nil, nil)
	for _, customer := range customers {
		if err := do(d, customer); err != nil {
			return nil, err
		}
	}
	if d.finish() <= s.cfg.CommitBytes || len(customers) == 1 {
		return []*part{d.part}, nil
	}
	half := len(customers) / 2
	parts, err := s.planCustomers(st, customers[:half], do)
	if err != nil {
		return nil, err
	}
	rest, err := s.planCustomers(st, customers[half:], do)
	return append(parts, rest...), err
}
