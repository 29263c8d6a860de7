package score

import (
	"encoding/binary"

	"tidemark/internal/event"
)

// erase returns what is left of p after an ERASED at an instant: a customer of whom nothing is known but the instant. The transitions end
// what others have been told: an open episode, an open window for a second order, and the tier. They say nothing else of the customer.
//
// Silence comes first, as before every event: p's reviews that are due by then run, so that a replay says what was said live. An ERASED no
// later than the last erasure is a repetition.
//
// All that p holds goes, also what events from after the erasure have left there. Such events come before the ERASED only where producers
// write one customer's events to several partitions, or their clocks differ.
func (e *Engine) erase(p Profile, x event.Event, erased event.Instant) (Profile, []Transition, Verdict) {
	if erased <= p.Erased {
		return p, nil, Repeated
	}
	p, transitions := e.Review(p, max(p.AsOf, erased))
	next := e.New(p.Customer)
	next.Erased, next.Outcomes, next.Forgotten = erased, p.Outcomes, p.Forgotten
	next.Muted, next.Second.Muted = p.Muted, p.Second.Muted // Publish asks whether anybody has heard of what ends
	if p.Unknown() {
		return next, transitions, Accepted
	}
	say := func(t Transition) {
		e.number(&p, t)
		transitions = append(transitions, t)
	}
	stamp := e.signed(p.Customer, p.AsOf, ByErasure)
	stamp.CauseEventID = x.Common().ID
	if p.Episode.Level > 0 {
		say(&ChurnAlert{Stamp: stamp, EpisodeID: p.Episode.ID, State: Resolved, Resolve: ByErased, Kind: Churn, Currency: e.model.Base})
	}
	if p.Second.Open {
		say(&ChurnAlert{Stamp: stamp, EpisodeID: p.Second.ID, State: Resolved, Resolve: ByErased, Kind: SecondOrderWindow, Currency: e.model.Base})
	}
	if p.Standing.Tier != 0 {
		say(&TierChanged{Stamp: stamp, Direction: Exit, Currency: e.model.Base})
	}
	return next, transitions, Accepted
}

// appendErased appends the instant of the last erasure; nothing where there was none.
func (p *Profile) appendErased(b []byte) []byte {
	if p.Erased == 0 {
		return b
	}
	return binary.AppendVarint(b, int64(p.Erased))
}
