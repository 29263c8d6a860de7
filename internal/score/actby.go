package score

import (
	"math"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// actBy returns the first instant after p.AsOf at which silence alone makes p's episode escalate or lapse; event.Never where p has
// no episode, or the episode ends otherwise. An escalation may follow an easing. actBy finds what Review would find, without the
// tiers. It depends on the profile and the model only. The lapse bounds the walk.
func (e *Engine) actBy(p Profile) event.Instant {
	w := e.walk(&p, p.AsOf, event.Never-1, levelLabel)
	for p.Episode.Level > churn.None && w.next() {
		if w.level > p.Episode.Level || w.level == churn.None && w.lapsed() {
			return w.at
		}
		p.Episode.Level, p.Episode.Since = w.level, w.at
	}
	return event.Never
}

// inTime returns the action of an alert of asOf as an action that is due no later than actBy: an answer that comes after the escalation or the
// lapse prevents neither. Hours are whole, so nothing is due where less than an hour is left; act_by still says how long that is.
func (a Action) inTime(asOf, actBy event.Instant) Action {
	if actBy != event.Never {
		a.DueHours = min(a.DueHours, int32(min(actBy.Sub(asOf)/time.Hour, math.MaxInt32)))
	}
	return a
}

// lapsed reports whether a buyer has been silent for so long that the customer counts as lost.
func (w *walk) lapsed() bool {
	return w.facts.PurchaseDays > 0 && w.silence() >= w.engine.Lapse(&w.facts)
}
