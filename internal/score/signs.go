package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
)

// Signs is what the churn level at an instant depends on, besides the level before. f are the facts of the instant, with a purchase that
// stands. A search for better lines reads the signs: no line has a part in them.
func (e *Engine) Signs(f *history.Facts, at event.Instant) churn.Signs {
	p := e.Pattern(f, at)
	signs := e.signs(f, p, e.bareRisk(p), e.normal(f, p))
	signs.Test = f.TestAccount
	return signs
}

// AtStake is the value at stake at an instant, in minor units: what an alert at the instant says. f are the facts of the instant, with a
// purchase that stands.
func (e *Engine) AtStake(f *history.Facts, at event.Instant) int64 {
	p := e.Pattern(f, at)
	return e.atStake(&evaluation{pattern: p, current: e.model.Value.Current(p)})
}

// Stretch returns the end of the stretch of silence that begins at the instant of f, at limit at the latest, and the facts at the end. Within the
// stretch no fact changes that a label depends on, so the risk only rises. The facts at the end are unknown where the end is the limit. limit is
// later than the instant of f.
func (e *Engine) Stretch(h *history.Summary, f *history.Facts, limit event.Instant) (end event.Instant, then history.Facts) {
	for end = e.feels.until(f); end < limit; end = e.feels.until(&then) {
		if then = e.Facts(h, end); !e.feels.same(f, &then) {
			return end, then
		}
	}
	return limit, then
}
