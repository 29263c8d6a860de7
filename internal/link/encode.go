package link

import (
	"encoding/binary"
	"maps"
	"slices"
)

// format is the first byte of an encoded State.
const format = 1

// The parts of the encoding that are present, as bits of its second byte. Only append.
const (
	hasErased = 1 << iota
	hasWords
	hasSenders
	hasGone
)

// Append appends the encoding of s to b. The zero State has no bytes. Equal states give equal bytes.
//
// Integers are varints, hashes are 8 bytes, little endian, a list is its length, then its entries. The names of partitions stand once, before
// the senders: marks refer to them. Of a path stand only the ids between origin and sender. An empty origin is the sender.
func (s State) Append(b []byte) []byte {
	has := s.has()
	if has == 0 {
		return b
	}
	e := encoder{b: append(b, format, has)}
	if has&hasErased != 0 {
		e.int(int64(s.Erased))
	}
	if has&hasWords != 0 {
		e.uint(len(s.words))
		for _, w := range s.words {
			e.stamp(w.Stamp)
			e.text(w.Target)
		}
	}
	if has&hasSenders != 0 {
		e.senders(s.senders)
	}
	if has&hasGone != 0 {
		e.uint(len(s.gone))
		for _, g := range s.gone {
			e.hash(g.id)
			e.int(int64(g.at))
		}
	}
	return e.b
}

func (s State) has() byte {
	return bit(s.Erased != 0, hasErased) | bit(len(s.words) > 0, hasWords) | bit(len(s.senders) > 0, hasSenders) | bit(len(s.gone) > 0, hasGone)
}

func bit(set bool, b byte) byte {
	if set {
		return b
	}
	return 0
}

type encoder struct {
	b          []byte
	partitions []string // sorted
}

func (e *encoder) uint(v int)    { e.b = binary.AppendUvarint(e.b, uint64(v)) }
func (e *encoder) int(v int64)   { e.b = binary.AppendVarint(e.b, v) }
func (e *encoder) hash(v uint64) { e.b = binary.LittleEndian.AppendUint64(e.b, v) }
func (e *encoder) text(s string) { e.uint(len(s)); e.b = append(e.b, s...) }
func (e *encoder) stamp(s Stamp) { e.int(int64(s.At)); e.text(s.Event) }

func (e *encoder) senders(all []sender) {
	e.partitions = partitions(all)
	e.uint(len(e.partitions))
	for _, name := range e.partitions {
		e.text(name)
	}
	e.uint(len(all))
	for _, from := range all {
		e.text(from.id)
		e.stamp(from.word)
		e.int(int64(from.word.At - from.linked))
		e.uint(len(from.parts))
		for _, p := range from.parts {
			e.part(p, from.id)
		}
		e.uint(len(from.withdrawn))
		for _, w := range from.withdrawn {
			e.hash(w.origin)
			e.marks(w.marks)
		}
	}
}

func (e *encoder) part(p part, sender string) {
	origin := p.origin
	if origin == sender {
		origin = ""
	}
	e.text(origin)
	between := p.path[1:max(1, len(p.path)-1)]
	e.uint(len(between))
	for _, id := range between {
		e.text(id)
	}
	e.marks(p.marks)
	e.text(string(p.content))
}

func (e *encoder) marks(m Marks) {
	e.uint(len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		n, _ := slices.BinarySearch(e.partitions, name)
		e.uint(n)
		e.int(m[name])
	}
}

// partitions returns the names of all partitions in the marks of all senders, sorted.
func partitions(all []sender) []string {
	names := map[string]bool{}
	for _, from := range all {
		for _, p := range from.parts {
			for name := range p.marks {
				names[name] = true
			}
		}
		for _, w := range from.withdrawn {
			for name := range w.marks {
				names[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(names))
}
