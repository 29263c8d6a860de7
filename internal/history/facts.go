package history

import "tidemark/internal/event"

// Facts are the numbers that follow from a Summary at one instant. Windows are trailing: a day d lies in the window of n
// days at an instant of day D when D-d < n. Money is in minor units of the base currency. Fields of averages and instants
// are zero where there is nothing to average or to date. Facts compare with ==.
type Facts struct {
	// Orders and PurchaseDays count over life what still stands: neither cancelled nor refunded in whole.
	Orders, PurchaseDays int
	// FirstDay and LastDay are purchase days, FirstPurchase and LastPurchase the instants of the first and last order.
	FirstDay, LastDay           event.Day
	FirstPurchase, LastPurchase event.Instant
	// LastOrderAmount is what the last order cost, before refunds.
	LastOrderAmount int64
	// Lines counts the items that the orders named, LastLines those of the last order: the breadth of the baskets.
	Lines, LastLines int
	// Spend is net over life: orders less refunds and chargebacks. It may be negative.
	Spend int64
	// Margin is the sum over the orders whose margin is given, MarginSpend the amount of those orders before refunds.
	Margin, MarginSpend int64
	// Discount, ServiceCost and AcquisitionCost are sums over orders, OutreachCost over interactions, where given.
	Discount, ServiceCost, AcquisitionCost, OutreachCost int64
	// FirstDayNet is the net of the first purchase day. RepeatDays and RepeatSpend are the count and the net of the later
	// purchase days that net to more than nothing: what Gamma-Gamma takes.
	FirstDayNet int64
	RepeatDays  int
	RepeatSpend int64

	// Orders365, Days365 and Spend365 (net) are those of the trailing 365 days.
	Orders365, Days365 int
	Spend365           int64
	// MedianGapDays and MeanGapDays are taken between consecutive purchase days in the window; zero with fewer than two.
	MedianGapDays, MeanGapDays float64
	// ActiveMonths counts the consecutive calendar months with a purchase day that end in the current month or in the one
	// before it, 0..12.
	ActiveMonths int
	// PreferredChannel has most orders in the window, the alphabetically first of equals; empty where no order names one.
	PreferredChannel string

	// Refunds365 counts REFUNDs of 365 days by their own date.
	Refunds365 int
	// Chargebacks, FailedPayments, Overdue and Paid count in 365 days.
	Chargebacks, FailedPayments, Overdue, Paid int

	// Experience is what the customer has made of us by now, AtLast what of it there was at LastPurchase already.
	Experience
	AtLast Experience
	// NPSAt is when the latest NPS answer was given, CSATLatest the latest answer of the others, as CSATMean.
	NPSAt         event.Instant
	CSATLatest    float64
	LastComplaint event.Instant

	// Interactions90 sums the weights and Touches90 counts the interactions of the last 90 days, by kind.
	Interactions90 [event.InteractionKinds]int64
	Touches90      [event.InteractionKinds]int32
	// Interactions30 sums the weights of the last 30 days, of all kinds.
	Interactions30 int64
	// Channels90 is the number of channels of those interactions.
	Channels90 int
	// Referrals counts REFERRAL_MADE over life.
	Referrals int

	// Until is the first instant after this one at which time alone changes any field above, those aside that interactions leave
	// by growing old: for them UntilTouches is. Each is event.Never if there is none. Where something is stamped ahead, Until may name
	// an instant at which nothing but interactions has changed.
	Until, UntilTouches event.Instant
}

// Experience is what a customer has said of us in 365 days, and given back.
type Experience struct {
	// NPSScore is the latest answer, 0..10.
	NPSScore float64
	NPSKnown bool
	// CSATMean is a share of the answer's own scale, [0, 1], of the CSATCount answers (CSAT and REVIEW).
	CSATMean  float64
	CSATCount int
	// OpenComplaints are the Complaints that no COMPLAINT_RESOLVED has closed.
	Complaints, OpenComplaints int
	// RefundAmount365 adds up what REFUNDs say, effective or not.
	RefundAmount365 int64
}
