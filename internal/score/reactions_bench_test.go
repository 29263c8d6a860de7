package score_test

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// BenchmarkReactions is a purchase of a typical customer, and the search for the next crossing besides: what a customer costs a batch, with all
// reactions on and with none.
func BenchmarkReactions(b *testing.B) {
	plain, all := newEngine(b, event.Calendar{}, nil), newEngine(b, event.Calendar{}, func(m *score.Model) {
		reacting(m)
		m.Reactions.NoticeDays, m.SinceTaken, m.ByConsent = 14, true, true
	})
	for _, row := range []struct {
		name     string
		on, step bool
	}{{"Apply/off", false, false}, {"Apply/on", true, false}, {"ApplyAndSchedule/off", false, true}, {"ApplyAndSchedule/on", true, true}} {
		b.Run(row.name, func(b *testing.B) {
			e := plain
			if row.on {
				e = all
			}
			p, _ := weekly(b, e)
			next := purchase(30)
			b.ReportAllocs()
			for b.Loop() {
				q, _, _ := e.Apply(p, next)
				if row.step {
					e.Schedule(q)
				}
			}
		})
	}
}
