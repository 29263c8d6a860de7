package event

import "cmp"

// ReferrerOf returns the id that a purchase names as who had recommended us; empty where x names nobody. Only an ORDER is a purchase: what
// happens to the order later makes no referral, and takes none back. A customer who names itself has no referrer.
func ReferrerOf(x Event) string {
	if p, ok := x.(*Purchase); ok && p.Kind == Order && p.Referrer != p.Customer {
		return p.Referrer
	}
	return ""
}

// ReferredBy returns the id, or else the name, of the customer whom a REFERRAL_MADE says to have been referred; empty where it says neither, and
// where x is no REFERRAL_MADE.
func ReferredBy(x Event) string {
	if i, ok := x.(*Interaction); ok && i.Kind == ReferralMade {
		return cmp.Or(i.OtherCustomer, i.Name)
	}
	return ""
}
