package history

import (
	"cmp"
	"slices"
)

// maxPairs is how many pairs with a buyer are told apart.
const maxPairs = 64

// Referral is whom the customer has referred, as an event says it. The zero value names nobody.
type Referral struct {
	// Named says that the event names somebody. It counts for the pair of the customer and this buyer, which counts once.
	Named bool
	// Buyer is a keyed hash of the buyer's id. It is zero if the customer has named itself: that counts for nothing.
	Buyer uint64
}

// ReferralOf returns the Referral of a buyer whose id has a keyed hash.
func ReferralOf(hash uint64) Referral { return Referral{true, max(hash&^bought, lowestBuyer)} }

const (
	// bought is the bit of a pair which says that the buyer has bought. The other bits are those of the buyer's hash.
	bought = 1
	// lowestBuyer stands for the hashes below it: as of all hashes, the first 16 are never stored.
	lowestBuyer = aggregates
)

// referrals are the pairs of a customer with those whom the customer has referred. A Summary that holds them never modifies them.
type referrals struct {
	// pairs are the first maxPairs, by buyer.
	pairs []uint64
	// beyond counts further pairs. They are not told apart: one that arrives again counts again. buyers counts those of them that came by a
	// purchase.
	beyond, buyers int64
	// named counts the REFERRAL_MADEs older than 7 days that name a buyer. Their pairs stand for them.
	named int64
}

// refer counts in a pair. It reports whether that changed anything.
func (s *Summary) refer(r Referral, bit uint64) bool {
	if r.Buyer == 0 {
		return false
	}
	var next referrals
	if s.referrals != nil {
		next = *s.referrals
	}
	place, found := findPair(next.pairs, r.Buyer)
	switch {
	case found && next.pairs[place]|bit == next.pairs[place]:
		return false
	case found:
		next.pairs = slices.Clone(next.pairs)
		next.pairs[place] |= bit
	case len(next.pairs) >= maxPairs:
		next.beyond++
		next.buyers += int64(bit)
		s.spilled++
	default:
		next.pairs = insert(next.pairs, place, r.Buyer|bit)
	}
	s.referrals = &next
	return true
}

func findPair(pairs []uint64, buyer uint64) (int, bool) {
	return slices.BinarySearchFunc(pairs, buyer, comparePair)
}

// comparePair compares a pair with a buyer, or with another pair, whether or not anybody has bought.
func comparePair(pair, buyer uint64) int { return cmp.Compare(pair&^bought, buyer&^bought) }

// replaced counts REFERRAL_MADEs that are no longer told apart, and whose pairs stand for them.
func (s *Summary) replaced(n int64) {
	var next referrals
	if s.referrals != nil {
		next = *s.referrals
	}
	next.named += n
	s.referrals = &next
}

// deriveReferrals puts the pairs in the place of the REFERRAL_MADEs that name a buyer. f.Referrals counts the others of the last 7 days, and all
// that are older. A pair has no instant: it counts as soon as it is known.
func (s *Summary) deriveReferrals(f *Facts) {
	r := s.referrals
	if r == nil {
		return
	}
	f.Referrals = max(0, f.Referrals-int(r.named)) + len(r.pairs) + int(r.beyond)
	f.ReferredBuyers, f.ReferralsBeyond = int(r.buyers), int(r.beyond)
	for _, pair := range r.pairs {
		f.ReferredBuyers += int(pair & bought)
	}
}

// uniteReferrals unites the pairs of all parts. A pair beyond the cap counts once for each part.
func (u *union) uniteReferrals() {
	var all referrals
	known := false
	for i := range u.parts {
		if r := u.parts[i].referrals; r != nil {
			known = true
			all.beyond, all.buyers, all.named = all.beyond+r.beyond, all.buyers+r.buyers, all.named+r.named
		}
	}
	if !known {
		return
	}
	all.pairs, _ = merged(u.parts, (*part).pairs, func(a, b *uint64) int { return comparePair(*a, *b) }, func(into, other *uint64) { *into |= *other })
	u.referrals = &all
}

func (p *part) pairs() []uint64 {
	if p.referrals == nil {
		return nil
	}
	return p.referrals.pairs
}

// HasPairs reports whether s knows of anybody whom the customer has referred.
func (s *Summary) HasPairs() bool { return s.referrals != nil && len(s.referrals.pairs) > 0 }

// Without returns s without the pairs with some buyers: these are other ids of the customer, and nobody refers themselves.
func (s Summary) Without(buyers []Referral) Summary {
	if !s.HasPairs() {
		return s
	}
	kept := *s.referrals
	kept.pairs = slices.DeleteFunc(slices.Clone(kept.pairs), func(pair uint64) bool {
		return slices.ContainsFunc(buyers, func(r Referral) bool { return comparePair(pair, r.Buyer) == 0 })
	})
	s.referrals = &kept
	return s
}

// HeldReferrals are the pairs of the customer with those whom the customer has referred.
type HeldReferrals struct {
	// Pairs are keyed hashes of the buyers' ids, Bought says of each whether the buyer has bought.
	Pairs  []uint64
	Bought []bool
	// Beyond counts the pairs that are not told apart, BeyondBought those of them that came by a purchase, Named the REFERRAL_MADEs older than 7
	// days whose pairs stand for them.
	Beyond, BeyondBought, Named int64
}

func (r *referrals) held() HeldReferrals {
	if r == nil {
		return HeldReferrals{}
	}
	h := HeldReferrals{Beyond: r.beyond, BeyondBought: r.buyers, Named: r.named}
	for _, pair := range r.pairs {
		h.Pairs, h.Bought = append(h.Pairs, pair&^bought), append(h.Bought, pair&bought != 0)
	}
	return h
}

func (e *encoder) referrals(r *referrals) {
	if r == nil {
		return
	}
	e.uint(uint64(len(r.pairs)))
	for _, pair := range r.pairs {
		e.hash(pair)
	}
	e.int(r.beyond)
	e.int(r.buyers)
	e.int(r.named)
}

func (d *decoder) referrals() {
	n := d.uint()
	d.check(n <= maxPairs && n*8 <= uint64(len(d.b)-d.i), "too many referrals")
	if d.err != "" {
		return
	}
	r := new(referrals)
	for i := range int(n) {
		pair := d.hash()
		d.check(i == 0 || comparePair(r.pairs[i-1], pair) < 0, "referrals out of order")
		r.pairs = append(r.pairs, pair)
	}
	r.beyond, r.buyers, r.named = d.int(), d.int(), d.int()
	d.check(r.beyond >= 0 && r.buyers >= 0 && r.buyers <= r.beyond && r.named >= 0, "number out of range")
	d.s.referrals = r
}
