package score

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// LastYear reports whether the customer bought a year ago in the window of a horizon that now lies ahead, in calendar days. See
// history.Summary.LastYear, also for which instants it is exact.
func (e *Engine) LastYear(h *history.Summary, at event.Instant, horizon time.Duration) bool {
	bought, _ := h.LastYear(at, wholeDays(horizon), e.calendar)
	return bought
}

// lookBack adds LastYear to the facts of a history at an instant, over the horizon of the churn risk, and the instant at which time alone changes
// it to Until. Where no purchase day lies within a year, the answer is no until the facts change.
func (e *Engine) lookBack(f *history.Facts, h *history.Summary, at event.Instant) {
	if f.Days365 == 0 {
		return
	}
	bought, until := h.LastYear(at, wholeDays(e.model.Churn.Horizon), e.calendar)
	f.LastYear, f.Until = bought, min(f.Until, until)
}

// wholeDays is the number of whole days in a horizon.
func wholeDays(horizon time.Duration) int { return int(horizon / (24 * time.Hour)) }
