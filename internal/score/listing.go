package score

import (
	"math"

	"tidemark/internal/score/churn"
)

// Listing says in which lists a customer stands, and where. It depends on the profile and the model only, as of p.AsOf: silence alone moves
// no entry until the customer's next commit.
type Listing struct {
	// Buyer says that the customer is among the buyers by value. Value is the current value, in minor units of the base currency.
	Buyer bool
	Value int64
	// Open says that the customer is on the worklist. Priority is the gain expected of acting, in minor units: uplift × value at stake −
	// cost of the action. Under a model without an uplift it is the value at stake − cost. It may be negative.
	Open     bool
	Priority int64
}

// maxListed bounds values and priorities: a sorted set holds integers up to 2^53 exactly.
const maxListed = 1 << 53

// Listing returns where p stands. Nobody is listed who is a test account, has no purchase that stands, or is merged into another id. An open
// episode is on the worklist unless the customer belongs to the control group or may be met on no channel. Whoever was contacted
// lately stays on it: a reader leaves out who is cooling down, so that the customer returns at the very instant.
func (e *Engine) Listing(p *Profile) Listing {
	if p.Test || p.Unknown() || p.Away() {
		return Listing{}
	}
	v := e.evaluate(p, p.AsOf)
	if !v.buyer() {
		return Listing{}
	}
	l := Listing{Buyer: true, Value: within(e.minor(v.current))}
	action, _, open := e.Answer(p)
	if !open || e.control(p.Customer) || e.mayMeetNowhere(p) {
		return l
	}
	uplift := e.model.Uplift
	if uplift == 0 {
		uplift = 1
	}
	l.Open, l.Priority = true, within(int64(math.RoundToEven(uplift*float64(e.atStake(&v))))-action.Cost.Minor)
	return l
}

func within(x int64) int64 { return max(-maxListed, min(maxListed, x)) }

// mayMeetNowhere reports whether it is known that no channel is left for contact.
func (e *Engine) mayMeetNowhere(p *Profile) bool {
	channels := e.contactable(p.Whole())
	return channels != nil && len(channels) == 0
}

// Answer returns the action that answers p's open episode, and the kind of its alerts. Of several open episodes the churn level comes first,
// then the window of the second order, then an unhappy customer, then a drop in value.
func (e *Engine) Answer(p *Profile) (a Action, kind AlertKind, open bool) {
	switch {
	case p.Episode.Level > churn.None:
		return e.model.Actions[p.Episode.Level], Churn, true
	case p.Second.Open:
		return e.model.SecondOrder, SecondOrderWindow, true
	case p.Unhappy.Open():
		return e.model.Reactions.Feedback.Action, FeedbackAlert, true
	case p.Drop.Open():
		return e.model.Reactions.Drop.Action, ValueDrop, true
	}
	return Action{}, 0, false
}
