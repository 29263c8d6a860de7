package link

import (
	"encoding/binary"
	"errors"
	"fmt"

	"tidemark/internal/event"
)

var errDamaged = errors.New("state of links: the bytes are damaged")

// Decode reads what Append wrote. The result shares no memory with b.
func Decode(b []byte) (State, error) {
	if len(b) == 0 {
		return State{}, nil
	}
	if b[0] != format {
		return State{}, fmt.Errorf("state of links in format %d, want %d", b[0], format)
	}
	d := decoder{b: b[1:]}
	has := d.byte()
	var s State
	if has&hasErased != 0 {
		s.Erased = d.instant()
	}
	if has&hasWords != 0 {
		s.words = list(&d, (*decoder).word)
	}
	if has&hasSenders != 0 {
		d.partitions = list(&d, (*decoder).text)
		s.senders = list(&d, (*decoder).sender)
	}
	if has&hasGone != 0 {
		s.gone = list(&d, (*decoder).gone)
	}
	if d.failed || len(d.b) > 0 || has == 0 || has != s.has() || !s.sorted() {
		return State{}, errDamaged
	}
	return s, nil
}

// sorted reports whether all lists are in the order by which they are searched, without repetitions.
func (s State) sorted() bool {
	ordered := rising(s.words, func(a, b Word) bool { return a.Compare(b.Stamp) < 0 }) &&
		rising(s.senders, func(a, b sender) bool { return a.id < b.id }) &&
		rising(s.gone, func(a, b gone) bool { return a.id < b.id })
	for _, from := range s.senders {
		ordered = ordered && rising(from.parts, func(a, b part) bool { return a.origin < b.origin }) &&
			rising(from.withdrawn, func(a, b withdrawn) bool { return a.origin < b.origin })
	}
	return ordered
}

func rising[T any](all []T, before func(a, b T) bool) bool {
	for n := range all[min(1, len(all)):] {
		if !before(all[n], all[n+1]) {
			return false
		}
	}
	return true
}

// decoder reads from b. Once it has failed, it reads zeros.
type decoder struct {
	b          []byte
	failed     bool
	partitions []string
	from       string // the sender whose parts are being read
}

func (d *decoder) fail() { d.failed, d.b = true, nil }

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.fail()
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) uint() uint64 {
	v, n := binary.Uvarint(d.b)
	return advance(d, v, n)
}

// length reads a length. Each entry of a list takes a byte or more, so a length beyond the bytes is damage.
func (d *decoder) length() int {
	v := d.uint()
	if v > uint64(len(d.b)) {
		d.fail()
		return 0
	}
	return int(v)
}

func (d *decoder) int() int64 {
	v, n := binary.Varint(d.b)
	return advance(d, v, n)
}

// advance returns a number that was read off n bytes; n is not above zero where there was none.
func advance[T int64 | uint64](d *decoder, v T, n int) T {
	if n <= 0 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) instant() event.Instant { return event.Instant(d.int()) }

func (d *decoder) hash() uint64 {
	if len(d.b) < 8 {
		d.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(d.b)
	d.b = d.b[8:]
	return v
}

func (d *decoder) text() string {
	n := d.length()
	s := string(d.b[:n])
	d.b = d.b[n:]
	return s
}

// list reads a list whose entries one reads.
func list[T any](d *decoder, one func(*decoder) T) []T {
	n := d.length()
	if n == 0 {
		return nil
	}
	all := make([]T, 0, min(n, 16))
	for range n {
		all = append(all, one(d))
		if d.failed {
			return nil
		}
	}
	return all
}

func (d *decoder) stamp() Stamp { return Stamp{d.instant(), d.text()} }
func (d *decoder) word() Word   { return Word{d.stamp(), d.text()} }
func (d *decoder) gone() gone   { return gone{d.hash(), d.instant()} }

func (d *decoder) sender() sender {
	from := sender{id: d.text(), word: d.stamp()}
	from.linked = from.word.At - d.instant()
	d.from = from.id
	from.parts = list(d, (*decoder).part)
	from.withdrawn = list(d, (*decoder).withdrawn)
	return from
}

func (d *decoder) part() part {
	p := part{origin: d.text()}
	between := list(d, (*decoder).text)
	if p.origin == "" {
		p.origin = d.from
	}
	p.path = append(p.path, p.origin)
	p.path = append(p.path, between...)
	if p.origin != d.from {
		p.path = append(p.path, d.from)
	}
	p.marks = d.marks()
	if content := d.text(); content != "" {
		p.content = []byte(content)
	}
	return p
}

func (d *decoder) withdrawn() withdrawn { return withdrawn{d.hash(), d.marks()} }

func (d *decoder) marks() Marks {
	n := d.length()
	if n == 0 {
		return nil
	}
	m := Marks{}
	for range n {
		name := d.uint()
		if name >= uint64(len(d.partitions)) {
			d.fail()
			return nil
		}
		m[d.partitions[name]] = d.int()
	}
	if len(m) < n {
		d.fail()
		return nil
	}
	return m
}
