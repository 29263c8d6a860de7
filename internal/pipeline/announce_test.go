package pipeline

import (
	"testing"
	"testing/synctest"
)

// TestNothingUnpublishedIsShown: when the leftovers of a shard have been published together with what the session had still to publish,
// the metric of the oldest unpublished output says that there is none. An alert watches the metric.
func TestNothingUnpublishedIsShown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 2)
		r := w.start(0, nil)
		finish(t, r)
		s := newSession(r.lane, customers{})
		gauge := s.metrics.outbox.WithLabelValues(s.label())
		first, second := s.states.own[0], s.states.own[1]
		s.unpublished = []announcement{{state: first}, {state: second}}
		gauge.Set(1e9)
		s.dropPublished(first)
		if got := reading(t, gauge); got != 1e9 || len(s.unpublished) != 1 {
			t.Errorf("while the other shard has an output to publish: want the time of it, got %v and %d outputs", got, len(s.unpublished))
		}
		s.dropPublished(second)
		if got := reading(t, gauge); got != 0 || len(s.announced) != 2 {
			t.Errorf("when all is published: want 0 and both announced, got %v and %d", got, len(s.announced))
		}
	})
}
