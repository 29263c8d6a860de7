package score

import (
	"encoding/binary"
	"encoding/hex"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// A Former is written as 4 bytes of the hash of its model, the time from its AsOf to the profile's, and what has been heard. Its labels
// follow: the tier, the level, and the state of the window; each that is not zero with its instants and the length and bytes of its id. A
// lapse and the id in Ended follow likewise. That is 12 bytes for a prospect, and some 20 to 70 for a buyer.
const (
	lapseBit = 1 << iota
	endedBit
	formerMutedBit
	leftBit   // a tier was left, and none entered since
	extrasEnd // all combinations of the bits lie below
)

// nothingToFollow stands for an AsOf of zero: no Former is ahead of its profile.
const nothingToFollow = -1

func (f *Former) append(b []byte, asOf event.Instant) []byte {
	if f == nil {
		return b
	}
	b = appendHex(b, f.Model)
	if f.AsOf == 0 {
		b = binary.AppendVarint(b, nothingToFollow)
	} else {
		b = binary.AppendVarint(b, int64(asOf-f.AsOf))
	}
	b = binary.AppendVarint(b, int64(f.Heard))
	since := func(at event.Instant) { b = binary.AppendVarint(b, int64(f.AsOf-at)) }
	id := func(id string) {
		b = binary.AppendUvarint(b, uint64(len(id)/2))
		b = appendHex(b, id)
	}
	b = binary.AppendVarint(b, int64(f.Standing.Tier))
	if f.Standing.Tier != tier.None {
		since(f.Standing.Since)
	}
	b = binary.AppendVarint(b, int64(f.Episode.Level))
	if f.Episode.Level != churn.None {
		since(f.Episode.Since)
		since(f.Episode.RaisedAt)
		id(f.Episode.ID)
	}
	b = binary.AppendVarint(b, f.Second.state())
	if f.Second.Open {
		since(f.Second.RaisedAt)
		id(f.Second.ID)
	}
	var extras int64
	if f.Lapse != (Lapse{}) {
		extras |= lapseBit
	}
	if f.Ended != "" {
		extras |= endedBit
	}
	left := f.Standing.Tier == tier.None && f.Standing.Since != 0
	if left {
		extras |= leftBit
	}
	if f.Muted {
		extras |= formerMutedBit
	}
	b = binary.AppendVarint(b, extras)
	if extras&lapseBit != 0 {
		since(f.Lapse.At)
		id(f.Lapse.EpisodeID)
	}
	if extras&endedBit != 0 {
		id(f.Ended)
	}
	if left {
		since(f.Standing.Since)
	}
	return b
}

// former reads what Former.append wrote.
func (f *fields) former(asOf event.Instant) *Former {
	var x Former
	x.Model = f.hex(modelBytes)
	if ago := f.varint(); ago != nothingToFollow {
		x.AsOf = asOf - event.Instant(ago)
	}
	since := func() event.Instant { return x.AsOf - event.Instant(f.varint()) }
	id := func() string { return f.hex(int(f.uvarint(maxID))) }
	x.Heard = Heard(f.label(int(heardEnd)))
	if x.Standing.Tier = tier.Tier(f.label(tier.Tiers)); x.Standing.Tier != tier.None {
		x.Standing.Since = since()
	}
	if x.Episode.Level = churn.Level(f.label(churn.Levels)); x.Episode.Level != churn.None {
		x.Episode.Since, x.Episode.RaisedAt, x.Episode.ID = since(), since(), id()
	}
	x.Second = secondOf(f.label(secondEnd))
	if x.Second.Open {
		x.Second.RaisedAt, x.Second.ID = since(), id()
	}
	extras := f.label(extrasEnd)
	if extras&lapseBit != 0 {
		x.Lapse = Lapse{At: since(), EpisodeID: id()}
	}
	if extras&endedBit != 0 {
		x.Ended = id()
	}
	x.Muted = extras&formerMutedBit != 0
	if extras&leftBit != 0 {
		x.Standing.Since = since()
	}
	return &x
}

// modelBytes is the length of a ShortHash, maxID the longest id, in bytes.
const modelBytes, maxID = 4, 32

// hex reads n bytes as hex.
func (f *fields) hex(n int) string {
	if n > len(f.b) {
		f.failed, f.b = true, nil
		return ""
	}
	s := hex.EncodeToString(f.b[:n])
	f.b = f.b[n:]
	return s
}
