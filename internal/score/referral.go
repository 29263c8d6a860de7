package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
)

// Refers returns the message by which the buyer's home tells the referrer's that a customer has bought who names the referrer; nil where there is
// nothing to tell. v is the verdict of Apply on x. The message must be sent with the commit of x, or not at all.
//
//	home of the buyer                                        home of the referrer
//	order with a referrer_id ──> customer.links.v1 ──(buyer)──> a pair with the buyer, by the hash of the buyer's id
//
// The message names the order, and counts at its instant. A repetition of the order is told as well: which of two versions comes first must not
// matter. The referrer counts a pair once, however often it arrives. An order that is refused, or from before the buyer's erasure, tells nothing.
func (e *Engine) Refers(x event.Event, v Verdict) *event.Link {
	to := event.ReferrerOf(x)
	if to == "" || !e.model.PairReferrals || v != Accepted && v != Repeated {
		return nil
	}
	buyer := x.Common()
	return &event.Link{
		Head:     event.Head{ID: buyer.ID, Customer: to, OccurredAt: x.At(), RecordedAt: buyer.RecordedAt},
		Referral: &event.LinkReferral{Buyer: buyer.Customer},
	}
}

// PairsReferrals reports whether an order may tell its referrer: see Model.PairReferrals.
func (e *Engine) PairsReferrals() bool { return e.model.PairReferrals }

// referral returns whom an event says that its customer has referred. A message counts under any model, because a lane may have sent it whose
// model is newer.
func (e *Engine) referral(x event.Event) history.Referral {
	if m, ok := x.(*event.Link); ok {
		if m.Referral == nil {
			return history.Referral{}
		}
		return history.ReferralOf(e.hash(m.Referral.Buyer))
	}
	switch buyer := event.ReferredBy(x); {
	case buyer == "" || !e.model.PairReferrals:
		return history.Referral{}
	case buyer == x.Common().Customer:
		return history.Referral{Named: true}
	default:
		return history.ReferralOf(e.hash(buyer))
	}
}
