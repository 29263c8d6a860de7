package pipeline

import (
	"fmt"
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/watch"
)

// part is one commit, and what follows from it.
type part struct {
	commit   shard.Commit
	profiles map[string]*known
	letters  []deadLetter
	outputs  []published
	results  map[result]int
	// items are the events that it applies, rest those of the same work that come after it.
	items, rest []*item
}

// result is what became of an event of a topic.
type result struct {
	topic event.Topic
	label string
}

// draft collects what a part does to the profiles of a shard, without touching them.
type draft struct {
	lane  *Lane
	shard *state
	base  map[string]*known // the work of earlier parts
	after map[string]*known
	order []string // the customers changed, in order of first change
	part  *part
	// dueStands says that the shard's due times are those of its profiles. A review finds out when they are not.
	dueStands bool
	// outcomes are what became of the forecasts of the customers changed.
	outcomes []score.Outcome
}

func (l *Lane) newDraft(s *state, base map[string]*known) *draft {
	return &draft{lane: l, shard: s, base: base, after: map[string]*known{}, part: &part{
		commit: shard.Commit{Shard: s.number, Marks: shard.Marks{}}, results: map[result]int{},
	}}
}

// before returns a customer's profile as it was before this part.
func (d *draft) before(customer string) *known {
	if k, ok := d.base[customer]; ok {
		return k
	}
	if k, ok := d.shard.profiles[customer]; ok {
		return k
	}
	return &known{}
}

func (d *draft) profile(customer string) *known {
	if k, ok := d.after[customer]; ok {
		return k
	}
	return d.before(customer)
}

// put takes up a profile that has changed, and its outcomes, which count with it; stale if its public view is to follow for that
// reason alone.
func (d *draft) put(customer string, p score.Profile, stale bool) {
	d.outcomes = append(d.outcomes, p.Outcomes...)
	p.Outcomes = nil
	if k, ok := d.after[customer]; ok { // ours until it is committed
		k.profile, k.stale = p, k.stale || stale
		return
	}
	d.order = append(d.order, customer)
	d.after[customer] = &known{profile: p, exists: true, stale: stale}
}

// planEvents applies the events that the shard has not seen yet. Where that is too much for one commit it is split by
// offset prefix, never by customer, each part with its own marks.
func (l *Lane) planEvents(s *state, items []*item, ends shard.Marks) ([]*part, error) {
	fresh := items[:0:0]
	again := &part{results: map[result]int{}}
	for _, x := range items {
		if !s.seen(x) {
			fresh = append(fresh, x)
			continue
		}
		// Its projection may have been lost with the lane that applied it.
		l.touch(s, x.event.Common().Customer)
		again.results[result{x.record.Topic, "redelivered"}]++
	}
	parts := []*part{again}
	done := map[string]*known{}
	for len(fresh) > 0 {
		p, n, err := l.planPrefix(s, done, fresh)
		if err != nil {
			return nil, err
		}
		fresh = fresh[n:]
		p.rest = fresh
		if len(fresh) > 0 {
			p.mark(l.partitions)
			maps.Copy(done, p.profiles)
		} else {
			p.commit.Marks = maps.Clone(ends)
			p.raise(s.acked)
		}
		parts = append(parts, p)
	}
	return parts, nil
}

// mark sets the marks behind the last event of each partition.
func (p *part) mark(partitions []shard.Partition) {
	for i := len(p.items) - 1; i >= 0 && len(p.commit.Marks) < len(partitions); i-- {
		x := p.items[i]
		if _, ok := p.commit.Marks[x.partition()]; !ok {
			p.commit.Marks[x.partition()] = x.record.Offset + 1
		}
	}
}

// raise keeps marks from going back: the shard may be further than this lane.
func (p *part) raise(acked shard.Marks) {
	for partition, mark := range p.commit.Marks {
		p.commit.Marks[partition] = max(mark, acked[partition])
	}
}

// planPrefix plans a commit of as many items as it can hold, at least one.
func (l *Lane) planPrefix(s *state, done map[string]*known, items []*item) (*part, int, error) {
	for n := len(items); ; n = (n + 1) / 2 {
		d := l.newDraft(s, done)
		d.dueStands = true
		taken, err := d.apply(items[:n])
		if err != nil {
			return nil, 0, err
		}
		size := d.finish()
		if size <= l.cfg.CommitBytes || taken <= 1 {
			d.part.items = items[:taken]
			return d.part, taken, nil
		}
		n = taken
	}
}

// apply runs items through the engine until the part has as many profiles as a commit may hold.
func (d *draft) apply(items []*item) (int, error) {
	l := d.lane
	for i, x := range items {
		customer := x.event.Common().Customer
		if _, ok := d.after[customer]; !ok && len(d.after) >= l.cfg.CommitProfiles {
			return i, nil
		}
		k := d.profile(customer)
		p, told, verdict := l.engine.Apply(k.profile, x.event)
		if verdict == score.Accepted || len(told) > 0 {
			if err := d.tell(&p, told); err != nil {
				return 0, fmt.Errorf("%s offset %d: %w", x.partition(), x.record.Offset, err)
			}
			d.put(customer, p, len(told) > 0 || p.Model != k.profile.Model || l.engine.Shows(x.event))
		}
		switch verdict {
		case score.Accepted, score.Repeated:
		case score.RefusedTooLate:
			d.part.letters = append(d.part.letters, letter(x.record, event.Invalidf(event.TooLate, "its day is sealed")))
		case score.RefusedCurrency:
			d.part.letters = append(d.part.letters, letter(x.record, event.Invalidf(event.UnknownCurrency, "no rate for its currency")))
		}
		d.part.results[result{x.record.Topic, verdict.String()}]++
	}
	return len(items), nil
}

// finish schedules and encodes what has changed, and returns the size of the commit in bytes.
func (d *draft) finish() int {
	size := 0
	p := d.part
	counters := map[string]int64{}
	watch.Count(counters, d.outcomes)
	for _, customer := range d.order {
		before, k := d.before(customer), d.after[customer]
		k.profile = d.lane.engine.Schedule(k.profile)
		dueStands := before.exists && before.profile.Due == k.profile.Due
		k.stale = k.stale || !dueStands
		encoded := d.lane.cfg.encode(k.profile)
		size += len(customer) + len(encoded)
		p.commit.Updates = append(p.commit.Updates, shard.Update{
			Customer: customer, Profile: encoded, Due: k.profile.Due,
			DueStands: d.dueStands && dueStands,
		})
		if !before.exists || before.profile.Standing.Tier != k.profile.Standing.Tier || before.profile.Episode.Level != k.profile.Episode.Level {
			census(counters, before, -1)
			census(counters, k, 1)
		}
	}
	maps.DeleteFunc(counters, func(_ string, n int64) bool { return n == 0 })
	p.commit.Census = counters
	for _, o := range p.outputs {
		if !o.muted {
			size += len(o.output.Value) + len(o.output.Key)
			p.commit.Outbox = append(p.commit.Outbox, o.output)
		}
	}
	if d.shard.model == "" && len(p.commit.Updates) > 0 { // a new shard
		p.commit.Model = d.model()
	}
	p.profiles = d.after
	return size
}

// model names the model of the customers of a new shard. While another model is announced, that is the model before, and so the
// shard is taken over when the switch comes.
func (d *draft) model() string {
	inForce := d.lane.engine.Hash()
	for _, customer := range d.order {
		if of := d.after[customer].profile.Model; of != inForce {
			return of
		}
	}
	return inForce
}

// census counts a customer by tier and churn level.
func census(counters map[string]int64, k *known, by int64) {
	if !k.exists {
		return
	}
	counters["customers"] += by
	counters["tier:"+k.profile.Standing.Tier.String()] += by
	counters["level:"+k.profile.Episode.Level.String()] += by
}

// idle reports whether the part changes nothing. Then the marks may wait for the next marker.
func (p *part) idle() bool {
	return len(p.commit.Updates)+len(p.commit.Outbox)+p.commit.Confirmed == 0 && p.commit.Model == ""
}

// prune leaves out the parts that change nothing. What became of their events counts with a part beside them, so that it
// counts once whatever comes between; where there is none, nothing can.
func (l *Lane) prune(parts []*part) []*part {
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
		l.count(results)
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
