package score

import (
	"time"

	"tidemark/internal/event"
)

// TakeBackWithin is the longest time between two switches of which the second takes the first back. For so long each event is scored by
// both models, and a profile keeps some 40 bytes more.
const TakeBackWithin = 30 * 24 * time.Hour

// Former is what the model before the last switch says of a customer: the labels, and their memory, as if there had been no switch. When
// that model comes back into force within TakeBackWithin, its labels are there again, also those that a minimum stay or a margin keeps.
//
//	     A                   B                        A
//	─────────────┼───────────────────────────┼─────────────────> time
//	          switch: A's labels          the way back: the labels
//	          become the Former           are those of the Former
//	             └──── A, by itself ─────────┘
//	                events, and silence
//
// Nothing of a Former is published. An id in a Former is the id of something that was published before the switch, or unpublished.
type Former struct {
	// Model is the ShortHash of the model.
	Model string
	// AsOf is the instant up to which the model has been followed; zero while it has nothing to follow. The silence after AsOf is looked at
	// when the next event comes, or the model comes back.
	AsOf event.Instant
	// Standing and Episode have no LastID, Second has no Muted: these are what was published, and the profile itself has them.
	Standing Standing
	Episode  Episode
	Second   SecondOrder
	Lapse    Lapse
	// Muted says that the current or last episode was not published; see Publish.
	Muted bool
	// Heard is what the model in force has said since the switch.
	Heard Heard
	// Ended is the id of the alert by which the model in force ended an episode of the Former; empty where it ended none.
	Ended string
}

// Heard is a set of statements.
type Heard uint8

// The statements. Profiles store the bits: only append.
const (
	// HeardTier: a tier was set. HeardLevel: a level was set. HeardEpisode: an episode was raised. HeardWindow: the window for a
	// second order opened or closed.
	HeardTier Heard = 1 << iota
	HeardLevel
	HeardEpisode
	HeardWindow

	heardEnd // all combinations of the bits lie below
)

// unpublished stands for the id of what a Former would have published.
const unpublished = "00"

func unpublishedID(Transition) string { return unpublished }

// onTrial reports whether the model before e's own may still come back at an instant.
func (e *Engine) onTrial(at event.Instant) bool {
	return e.previous != nil && e.effective > 0 && at < e.effective.Add(TakeBackWithin)
}

// settleSwitch forgets the Former of p once it cannot come back any more.
func (e *Engine) settleSwitch(p *Profile) {
	if p.Former != nil && e.previous != nil && !e.onTrial(p.AsOf) {
		p.Former = nil
	}
}

// formerOf returns the memory of a profile at the switch from its model to e's. It is nil where e does not know that model.
func (e *Engine) formerOf(before *Profile) *Former {
	if !e.replaces(before.Model) || !e.onTrial(before.AsOf) {
		return nil
	}
	f := &Former{Model: ShortHash(before.Model)}
	return f.as(before)
}

// formerOfNobody returns the memory of a customer who comes first at an instant: for the model before, too, nothing is known yet.
func (e *Engine) formerOfNobody(at event.Instant) *Former {
	if !e.onTrial(at) {
		return nil
	}
	return &Former{Model: ShortHash(e.previous.model.Hash)}
}

// as returns f with the labels of p.
func (f *Former) as(p *Profile) *Former {
	next := *f
	if next.AsOf = p.AsOf; p.Whole().Prospect() { // as if the prospect came with the next event: it may be so, see Forgetting
		next.AsOf = 0
	}
	next.Standing, next.Episode, next.Second, next.Lapse, next.Muted = p.Standing, p.Episode, p.Second, p.Lapse, p.Muted
	next.Standing.LastID, next.Episode.LastID, next.Second.Muted = "", "", false
	return &next
}

// profile returns the customer of p as the Former sees them, with the history of p.
func (f *Former) profile(p *Profile, model string) Profile {
	q := Profile{
		Customer: p.Customer, History: p.History, links: p.links, together: p.together, AsOf: f.AsOf, LastChange: f.AsOf, Model: model,
		Standing: f.Standing, Episode: f.Episode, Second: f.Second, Lapse: f.Lapse, Muted: f.Muted,
		Test: p.Test,
	}
	q.Standing.LastID = unpublished
	if q.Episode.Level > 0 {
		q.Episode.LastID = unpublished
	}
	return q
}

// follow returns the Former of a profile after an event: the model before judges the event as it would if it were still in force. grown is
// the profile with the history and the links after the event. A Former whose model e does not know cannot follow, and is forgotten.
func (e *Engine) follow(before, grown *Profile, x event.Event) *Former {
	f := before.Former
	if f == nil || e.former == nil || ShortHash(e.former.model.Hash) != f.Model {
		return nil
	}
	former := e.former
	if !former.bears(x) {
		return f
	}
	was := former.carry(f.profile(before, former.model.Hash), before.AsOf)
	next := was
	next.History, next.links, next.together, next.LastChange = grown.History, grown.links, grown.together, was.AsOf
	next, _ = former.relabel(was, next, occasion{event: x.Common(), at: x.At()})
	return f.as(&next)
}

// unheard returns e as it labels customers without publishing anything.
func (e *Engine) unheard() *Engine {
	other := *e
	other.identify, other.previous, other.former = unpublishedID, nil, nil
	other.model.Reactions, other.model.Segments, other.rules = Reactions{}, nil, nil
	return &other
}

// carry returns p after the silence up to an instant. It is Review without forecasts: a Former makes none.
func (e *Engine) carry(p Profile, at event.Instant) Profile {
	for p.AsOf < at {
		crossing, crossed := e.crossing(&p, p.AsOf, at)
		if !crossed || crossing > at {
			break
		}
		p.AsOf = crossing
		p, _ = e.relabel(p, p, occasion{})
	}
	p.AsOf = max(p.AsOf, at)
	return p
}

// hear returns f after the model in force has said something.
func (f *Former) hear(t Transition) *Former {
	if f == nil {
		return nil
	}
	next := *f
	switch t := t.(type) {
	case *TierChanged:
		next.Heard |= HeardTier
	case *ChurnAlert:
		switch {
		case t.Kind == SecondOrderWindow:
			next.Heard |= HeardWindow
		case t.Kind != Churn: // no Former follows it
		case t.State == Updated: // says nothing of the level
		case t.State == Raised:
			next.Heard |= HeardLevel | HeardEpisode
		default:
			next.Heard |= HeardLevel
		}
		if over := t.State == Resolved || t.State == Retracted; over && t.Kind == Churn && next.Heard&HeardEpisode == 0 {
			next.Ended = t.ID
		}
	case *WonBack, *TierWillChange, *SegmentChanged: // where the former model comes back, it gives its notices and evaluates its segments anew
	}
	return &next
}
