package score

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/link"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// The encoding of a profile: a version byte; sections of (tag, length, bytes) in tag order, with tags and lengths as uvarints;
// then the CRC-32C of all these bytes, little-endian. An empty section is left out. A section with an unknown tag is kept as it is.
const codecVersion = 1

// The tags of the sections. They are stored: only append.
const (
	tagHistory = 1 + iota
	tagCustomer
	tagClock
	tagTier
	tagEpisode
	tagModel
	tagMuted
	tagSecond
	tagLapse
	tagOutreach
	tagForecast
	tagUpdate
	tagShop
	tagFormer
	tagErased
	tagCounts
	tagLinks
	tagNotice
	tagTrail
	tagReactions
	tagTaken
	tagSegments
	tagsEnd // a tag from here on is a newer version's
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrCorrupt is the error of bytes that are no profile.
var ErrCorrupt = errors.New("corrupt profile")

// ErrChecksum is the error of bytes that have changed since they were written. Bytes with a right checksum that Decode refuses all the
// same come from another version of this program: they are not damaged.
var ErrChecksum = fmt.Errorf("%w: checksum differs", ErrCorrupt)

// Append appends the encoding of p to b. Equal profiles have equal encodings.
func (p *Profile) Append(b []byte) []byte {
	start := len(b)
	b = append(b, codecVersion)
	body := len(b)
	b = enclose(p.History.Append(b), body, tagHistory)
	body = len(b)
	b = enclose(append(b, p.Customer...), body, tagCustomer)
	body = len(b)
	b = enclose(p.appendClock(b), body, tagClock)
	body = len(b)
	b = enclose(p.Standing.append(b, p.AsOf), body, tagTier)
	body = len(b)
	b = enclose(p.Episode.append(b, p.AsOf), body, tagEpisode)
	body = len(b)
	b = enclose(appendHex(b, p.Model), body, tagModel)
	if p.Muted {
		b = append(b, tagMuted, 1, 1)
	}
	body = len(b)
	b = enclose(p.Second.append(b, p.AsOf), body, tagSecond)
	body = len(b)
	b = enclose(p.Lapse.append(b, p.AsOf), body, tagLapse)
	body = len(b)
	b = enclose(p.Outreach.append(b, p.AsOf), body, tagOutreach)
	body = len(b)
	b = enclose(p.appendForecasts(b), body, tagForecast)
	body = len(b)
	b = enclose(p.Update.append(b, p.AsOf), body, tagUpdate)
	if p.Shop {
		b = append(b, tagShop, 1, 1)
	}
	body = len(b)
	b = enclose(p.Former.append(b, p.AsOf), body, tagFormer)
	body = len(b)
	b = enclose(p.appendErased(b), body, tagErased)
	b = p.appendCounts(b)
	if p.links != nil {
		body = len(b)
		b = enclose(p.links.state.Append(b), body, tagLinks)
	}
	body = len(b)
	b = enclose(p.Notice.append(b, p.AsOf), body, tagNotice)
	body = len(b)
	b = enclose(p.Trail.append(b), body, tagTrail)
	body = len(b)
	b = enclose(p.appendReactions(b), body, tagReactions)
	body = len(b)
	b = enclose(p.Taken.append(b, p.Standing.Since), body, tagTaken)
	body = len(b)
	b = enclose(p.Segments.append(b, p.AsOf), body, tagSegments)
	b = append(b, p.rest...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[start:], castagnoli))
}

// enclose makes a section of the bytes from a place in b on. Without bytes it makes no section.
func enclose(b []byte, body int, tag uint64) []byte {
	size := len(b) - body
	if size == 0 {
		return b
	}
	var buffer [2 * binary.MaxVarintLen64]byte
	head := binary.AppendUvarint(binary.AppendUvarint(buffer[:0], tag), uint64(size))
	b = append(b, head...)
	copy(b[body+len(head):], b[body:body+size])
	copy(b[body:], head)
	return b
}

// Decode reads what Append wrote. The result shares no memory with b. On any other bytes the error wraps ErrCorrupt.
func Decode(b []byte) (Profile, error) {
	var p Profile
	if len(b) < 5 {
		return p, fmt.Errorf("%w: %d bytes", ErrChecksum, len(b))
	}
	body, sum := b[:len(b)-4], binary.LittleEndian.Uint32(b[len(b)-4:])
	if crc32.Checksum(body, castagnoli) != sum {
		return p, ErrChecksum
	}
	if b[0] != codecVersion {
		return p, fmt.Errorf("%w: version %d, this program knows %d", ErrCorrupt, b[0], codecVersion)
	}
	for rest, last := body[1:], uint64(0); len(rest) > 0; {
		tag, n := binary.Uvarint(rest)
		size, m := binary.Uvarint(rest[max(n, 0):])
		if n <= 0 || m <= 0 || tag <= last || size > uint64(len(rest)-n-m) {
			return p, fmt.Errorf("%w: bad section after tag %d", ErrCorrupt, last)
		}
		end := n + m + int(size)
		if tag >= tagsEnd {
			p.rest = append(p.rest, rest[:end]...)
		} else if err := p.section(tag, rest[n+m:end]); err != nil {
			return p, fmt.Errorf("%w: section %d: %w", ErrCorrupt, tag, err)
		}
		rest, last = rest[end:], tag
	}
	return p, nil
}

func (p *Profile) section(tag uint64, b []byte) error {
	f := fields{b: b}
	switch tag {
	case tagHistory:
		h, err := history.Decode(b)
		p.History = h
		return err
	case tagCustomer:
		p.Customer = string(b)
		return nil
	case tagMuted:
		p.Muted = true
		return nil
	case tagShop:
		p.Shop = true
		return nil
	case tagModel:
		p.Model = hex.EncodeToString(b)
		return nil
	case tagClock:
		p.AsOf = event.Instant(f.varint())
		p.LastChange = p.AsOf - event.Instant(f.varint())
		p.Due = event.Never
		switch due := f.varint(); {
		case due < 0:
			p.Due = Unscheduled
		case due > 0:
			p.Due = p.AsOf + event.Instant(due)
		}
		p.Sequence = f.varint()
	case tagTier:
		p.Standing.Tier = tier.Tier(f.label(tier.Tiers))
		p.Standing.Since = p.AsOf - event.Instant(f.varint())
		p.Standing.LastID = hex.EncodeToString(f.b)
		f.b = nil
	case tagEpisode:
		p.Episode.Level = churn.Level(f.label(churn.Levels))
		p.Episode.Since = p.AsOf - event.Instant(f.varint())
		p.Episode.RaisedAt = p.AsOf - event.Instant(f.varint())
		half := len(f.b) / 2
		p.Episode.ID, p.Episode.LastID = hex.EncodeToString(f.b[:half]), hex.EncodeToString(f.b[half:])
		f.b = nil
	case tagSecond:
		p.Second = secondOf(f.label(secondEnd))
		if p.Second.Open {
			p.Second.RaisedAt = p.AsOf - event.Instant(f.varint())
			p.Second.ID = hex.EncodeToString(f.b)
			f.b = nil
		}
	case tagLapse:
		p.Lapse.At = p.AsOf - event.Instant(f.varint())
		p.Lapse.EpisodeID = hex.EncodeToString(f.b)
		f.b = nil
	case tagOutreach:
		p.Outreach.At = p.AsOf - event.Instant(f.varint())
		p.Outreach.ID = string(f.b)
		f.b = nil
	case tagForecast:
		p.readForecasts(&f)
	case tagUpdate:
		p.Update = readUpdate(&f, p.AsOf)
	case tagFormer:
		p.Former = f.former(p.AsOf)
	case tagErased:
		p.Erased = event.Instant(f.varint())
	case tagCounts:
		p.readCounts(&f)
	case tagNotice:
		p.Notice = readNotice(&f, p.AsOf)
	case tagTrail:
		p.Trail = f.trail()
	case tagReactions:
		p.readReactions(&f)
	case tagTaken:
		taken, err := readTaken(&f, p.Standing.Since)
		p.Taken = taken
		return err
	case tagSegments:
		segments, err := readSegments(&f, p.AsOf)
		p.Segments = segments
		return err
	case tagLinks: // the customer and the own history are there: their sections come before
		s, err := link.Decode(b)
		if err != nil {
			return err
		}
		return p.relink(s)
	}
	if f.failed || len(f.b) > 0 {
		return errors.New("wrong length or label")
	}
	return nil
}

// Due is written as the distance from AsOf. These two values stand for a Due that is not after AsOf.
const (
	never       = 0
	unscheduled = -1
)

func (p *Profile) appendClock(b []byte) []byte {
	due := int64(p.Due - p.AsOf)
	switch {
	case p.Due == event.Never:
		due = never
	case p.Due <= p.AsOf: // and so to be computed again
		due = unscheduled
	}
	b = binary.AppendVarint(b, int64(p.AsOf))
	b = binary.AppendVarint(b, int64(p.AsOf-p.LastChange))
	b = binary.AppendVarint(b, due)
	return binary.AppendVarint(b, p.Sequence)
}

func (s Standing) append(b []byte, asOf event.Instant) []byte {
	if s == (Standing{}) {
		return b
	}
	b = binary.AppendVarint(b, int64(s.Tier))
	b = binary.AppendVarint(b, int64(asOf-s.Since))
	return appendHex(b, s.LastID)
}

func (ep Episode) append(b []byte, asOf event.Instant) []byte {
	if ep.Level == churn.None {
		return b
	}
	b = binary.AppendVarint(b, int64(ep.Level))
	b = binary.AppendVarint(b, int64(asOf-ep.Since))
	b = binary.AppendVarint(b, int64(asOf-ep.RaisedAt))
	return appendHex(appendHex(b, ep.ID), ep.LastID)
}

// The bits of a second order window's state.
const (
	secondOpen = 1 << iota
	secondClosed
	secondMuted
	secondEnd // all combinations of the bits lie below
)

func (s SecondOrder) append(b []byte, asOf event.Instant) []byte {
	if s == (SecondOrder{}) {
		return b
	}
	b = binary.AppendVarint(b, s.state())
	if !s.Open {
		return b
	}
	return appendHex(binary.AppendVarint(b, int64(asOf-s.RaisedAt)), s.ID)
}

func secondOf(state int64) SecondOrder {
	return SecondOrder{Open: state&secondOpen != 0, Closed: state&secondClosed != 0, Muted: state&secondMuted != 0}
}

func (s SecondOrder) state() (state int64) {
	if s.Open {
		state |= secondOpen
	}
	if s.Closed {
		state |= secondClosed
	}
	if s.Muted {
		state |= secondMuted
	}
	return state
}

func (l Lapse) append(b []byte, asOf event.Instant) []byte {
	if l == (Lapse{}) {
		return b
	}
	return appendHex(binary.AppendVarint(b, int64(asOf-l.At)), l.EpisodeID)
}

func (out Outreach) append(b []byte, asOf event.Instant) []byte {
	if out == (Outreach{}) {
		return b
	}
	return append(binary.AppendVarint(b, int64(asOf-out.At)), out.ID...)
}

// appendHex appends the bytes that s spells in hex. Our ids and hashes are always hex; it panics on anything else, which is a
// bug.
func appendHex(b []byte, s string) []byte {
	b, err := hex.AppendDecode(b, []byte(s))
	if err != nil {
		panic(fmt.Sprintf("score: %q is not hex: %v", s, err))
	}
	return b
}

// fields reads varints off a section.
type fields struct {
	b      []byte
	failed bool
}

func (f *fields) varint() int64 {
	v, n := binary.Varint(f.b)
	if n <= 0 {
		f.failed, f.b = true, nil
		return 0
	}
	f.b = f.b[n:]
	return v
}

// label reads a member of a closed set that counts so many members.
func (f *fields) label(count int) int64 {
	v := f.varint()
	if v < 0 || v >= int64(count) {
		f.failed = true
		return 0
	}
	return v
}
