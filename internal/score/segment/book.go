package segment

import "math/bits"

// States says of each comparison of a Book whether it holds.
type States [MaxSegments * MaxComparisons / 64]uint64

// Has reports whether a comparison holds.
func (s *States) Has(test int) bool { return s[test/64]>>(test%64)&1 == 1 }

// Set says whether a comparison holds.
func (s *States) Set(test int, holds bool) {
	s[test/64] &^= 1 << (test % 64)
	if holds {
		s[test/64] |= 1 << (test % 64)
	}
}

// Xor are the comparisons that hold in one of the two and not in the other.
func (s *States) Xor(t *States) (d States) {
	for i := range s {
		d[i] = s[i] ^ t[i]
	}
	return d
}

// Any reports whether a comparison holds.
func (s *States) Any() bool { return *s != States{} }

// Each calls f with each comparison that holds, in order.
func (s *States) Each(f func(test int)) {
	for i, word := range s {
		for ; word != 0; word &= word - 1 {
			f(64*i + bits.TrailingZeros64(word))
		}
	}
}

// Book holds segments, ready to be evaluated. Nobody modifies it.
type Book struct {
	Segments []Segment
	// Tests are the comparisons of all rules. Equal ones are one.
	Tests []Comparison
	rules []bound
	// of are the tests of each segment.
	of []States
}

// bound is a rule whose comparisons are numbers of tests.
type bound struct {
	how   joint
	parts []bound
	test  int
}

type joint uint8

const (
	compares joint = iota
	all
	one
	none
)

// NewBook returns the book of segments that are in order.
func NewBook(segments []Segment) *Book {
	b := &Book{Segments: segments, of: make([]States, len(segments))}
	places := map[string]int{}
	for i := range segments {
		b.rules = append(b.rules, b.bind(&segments[i].Rule, places, &b.of[i]))
	}
	return b
}

func (b *Book) bind(r *Rule, places map[string]int, of *States) bound {
	list := func(how joint, rules []Rule) bound {
		n := bound{how: how, parts: make([]bound, len(rules))}
		for i := range rules {
			n.parts[i] = b.bind(&rules[i], places, of)
		}
		return n
	}
	switch {
	case r.And != nil:
		return list(all, r.And)
	case r.Or != nil:
		return list(one, r.Or)
	case r.Not != nil:
		return list(none, []Rule{*r.Not})
	}
	text := r.Comparison.String()
	place, ok := places[text]
	if !ok {
		place = len(b.Tests)
		places[text] = place
		b.Tests = append(b.Tests, *r.Comparison)
	}
	of.Set(place, true)
	return bound{test: place}
}

// In reports whether a customer of whom these comparisons hold is in a segment.
func (b *Book) In(segment int, s *States) bool {
	in, _ := b.rules[segment].holds(s, &States{})
	return in
}

// Sure is In for a customer of whom it is not known whether the open comparisons hold. It is sure where they do not matter.
func (b *Book) Sure(segment int, s, open *States) (in, sure bool) {
	return b.rules[segment].holds(s, open)
}

// Of are the comparisons of a segment.
func (b *Book) Of(segment int) States { return b.of[segment] }

// holds is the logic of Kleene.
func (n *bound) holds(s, open *States) (is, sure bool) {
	switch n.how {
	case compares:
		return s.Has(n.test), !open.Has(n.test)
	case none:
		is, sure = n.parts[0].holds(s, open)
		return !is, sure
	case all, one:
	}
	decides := n.how == one // one part that holds decides an or, one that does not decides an and
	is, sure = !decides, true
	for i := range n.parts {
		part, known := n.parts[i].holds(s, open)
		if known && part == decides {
			return decides, true
		}
		sure = sure && known
		if part == decides {
			is = decides
		}
	}
	return is, sure
}
