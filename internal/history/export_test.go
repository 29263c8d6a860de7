package history

import "tidemark/internal/event"

// What tests outside the package look at.
var (
	Hash       = hash
	MonthOf    = monthOf
	MonthStart = monthStart
)

// CurrencyHash is zero of no currency.
func CurrencyHash(c event.Currency) uint32 {
	if c == "" {
		return 0
	}
	return currencyHash(c)
}

// PartsEnd is the bit after the last part of a history. PartReferrals is that of the pairs of referrer and buyer.
const (
	PartsEnd      = partsEnd
	PartReferrals = partReferrals
)

// Before returns s as a former format has stored it: without what the totals keep.
func Before(s Summary) Summary {
	if s.past != nil {
		p := *s.past
		p.kept, s.past = nil, &p
	}
	return s
}
