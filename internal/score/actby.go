package score

import (
	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// actBy returns the first instant after p.AsOf at which silence alone makes p's episode escalate, or lapse; event.Never where it
// has none, or ends otherwise. An escalation may follow an easing. It is what Review would find, without the tiers: it depends
// on the profile and the model only, and the lapse bounds the search.
func (e *Engine) actBy(p Profile) event.Instant {
	at := p.AsOf
	facts := p.History.Facts(at, e.calendar)
	for p.Episode.Level > churn.None {
		end, next := e.stretch(&p, &facts, at, event.Never-1)
		switch {
		case end == event.Never:
			return event.Never
		case end-1 > at && e.levelCrossed(&p, &facts, end-1):
			at = e.searchLevel(&p, &facts, at, end-1)
		default:
			at, facts = end, next
		}
		v := e.evaluateFacts(&facts, at)
		_, level := e.labels(&v, p.Standing, p.Episode)
		switch {
		case level > p.Episode.Level, level == churn.None && v.buyer() && v.signs.Silence >= e.model.Churn.Lapse:
			return at
		case level < p.Episode.Level:
			p.Episode.Level, p.Episode.Since = level, at
		}
	}
	return event.Never
}
