package score

import (
	"encoding/binary"
	"encoding/hex"

	"tidemark/internal/event"
	"tidemark/internal/score/tier"
)

// Notice is the memory of a pre-notice that stands: subscribers have been told that silence alone will lower the customer's tier. Nil
// stands for none.
//
//	        the day's start                       the fall
//	              │<──── Reactions.NoticeDays ───────>│
//	──────────────┼───────────────────────────────────┼────> time
//	              GIVEN     MOVED, WITHDRAWN           TierChanged, which names the notice
//
// A notice is given at the start of the calendar day that lies NoticeDays before the day of the fall, and at once where that instant is over:
// where a tier has just been taken, or an event has brought the fall near. It is about the next change of the tier in silence. Where the tier
// rises first, because something bad is forgotten, the notice waits for the rise.
//
// The fall ends the notice without a record of its own: the TierChanged names it. That is so for every fall, also for one by an event that
// forestalls the silence.
type Notice struct {
	// ID is the id of the GIVEN; empty where no notice stands any more. LastID is the id of the last MOVED, empty where there was none.
	ID, LastID string
	// At is the instant of the notice's last record.
	At event.Instant
	// FallsAt is the instant of the fall, and To the tier that the customer falls to, as they were told last.
	FallsAt event.Instant
	To      Tier
	// Muted says that the notice was not published; see Publish.
	Muted bool
}

// Stands reports whether a notice stands.
func (n *Notice) Stands() bool { return n != nil && n.ID != "" }

// muted reports whether the notice, or the last one, was not published.
func (n *Notice) muted() bool { return n != nil && n.Muted }

// asMuted returns n as published or not.
func (n *Notice) asMuted(muted bool) *Notice {
	if n.muted() == muted {
		return n
	}
	next := Notice{}
	if n != nil {
		next = *n
	}
	next.Muted = muted
	return &next
}

// id is the id of the notice; empty where none stands.
func (n *Notice) id() string {
	if n == nil {
		return ""
	}
	return n.ID
}

// last is the id of the notice's last record.
func (n *Notice) last() string {
	if n.LastID != "" {
		return n.LastID
	}
	return n.ID
}

// fallAhead is the next fall of a tier by silence alone, if it is near enough for a notice. The zero value stands for none.
type fallAhead struct {
	at event.Instant
	to Tier
}

func (f fallAhead) near() bool { return f.to != tier.None }

// turns reports whether a notice is given, moved, withdrawn or ended, now that a fall lies ahead or none does. stays says that the tier stays
// as it was.
func (n *Notice) turns(ahead fallAhead, stays bool, c event.Calendar) bool {
	if !n.Stands() {
		return ahead.near()
	}
	return !stays || n.To != ahead.to || c.Day(n.FallsAt) != c.Day(ahead.at)
}

// lastNear is the last instant at which a fall is near enough for a notice, as seen from an instant: the end of the day that lies
// Reactions.NoticeDays ahead.
func (e *Engine) lastNear(at event.Instant) event.Instant {
	return e.calendar.Start(e.calendar.Day(at)+event.Day(e.model.Reactions.NoticeDays)+1) - 1
}

// warns is the instant at which silence gives the notice of a fall.
func (e *Engine) warns(fall event.Instant) event.Instant {
	return e.calendar.Start(e.calendar.Day(fall) - event.Day(e.model.Reactions.NoticeDays))
}

// mayWarn reports whether a customer with a standing, these facts among them, may be given a notice by an instant. A customer in the lowest tier
// cannot fall; a minimum stay that is not over by then keeps the tier. The silence of an id that behaves like a shop says nothing.
func (e *Engine) mayWarn(s Standing, p *Profile, by event.Instant) bool {
	return e.model.Reactions.NoticeDays > 0 && s.Tier > tier.Low && !p.Shop && !p.Test && s.Since.Add(e.model.Tiers.MinStay) <= e.lastNear(by)
}

// fallAhead returns the fall of which p is to have a notice at v's instant. standing is p's from now on. Silence moves no fall, so a notice
// that stands goes on where nothing but time has passed.
func (e *Engine) fallAhead(p *Profile, v *evaluation, standing Standing, o occasion) fallAhead {
	switch n := p.Notice; {
	case !v.buyer() || !e.mayWarn(standing, p, v.at):
		return fallAhead{}
	case n.Stands() && o.event == nil && !o.model && standing.Tier == p.Standing.Tier && v.at < n.FallsAt:
		return fallAhead{n.FallsAt, n.To}
	}
	was := p.Standing
	p.Standing = standing
	w := walk{engine: e, p: p, labels: tierLabel, limit: e.lastNear(v.at), at: v.at, facts: v.facts, normal: unknown}
	ahead := w.nextFall()
	p.Standing = was
	return ahead
}

// nextFall returns the next change of p's tier in the rest of the walk, if that is a fall.
func (w *walk) nextFall() fallAhead {
	if !w.next() || w.tier == tier.None || w.tier > w.p.Standing.Tier {
		return fallAhead{}
	}
	return fallAhead{w.at, w.tier}
}

// warning returns the instant after from at which silence gives p a notice, given that no label changes in (from, w.at). crossed says
// that one does at w.at. The walk has begun at from. It goes on, and does not come back, for the tier alone, as far as a fall is near at w.at: so all of it but the
// last Reactions.NoticeDays is the walk that Schedule takes anyway.
func (w *walk) warning(from event.Instant, crossed bool) (event.Instant, bool) {
	e, p := w.engine, w.p
	if w.at == event.Never || p.Notice.Stands() || !e.mayWarn(p.Standing, p, w.at) {
		return 0, false
	}
	w.labels, w.limit = tierLabel, e.lastNear(w.at)
	var fall fallAhead
	if crossed && w.tierTurns(false) {
		if w.tier != tier.None && w.tier < p.Standing.Tier {
			fall = fallAhead{w.at, w.tier}
		}
	} else {
		fall = w.nextFall()
	}
	at := e.warns(fall.at)
	return at, fall.near() && at > from
}

// The bits of what a Notice holds, below its tier.
const (
	noticeMuted = 1 << iota
	noticeMoved
	noticeBits = iota
)

func (n *Notice) append(b []byte, asOf event.Instant) []byte {
	if !n.Stands() {
		return b
	}
	holds := int64(n.To) << noticeBits
	if n.Muted {
		holds |= noticeMuted
	}
	if n.LastID != "" {
		holds |= noticeMoved
	}
	b = binary.AppendVarint(b, holds)
	b = binary.AppendVarint(b, int64(asOf-n.At))
	b = binary.AppendVarint(b, int64(n.FallsAt-asOf))
	return appendHex(appendHex(b, n.ID), n.LastID)
}

func readNotice(f *fields, asOf event.Instant) *Notice {
	var n Notice
	holds := f.label(tier.Tiers << noticeBits)
	n.To, n.Muted = Tier(holds>>noticeBits), holds&noticeMuted != 0
	n.At = asOf - event.Instant(f.varint())
	n.FallsAt = asOf + event.Instant(f.varint())
	first := len(f.b)
	if holds&noticeMoved != 0 {
		first /= 2
	}
	n.ID, n.LastID, f.b = hex.EncodeToString(f.b[:first]), hex.EncodeToString(f.b[first:]), nil
	return &n
}
