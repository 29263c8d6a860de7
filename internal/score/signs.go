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
