package score

import "tidemark/internal/score/tier"

// Playbook is the advice to whoever looks after the customers of a tier.
type Playbook struct {
	ID      string
	Actions []Action
	// Resources is PRIORITY, MODERATE or REDUCED; Marketing is PREMIUM, MASS or PRECISION; Service is CUSTOM, STANDARD or BASIC. Each is empty
	// where the model does not say.
	Resources, Marketing, Service string
}

// LowTier splits the advice for the lowest tier in two.
type LowTier struct {
	// Retainable is for customers whom it pays to win back: the value at stake × Model.Uplift is more than Cost. LowValue is for the others.
	Retainable, LowValue Playbook
	// Cost is what the answer of Retainable costs, in minor units of the base currency.
	Cost int64
}

// playbook is the advice for a customer of a tier.
func (e *Engine) playbook(t Tier, v *evaluation) Playbook {
	low := e.model.Low
	if t != tier.Low || low == nil {
		return e.model.Playbooks[t]
	}
	if e.model.Uplift*float64(e.atStake(v)) > float64(low.Cost) {
		return low.Retainable
	}
	return low.LowValue
}
