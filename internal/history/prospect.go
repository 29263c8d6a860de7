package history

import "tidemark/internal/event"

// Prospect reports whether s is of somebody who never bought, and of whom nothing is known that must outlast a silence: no order and no
// cancellation, refund or payment that s still holds; no consent and no attribute; no link to another customer by a merger or a referral.
func (s *Summary) Prospect() bool {
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

func links(kind event.InteractionKind) bool {
	return kind == event.MergedInto || kind == event.ReferralMade
}
