package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
)

// Paced returns the pattern p of a history at an instant with the gaps between the purchase days, where the history knows the gaps.
// Pattern leaves the gaps out: no label depends on the gaps yet, and they cost a second walk over the orders.
func (e *Engine) Paced(h *history.Summary, p clv.Pattern, at event.Instant) clv.Pattern {
	sum, known := h.LogGaps(at)
	p.LogGaps, p.GapsKnown = float64(sum)/1e6, known
	return p
}
