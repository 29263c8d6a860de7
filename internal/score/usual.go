package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// Lapse is the silence after which a customer with these facts is lost, in whole days: see churn.Lines.LapseOf. Silence does not change it.
func (e *Engine) Lapse(f *history.Facts) time.Duration {
	return e.model.Churn.LapseOf(days(f.LifeGapDays()))
}

// lapses is the instant from which a customer with these facts is lost, unless a purchase comes.
func (e *Engine) lapses(f *history.Facts) event.Instant { return e.silentFor(f.LastDay, e.Lapse(f)) }

// lostBy reports whether p, whose last order is of a day, is lost by an instant. It derives the facts only where the lapse of the model is over.
func (e *Engine) lostBy(p *Profile, lastOrdered event.Day, at event.Instant) bool {
	if at < e.silentFor(lastOrdered, e.model.Churn.Lapse) {
		return false
	}
	f := e.factsAt(p, p.AsOf)
	return f.PurchaseDays == 0 || at >= e.silentFor(lastOrdered, e.Lapse(&f))
}
