package score

import (
	"tidemark/internal/event"
	"tidemark/internal/stat"
)

// Mixed reports whether the model has a mixture of regularities.
func (e *Engine) Mixed() bool { return e.model.Value.Regular != nil }

// Mixing returns e with a mixture of regularities, or without one for nil, where the purchase model stays. The hash of the model stays: the
// engine is for fits and tests of models, and its scores are not to be published.
func (e *Engine) Mixing(m *stat.Regular) *Engine {
	other := *e
	if other.model.Value.Regular = m; m != nil {
		other.model.Value.Purchase = m.Random()
	}
	other.model.Value = other.model.Value.Prepared()
	return &other
}

// Irregular reports whether p has bought so often that the gaps tell something, and the history does not know the gaps: until a rebuild, or for
// good where merged ids have bought in turns, the customer counts as one who buys at random. It is false without a mixture of regularities.
func (e *Engine) Irregular(p *Profile, at event.Instant) bool {
	if !e.Mixed() {
		return false
	}
	_, known := p.Whole().LogGaps(at)
	return !known
}
