package history

import "tidemark/internal/event"

// Facts are the numbers that follow from a Summary at one instant. Windows are trailing: at an instant of day D, a day d lies
// in the window of n days when D-d < n. Money is in minor units of the base currency. An average of nothing is zero, and so
// is the instant of what never happened. Facts compare with ==, but for More.
type Facts struct {
	// Orders and PurchaseDays count, over life, what stands: orders that are neither cancelled nor refunded in whole.
	Orders, PurchaseDays int
	// FirstDay and LastDay are purchase days; FirstPurchase and LastPurchase are the instants of the first and the last
	// order.
	FirstDay, LastDay           event.Day
	FirstPurchase, LastPurchase event.Instant
	// LastOrderAmount is the amount of the last order, before refunds.
	LastOrderAmount int64
	// Lines counts the items that all orders named, LastLines the items of the last order.
	Lines, LastLines int
	// Spend is net over life: orders less refunds and chargebacks. It may be negative.
	Spend int64
	// Margin is the sum over the orders that give a margin; MarginSpend is the amount of these orders before refunds.
	Margin, MarginSpend int64
	// Discount, ServiceCost and AcquisitionCost are sums over the orders, OutreachCost over the interactions, that give them.
	Discount, ServiceCost, AcquisitionCost, OutreachCost int64
	// FirstDayNet is the net of the first purchase day. RepeatDays counts the later purchase days with a net above zero,
	// RepeatSpend adds up their net: Gamma-Gamma takes these.
	FirstDayNet int64
	RepeatDays  int
	RepeatSpend int64

	// Orders365, Days365 and Spend365 (net) count and add up the trailing 365 days.
	Orders365, Days365 int
	Spend365           int64
	// MedianGapDays and MeanGapDays are taken over the days between consecutive purchase days in the window. Both are zero
	// with fewer than two purchase days.
	MedianGapDays, MeanGapDays float64
	// LogGaps is Summary.LogGaps, over life, where GapsKnown: see LifeGapDays and UsualGapDays. Without a purchase day nothing is known.
	LogGaps   int64
	GapsKnown bool
	// ActiveMonths counts consecutive calendar months with a purchase day, 0..12. The last of these months is the current one
	// or the one before.
	ActiveMonths int
	// LastYear is the answer of Summary.LastYear. Summary.Facts leaves it false, for it costs a look at all orders and a span of days belongs to
	// it: who needs the answer asks for it, and keeps Until in step.
	LastYear bool
	// PreferredChannel is the channel of the most orders in the window; the alphabetically first among equals. It is empty
	// where no order names a channel.
	PreferredChannel string

	// Refunds365 counts the REFUNDs dated within 365 days.
	Refunds365 int
	// Chargebacks, FailedPayments, Overdue and Paid count events of 365 days.
	Chargebacks, FailedPayments, Overdue, Paid int

	// Experience is as of now, AtLast as of LastPurchase: what of Experience was known by then.
	Experience
	AtLast Experience
	// NPSAt is the instant of the latest NPS answer. CSATLatest is the latest CSAT or REVIEW answer, as a share of its own
	// scale.
	NPSAt         event.Instant
	CSATLatest    float64
	LastComplaint event.Instant

	// Interactions90 adds up the weights, Touches90 counts the interactions, of the last 90 days, by kind.
	Interactions90 [event.InteractionKinds]int64
	Touches90      [event.InteractionKinds]int32
	// Interactions30 adds up the weights of the last 30 days, over all kinds.
	Interactions30 int64
	// Channels90 counts the channels of the interactions of the last 90 days.
	Channels90 int
	// Referrals counts, over life, the pairs of the customer with a buyer whom a REFERRAL_MADE or the buyer's own purchase names, and each
	// REFERRAL_MADE that names nobody. ReferredBuyers counts the buyers who named the customer when they bought. Of both numbers,
	// ReferralsBeyond are pairs beyond the cap, which may count more than once. A pair has no instant: it counts as soon as it is known.
	Referrals, ReferredBuyers, ReferralsBeyond int
	// TestAccount is Summary.TestAccount. It has no instant: the last word counts as soon as it is known.
	TestAccount bool

	// More are the rarer numbers of the same instant. Summary.Facts leaves it nil: who needs them asks for them, and keeps Until in step.
	More *More

	// Until is the first instant after this one at which time alone changes a field above, except through interactions that
	// grow old. UntilTouches is the first instant at which interactions that grow old change a field. Each is event.Never
	// where there is no such instant. If some event is stamped ahead, nothing but interactions may have changed at Until.
	Until, UntilTouches event.Instant
}

// Experience is what a customer has told the business in 365 days, and what money went back.
type Experience struct {
	// NPSScore is the latest answer, 0..10.
	NPSScore float64
	NPSKnown bool
	// CSATMean is the mean of the CSATCount answers (CSAT and REVIEW), each as a share of its own scale, in [0, 1].
	CSATMean  float64
	CSATCount int
	// OpenComplaints counts the Complaints that no COMPLAINT_RESOLVED has closed.
	Complaints, OpenComplaints int
	// RefundAmount365 adds up the amounts of REFUNDs, whether they moved money or not.
	RefundAmount365 int64
}
