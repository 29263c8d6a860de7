package history

import (
	"cmp"
	"math/bits"

	"tidemark/internal/event"
)

// said is an amount in a currency that is not the base currency. The zero value says that the amount is in the base currency.
type said struct {
	currency uint32 // of the hash of the code
	minor    int64
}

func saidOf(a *Amounts) said {
	if a.Said.Currency == "" {
		return said{}
	}
	return said{currencyHash(a.Said.Currency), a.Said.Minor}
}

// currencyHash names a currency by the low half of the hash of its code. Profiles store it: it never changes. Zero is the base currency.
func currencyHash(c event.Currency) uint32 { return max(uint32(hash(string(c))), 1) }

func (x said) compare(y said) int {
	return cmp.Or(cmp.Compare(x.currency, y.currency), cmp.Compare(x.minor, y.minor))
}

// whole is the amount of v in its own currency: what refunds have to come to.
func (v *order) whole() int64 {
	if v.said.currency != 0 {
		return v.said.minor
	}
	return v.amount
}

// of returns what r gives back of v, in the currency of v. A refund in another currency is taken by its worth in the base currency on its
// own day, and that by the rate of v.
func (r *refund) of(v *order) int64 {
	switch {
	case r.said.currency == v.said.currency && r.said.currency != 0:
		return r.said.minor
	case v.said.currency == 0:
		return r.amount
	case r.amount >= v.amount: // also where v came to nothing in the base currency
		return max(v.said.minor, portion(v.said.minor, r.amount, v.amount))
	}
	return portion(v.said.minor, r.amount, v.amount)
}

// worth returns what a part of the whole amount of v is worth in the base currency. The worth of the whole is v.amount.
func (v *order) worth(part int64) int64 {
	if v.said.currency == 0 {
		return part
	}
	return portion(v.amount, part, v.said.minor)
}

// portion returns amount * part / whole, rounded half up; amount where whole is 0. Amounts are not negative, and at most event.MaxMinor in
// the facts of events: what does not fit stands for more than all of these.
func portion(amount, part, whole int64) int64 {
	if whole <= 0 || amount < 0 || part < 0 {
		return amount
	}
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	lo, carry := bits.Add64(lo, uint64(whole)/2, 0)
	hi += carry
	if hi >= uint64(whole) {
		return maxPortion
	}
	n, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(min(n, maxPortion))
}

const maxPortion = event.MaxMinor << 10
