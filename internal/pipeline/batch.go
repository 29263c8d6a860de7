package pipeline

import (
	"context"
	"fmt"
	"maps"

	"github.com/prometheus/client_golang/prometheus"

	"tidemark/internal/event"
)

// work is what is to be done to one shard.
type work struct {
	state     *state
	customers []string
	items     []*item // the events that are left
	// plan returns the commits to do. It is called when the profiles of customers are loaded, and again after every conflict.
	plan  func() ([]*part, error)
	parts []*part
}

// process applies a batch. When it returns nil, every record of the batch is committed and published, or in the dead letters.
func (s *session) process(ctx context.Context, b batch) error {
	if b.size() > 0 {
		s.evaluated = false
		if err := s.publishBad(ctx, b.bad); err != nil {
			return err
		}
	}
	works, strays, err := s.group(b)
	if err != nil {
		return err
	}
	if strays { // before their events are committed, so that no owner reviews a shard without knowing of its stranger
		if err := s.tell(ctx); err != nil {
			return err
		}
	}
	if err := s.complete(ctx, works); err != nil {
		return err
	}
	s.release()
	s.states.trim()
	maps.Copy(s.applied, b.ends)
	if b.size() > 0 {
		s.pulse.beat()
		s.observe(s.metrics.publishedSeconds, b.items)
		return s.pauseIfTooManyBad(ctx, b.size())
	}
	return nil
}

// group splits a batch by shard, in order of first appearance. strays says that the others do not know yet of a shard of theirs whose
// events have come.
func (s *session) group(b batch) (works []*work, strays bool, err error) {
	items := map[int][]*item{}
	for _, x := range b.items {
		head := x.event.Common()
		if s.cfg.Clock == EventClock && x.event.At() > s.cfg.AsOf && x.event.Topic() != event.Links {
			return nil, false, fmt.Errorf("%s offset %d: %w: %s is after %s", x.partition(), x.record.Offset, ErrAfterAsOf, x.event.At(), s.cfg.AsOf)
		}
		st := s.states.all[s.cfg.Layout.Of(head.Customer)]
		if !st.own {
			s.metrics.misrouted.Inc()
			strays = s.stray(st) || strays
		}
		if items[st.number] == nil {
			works = append(works, &work{state: st})
		}
		items[st.number] = append(items[st.number], x)
	}
	for _, w := range works {
		w.items = items[w.state.number]
		w.customers = customersOf(w.items)
		w.plan = func() ([]*part, error) { return s.planEvents(w.state, w.items, b.ends) }
	}
	return works, strays, nil
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

// complete takes works through load, plan, dead letters, the end of views and commit until none is left, and then publishes what they announce.
func (s *session) complete(ctx context.Context, works []*work) error {
	sent := map[string]struct{}{}
	for len(works) > 0 {
		if err := s.states.load(ctx, works); err != nil {
			return err
		}
		var letters []deadLetter
		for _, w := range works {
			var err error
			if w.parts, err = w.plan(); err != nil {
				return fmt.Errorf("shard %d: %w", w.state.number, err)
			}
			for _, p := range w.parts {
				letters = append(letters, p.letters...)
			}
		}
		// Dead letters are acknowledged before the marks pass their offsets.
		if err := s.publishLetters(ctx, letters, sent); err != nil {
			return err
		}
		var gone []string
		for _, w := range works {
			w.parts = s.prune(w.parts)
			for _, p := range w.parts {
				gone = append(gone, p.commit.Forgotten...)
			}
		}
		// A view goes before its profile: if the lane dies in between, the review comes again. Afterwards nobody would look for the view.
		// Another lane may write the view again before the commit. So the customer is dirty after the commit, and the view goes once more.
		err := s.display.hide(ctx, gone)
		if err != nil {
			return err
		}
		if works, err = s.commit(ctx, works); err != nil {
			return err
		}
	}
	return s.publish(ctx)
}

// observe measures how long events have taken since their record times.
func (s *session) observe(seconds *prometheus.HistogramVec, items []*item) {
	if s.cfg.Clock == EventClock {
		return
	}
	now := s.now()
	for _, topic := range event.Inputs() {
		of := seconds.WithLabelValues(string(topic))
		for i := range items {
			if r := &items[i].record; r.Topic == topic {
				of.Observe(now.Sub(r.Time).Seconds())
			}
		}
	}
}
