package pipeline

import (
	"context"
	"fmt"
	"maps"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// work is what is to be done to one shard: plan is asked for the commits once the profiles of customers are at hand, and
// again after every conflict, for what is left.
type work struct {
	shard     *state
	customers []string
	items     []*item // the events that are left
	plan      func() ([]*part, error)
	parts     []*part
}

// process applies a batch. When it returns nil, everything in it is committed and published, or in the dead letters.
func (l *Lane) process(ctx context.Context, b batch) error {
	if len(b.items)+len(b.bad) > 0 {
		l.settled = false
		if err := l.guard(ctx, len(b.items)+len(b.bad), len(b.bad)); err != nil {
			return err
		}
		if err := l.bury(ctx, b.bad); err != nil {
			return err
		}
	}
	works, err := l.group(b)
	if err != nil {
		return err
	}
	if err := l.carry(ctx, works); err != nil {
		return err
	}
	l.confirm()
	maps.Copy(l.position, b.ends)
	if len(b.items)+len(b.bad) > 0 {
		l.pulse.beat()
		l.observe(l.metrics.publishedSeconds, b.items)
	}
	return nil
}

// group splits a batch by shard, in order of first appearance.
func (l *Lane) group(b batch) ([]*work, error) {
	var works []*work
	items := map[int][]*item{}
	for _, x := range b.items {
		head := x.event.Common()
		if l.cfg.Clock == EventClock && head.At() > l.cfg.AsOf {
			return nil, fmt.Errorf("%s offset %d: %w: %s is after %s", x.partition(), x.record.Offset, ErrAfterAsOf, head.At(), l.cfg.AsOf)
		}
		s := l.states[l.cfg.Layout.Of(head.Customer)]
		if !s.own {
			l.metrics.strangers.Inc()
		}
		if items[s.number] == nil {
			works = append(works, &work{shard: s})
		}
		items[s.number] = append(items[s.number], x)
	}
	for _, w := range works {
		w.items = items[w.shard.number]
		w.customers = customersOf(w.items)
		w.plan = func() ([]*part, error) { return l.planEvents(w.shard, w.items, b.ends) }
	}
	return works, nil
}

func customersOf(items []*item) []string {
	var customers []string
	seen := map[string]struct{}{}
	for _, x := range items {
		customer := x.event.Common().Customer
		if _, ok := seen[customer]; !ok {
			seen[customer] = struct{}{}
			customers = append(customers, customer)
		}
	}
	return customers
}

// carry takes works through load, plan, dead letters and commit until none is left, then publishes what they said.
func (l *Lane) carry(ctx context.Context, works []*work) error {
	buried := map[string]struct{}{}
	for len(works) > 0 {
		if err := l.load(ctx, works); err != nil {
			return err
		}
		var letters []deadLetter
		for _, w := range works {
			var err error
			if w.parts, err = w.plan(); err != nil {
				return fmt.Errorf("shard %d: %w", w.shard.number, err)
			}
			for _, p := range w.parts {
				letters = append(letters, p.letters...)
			}
		}
		// Acknowledged before the marks pass their offsets.
		if err := l.publishLetters(ctx, letters, buried); err != nil {
			return err
		}
		for _, w := range works {
			w.parts = l.prune(w.parts)
		}
		var err error
		if works, err = l.commit(ctx, works); err != nil {
			return err
		}
	}
	return l.publish(ctx)
}

// load reads the profiles that works need and the cache does not hold: one read per shard.
func (l *Lane) load(ctx context.Context, works []*work) error {
	for {
		var queries []shard.Query
		for _, w := range works {
			if missing := w.shard.missing(w.customers); len(missing) > 0 || !w.shard.held {
				queries = append(queries, shard.Query{Shard: w.shard.number, Customers: missing})
			}
		}
		if len(queries) == 0 {
			return nil
		}
		var loaded []shard.Loaded
		err := l.retry(ctx, "load", func() (err error) {
			loaded, err = l.cfg.Store.Load(ctx, queries)
			return err
		})
		if err != nil {
			return err
		}
		for i, answer := range loaded {
			s := l.states[queries[i].Shard]
			if err := l.refresh(ctx, s, answer.Meta); err != nil {
				return err
			}
			// Another may have committed while its leftovers were published, but then our commit conflicts.
			if err := l.remember(s, queries[i].Customers, answer.Profiles); err != nil {
				return err
			}
		}
	}
}

func (l *Lane) remember(s *state, customers []string, profiles [][]byte) error {
	for i, customer := range customers {
		if profiles[i] == nil {
			s.profiles[customer] = &known{profile: l.engine.New(customer)}
			continue
		}
		p, err := l.decode(profiles[i])
		if err != nil {
			return fmt.Errorf("shard %d: decode a profile: %w", s.number, err)
		}
		s.profiles[customer] = &known{profile: p, exists: true}
	}
	return nil
}

func (s *state) missing(customers []string) []string {
	if !s.held {
		return customers
	}
	var missing []string
	for _, customer := range customers {
		if _, ok := s.profiles[customer]; !ok {
			missing = append(missing, customer)
		}
	}
	return missing
}

// touch notes that a customer's public view is out of date.
func (l *Lane) touch(s *state, customer string) {
	if l.dirty[s.number] == nil {
		l.dirty[s.number] = map[string]struct{}{}
	}
	l.dirty[s.number][customer] = struct{}{}
}

// clean notes that it has just been rewritten.
func (l *Lane) clean(s *state, customer string) {
	delete(l.dirty[s.number], customer)
	if len(l.dirty[s.number]) == 0 {
		delete(l.dirty, s.number)
	}
}

// observe counts how long events have taken since their records were made.
func (l *Lane) observe(seconds *prometheus.HistogramVec, items []*item) {
	if l.cfg.Clock == EventClock {
		return
	}
	now := l.now()
	for _, topic := range event.Topics() {
		of := seconds.WithLabelValues(string(topic))
		for i := range items {
			if r := &items[i].record; r.Topic == topic {
				of.Observe(now.Sub(r.Time).Seconds())
			}
		}
	}
}
