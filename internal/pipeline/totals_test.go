package pipeline

import (
	"reflect"
	"testing"
)

// The totals are those of the metrics, over all labels; a later total less an earlier one is what came in between.
func TestTotals(t *testing.T) {
	m := NewMetrics()
	for _, topic := range []string{"a", "b"} {
		m.events.WithLabelValues(topic, "applied").Add(2)
		m.events.WithLabelValues(topic, "duplicate").Inc()
		m.deadLetters.WithLabelValues(topic, "TOO_LATE").Inc()
		m.lag.WithLabelValues(topic, "0").Set(7)
	}
	m.transitions.WithLabelValues("TierChanged", "TIME", "true").Inc()
	m.transitions.WithLabelValues("TierChanged", "TIME", "false").Inc()
	m.transitions.WithLabelValues("ChurnAlert", "TIME", "control").Inc()
	m.announced(announcement{kind: linkPart, ofLinks: true})
	m.announced(announcement{kind: linkErasure, ofLinks: true})
	m.commitSeconds.Observe(.5)
	m.reviews.Inc()
	m.errors.WithLabelValues("commit", "oom").Inc()
	first := m.Totals()
	want := Totals{
		Applied: 4, Duplicates: 2, DeadLetters: map[string]int64{"TOO_LATE": 2}, Errors: map[string]int64{"commit": 1},
		Published: 1, Muted: 1, KeptBack: 1, Reviews: 1, Commits: 1, LinkMessages: 2, Lag: 14,
	}
	if !reflect.DeepEqual(first, want) {
		t.Errorf("got %+v, want %+v", first, want)
	}
	m.events.WithLabelValues("a", "applied").Inc()
	m.deadLetters.WithLabelValues("a", "BAD_UNIT").Inc()
	want = Totals{Applied: 1, DeadLetters: map[string]int64{"BAD_UNIT": 1}, Errors: map[string]int64{}, Lag: 14}
	if got := m.Totals().Since(first); !reflect.DeepEqual(got, want) {
		t.Errorf("since then: got %+v, want %+v", got, want)
	}
}
