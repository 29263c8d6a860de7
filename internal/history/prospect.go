package history

import (
	"slices"

	"tidemark/internal/event"
)

// Prospect reports whether s is of somebody who never bought, and of whom nothing is known that must outlast a silence: no order and no
// cancellation, refund or payment that s still holds; no consent and no attribute; no link to another customer by a merger or a referral.
func (s *Summary) Prospect() bool {
	if s.referrals != nil {
		return false
	}
	if s.orders.len()+len(s.refunds)+len(s.payments)+len(s.consents)+len(s.attributes) > 0 {
		return false
	}
	if s.past != nil && (s.past.orders != 0 || s.past.spend != 0 || s.past.touches[event.MergedInto]+s.past.touches[event.ReferralMade] > 0) {
		return false
	}
	for i := range s.touches {
		if links(s.touches[i].kind) {
			return false
		}
	}
	for i := range s.days {
		if links(s.days[i].kind) {
			return false
		}
	}
	return true
}

// CountsMergedInto reports whether s counts a MERGED_INTO as an interaction: versions before links did so, and linked nobody. Today's keep the
// word with the links, and not in the history.
func (s *Summary) CountsMergedInto() bool {
	if s.past != nil && s.past.touches[event.MergedInto] > 0 {
		return true
	}
	return slices.ContainsFunc(s.touches, func(t touch) bool { return t.kind == event.MergedInto }) ||
		slices.ContainsFunc(s.days, func(d touchDay) bool { return d.kind == event.MergedInto })
}

func links(kind event.InteractionKind) bool {
	return kind == event.MergedInto || kind == event.ReferralMade
}
