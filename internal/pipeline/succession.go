package pipeline

import (
	"tidemark/internal/event"
	"tidemark/internal/score"
)

// Succession is the engine of a model and the engine of the model before it. The model before scores everything that lies before the
// instant of the switch. So the same events give the same transitions whenever an instance hears of the switch, as long as it
// hears before that instant.
type Succession struct{ Before, Now Engine }

// Of returns the engine that scores p at an instant.
func (s Succession) Of(p *score.Profile, at event.Instant) Engine {
	if max(p.AsOf, at) < s.Now.EffectiveAt() && p.Model != s.Now.Hash() {
		return s.Before
	}
	return s.Now
}

// New returns the profile of an unknown customer, under the model before: the switch moves it to the new model.
func (s Succession) New(customer string) score.Profile { return s.Before.New(customer) }

// Apply returns p after an event, under the model in force when the event counts.
func (s Succession) Apply(p score.Profile, x event.Event) (score.Profile, []score.Transition, score.Verdict) {
	return s.Of(&p, x.At()).Apply(p, x)
}

// Messages returns what the id of a profile tells other ids after an event. The model makes no difference to it.
func (s Succession) Messages(before, after *score.Profile, x event.Event, marks map[string]int64) []*event.Link {
	return s.Now.Messages(before, after, x, marks)
}

// Outgoing returns the histories that the id of a profile must have sent. The model makes no difference to it.
func (s Succession) Outgoing(p *score.Profile, marks map[string]int64) []*event.Link {
	return s.Now.Outgoing(p, marks)
}

// Refers returns what the home of a buyer tells that of the referrer, under the model in force when the order counts.
func (s Succession) Refers(x event.Event, v score.Verdict) *event.Link {
	if x.At() < s.Now.EffectiveAt() {
		return s.Before.Refers(x, v)
	}
	return s.Now.Refers(x, v)
}

// Review returns p as evaluated at an instant, under the model in force then.
func (s Succession) Review(p score.Profile, at event.Instant) (score.Profile, []score.Transition) {
	return s.Of(&p, at).Review(p, at)
}

// Listing asks the model that speaks for p at p's own instant.
func (s Succession) Listing(p *score.Profile) score.Listing { return s.Of(p, p.AsOf).Listing(p) }

// Schedule returns p with Due set: at the switch at the latest, which moves p to the new model.
func (s Succession) Schedule(p score.Profile) score.Profile {
	of := s.Of(&p, p.AsOf)
	p = of.Schedule(p)
	if of == s.Before {
		p.Due = min(p.Due, s.Now.EffectiveAt())
	}
	return p
}

// Score returns what the public sees of p at an instant.
func (s Succession) Score(p score.Profile, at event.Instant) score.Score {
	return s.Of(&p, at).Score(p, at)
}

// Unrated says for which events in a currency the model in force from now on has no rate.
func (s Succession) Unrated(c event.Currency) string { return s.Now.Unrated(c) }

// Shows reports whether an event may change the Score, under either model.
func (s Succession) Shows(x event.Event) bool { return s.Before.Shows(x) || s.Now.Shows(x) }

// Hash names the model in force.
func (s Succession) Hash() string { return s.Now.Hash() }

// EffectiveAt is the instant of the switch.
func (s Succession) EffectiveAt() event.Instant { return s.Now.EffectiveAt() }
