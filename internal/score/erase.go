package score

import (
	"encoding/binary"

	"tidemark/internal/event"
	"tidemark/internal/link"
)

// erase returns what is left of p after an erasure: a customer of whom nothing is known but the instant, and the links that are younger. The
// transitions end what others have been told: an open episode, an open window for a second order, a segment, and the tier. They say nothing else of the
// customer. x is an ERASED, or a message of links that tells of the erasure of another id of the same customer.
//
// tombstone is the instant up to which events are swallowed from now on: the record time of x. That is the instant of the erasure itself
// if x is an ERASED. A message comes later. What the customer did meanwhile goes with all else; so it must not come back when the log is
// read again.
//
// Silence comes first, as before every event: p's reviews that are due by then run, so that a replay says what was said live. An erasure no
// later than the last one is a repetition.
//
// All that p holds goes, also what events from after the erasure have left there. Such events come before the ERASED only where producers
// write one customer's events to several partitions, or their clocks differ.
func (e *Engine) erase(p Profile, x event.Event, tombstone event.Instant) (Profile, []Transition, Verdict) {
	s, _ := e.step(&p, x)
	if s.Erased <= p.Links().Erased {
		return p, nil, Repeated
	}
	p, transitions := e.Review(p, max(p.AsOf, s.Erased))
	next := e.New(p.Customer)
	next.Erased, next.Outcomes, next.Forgotten = max(p.Erased, tombstone), p.Outcomes, p.Forgotten
	next.Muted, next.Second.Muted, next.Notice = p.Muted, p.Second.Muted, p.Notice.over() // Publish asks whether anybody has heard of what ends
	next.Drop.Muted, next.Unhappy.Muted = p.Drop.Muted, p.Unhappy.Muted
	if err := next.relink(s); err != nil {
		return p, nil, RefusedPart // a newer program has stored it
	}
	if !p.Unknown() {
		transitions = append(transitions, e.ends(&p, x)...)
	}
	if s.Bare() {
		return next, transitions, Accepted
	}
	next.AsOf, next.LastChange, next.Due = p.AsOf, p.AsOf, Unscheduled
	next, more := e.relabel(next, next, occasion{event: x.Common(), at: x.At(), merge: true})
	return next, append(transitions, more...), Accepted
}

// Buried returns p, of whom nothing is known, under a tombstone: events up to an instant are swallowed, and links are cut up to another, or
// up to the same if that is 0.
func (p Profile) Buried(at, cut event.Instant) Profile {
	p.Erased, p.links = at, nil
	if cut != 0 && cut != at {
		p.links = &links{state: link.State{Erased: cut}}
	}
	return p
}

// ends returns the transitions that end what others have been told of p, because of an erasure.
func (e *Engine) ends(p *Profile, x event.Event) []Transition {
	var transitions []Transition
	say := func(t Transition) {
		e.number(p, t)
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
	if p.Notice.Stands() {
		say(&TierWillChange{Stamp: stamp, NoticeID: p.Notice.ID, State: Withdrawn, Withdrawal: ByErased, Currency: e.model.Base})
	}
	if p.Drop.open() {
		say(&ChurnAlert{Stamp: stamp, EpisodeID: p.Drop.ID, State: Resolved, Resolve: ByErased, Kind: ValueDrop, Currency: e.model.Base})
	}
	if p.Unhappy.open() {
		say(&ChurnAlert{Stamp: stamp, EpisodeID: p.Unhappy.ID, State: Resolved, Resolve: ByErased, Kind: FeedbackAlert, Currency: e.model.Base})
	}
	for _, m := range p.Segments.in() {
		say(&SegmentChanged{Stamp: stamp, Change: Left, Segment: m.Name, EnteredID: m.ID, Currency: e.model.Base})
	}
	if p.Standing.Tier != 0 {
		say(&TierChanged{Stamp: stamp, Direction: Exit, Currency: e.model.Base})
	}
	return transitions
}

// appendErased appends the instant of the last erasure; nothing where there was none.
func (p *Profile) appendErased(b []byte) []byte {
	if p.Erased == 0 {
		return b
	}
	return binary.AppendVarint(b, int64(p.Erased))
}
