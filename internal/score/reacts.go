package score

import (
	"encoding/binary"

	"tidemark/internal/event"
)

// reactions are what an evaluation says of a drop of value and of an unhappy customer.
type reactions struct {
	// drop is what has dropped, unhappy what the customer is unhappy about.
	drop    measures
	unhappy []wrong
	// dropTurns and unhappyTurns say that an alert is due.
	dropTurns, unhappyTurns bool
}

func (r *reactions) any() bool { return r.dropTurns || r.unhappyTurns }

// reacts returns the reactions to p as evaluated, in the tier that it leads to.
func (e *Engine) reacts(p *Profile, v *evaluation, t Tier, o occasion) reactions {
	r := reactions{drop: e.dropOf(p, v, t), unhappy: e.unhappyAbout(p, v, t, &o)}
	r.dropTurns, r.unhappyTurns = p.Drop.turns(r.drop), p.Unhappy.turns(r.unhappy)
	return r
}

// tellReactions tells what is due, after the tier and the churn level have been told.
func (e *Engine) tellReactions(c *change, add func(*ChurnAlert)) {
	p := c.p
	if c.dropTurns {
		t := e.dropAlert(c)
		add(t)
		p.Drop = p.Drop.next(t, c.drop)
	}
	if c.unhappyTurns {
		t := e.unhappyAlert(c)
		add(t)
		p.Unhappy = p.Unhappy.next(t, c.unhappy)
	}
}

// Both episodes are written as one byte of what is there; then each open one with its instants, what it has told, and the lengths and bytes of its
// ids. The last id has length 0 where it is that of the RAISED.
const (
	dropBit = 1 << iota
	dropMutedBit
	unhappyBit
	unhappyMutedBit
	reactionsEnd // all combinations of the bits lie below
)

func (p *Profile) appendReactions(b []byte) []byte {
	if p.Drop == (DropEpisode{}) && p.Unhappy == (UnhappyEpisode{}) {
		return b
	}
	return appendEpisodes(b, &p.Drop, &p.Unhappy, p.AsOf)
}

func appendEpisodes(b []byte, d *DropEpisode, u *UnhappyEpisode, asOf event.Instant) []byte {
	var holds uint64
	hold := func(bit uint64, set bool) {
		if set {
			holds |= bit
		}
	}
	hold(dropBit, d.open())
	hold(dropMutedBit, d.Muted)
	hold(unhappyBit, u.open())
	hold(unhappyMutedBit, u.Muted)
	b = binary.AppendUvarint(b, holds)
	ago := func(at event.Instant) { b = binary.AppendVarint(b, int64(asOf-at)) }
	ids := func(id, last string) {
		if b = appendID(b, id); last == id {
			last = ""
		}
		b = appendID(b, last)
	}
	if d.open() {
		ago(d.RaisedAt)
		ago(d.LastAt)
		b = binary.AppendUvarint(b, uint64(d.Told))
		ids(d.ID, d.LastID)
	}
	if u.open() {
		ago(u.RaisedAt)
		ago(u.LastAt)
		ago(u.Newest)
		b = binary.AppendUvarint(b, uint64(u.Told))
		ids(u.ID, u.LastID)
	}
	return b
}

// appendID appends the length and the bytes of an id.
func appendID(b []byte, id string) []byte {
	return appendHex(binary.AppendUvarint(b, uint64(len(id)/2)), id)
}

// id reads what appendID wrote.
func (f *fields) id() string { return f.hex(int(f.uvarint(maxID))) }

// episodes reads what appendEpisodes wrote.
func (f *fields) episodes(d *DropEpisode, u *UnhappyEpisode, asOf event.Instant) {
	holds := f.uvarint(reactionsEnd - 1)
	ago := func() event.Instant { return asOf - event.Instant(f.varint()) }
	ids := func() (id, last string) {
		if id, last = f.id(), f.id(); last == "" {
			last = id
		}
		return id, last
	}
	d.Muted, u.Muted = holds&dropMutedBit != 0, holds&unhappyMutedBit != 0
	if holds&dropBit != 0 {
		d.RaisedAt, d.LastAt = ago(), ago()
		d.Told = measures(f.uvarint(uint64(measuresEnd) - 1))
		d.ID, d.LastID = ids()
		f.failed = f.failed || !d.open()
	}
	if holds&unhappyBit != 0 {
		u.RaisedAt, u.LastAt, u.Newest = ago(), ago(), ago()
		u.Told = grief(f.uvarint(uint64(griefEnd) - 1))
		u.ID, u.LastID = ids()
		f.failed = f.failed || !u.open()
	}
}
