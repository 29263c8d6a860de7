package history

import "tidemark/internal/event"

// More are numbers of a customer that only a view asks for: nothing that a label depends on is among them. A window is one of 365 days, and
// trailing as those of Facts, unless the field says otherwise. Money is in minor units of the base currency.
type More struct {
	// CSAT holds the CSAT and REVIEW answers, CSATBy the same by what they are about.
	CSAT   Answers
	CSATBy [event.Subjects]Answers
	// Complaints are those of the window.
	Complaints Complaints
	// Touched are the interactions of the last 90 days that are an engagement of the customer's own.
	Touched Touched
	// Engagements counts the same over life. Sent counts OUTREACH_SENT and Redeemed OFFER_REDEEMED, over life.
	Engagements, Sent, Redeemed int

	// Placed counts the orders of the window, with those that were cancelled or given back in whole.
	Placed int
	// Year holds the standing orders of the window.
	Year Sums
	// OutreachCost is what interactions of the window cost the business. OutreachKnown is false as long as the window may hold a cost that a
	// former format has counted without its day.
	OutreachCost  int64
	OutreachKnown bool
	// FirstYear is the service of the orders of the first 365 days of the customer. FirstYearKnown is false without an order, where a former
	// format has sealed a day, and where ids together have sealed days of which nobody knows whether they lie in the first year of both.
	FirstYear      Service
	FirstYearKnown bool
	// SpendHalf is the net spend of the last 182 days, SpendHalfBefore that of the 183 days before. Together they are Facts.Spend365.
	SpendHalf, SpendHalfBefore int64
	// Gaps counts the gaps between the purchase days of the window. GapCV is their standard deviation over their mean: 0 is a clock, 1 is chance.
	// It says nothing with fewer than two gaps.
	Gaps  int
	GapCV float64
	// Channels are those of the orders of the window, the most orders first, then by name.
	Channels []ChannelUse
	// Categories are those of the orders, by their first day, then by name. CategoriesKnown says that they are those of the whole life: no
	// day is sealed. Else they are those of the days that are not sealed.
	Categories      []CategoryUse
	CategoriesKnown bool
	// Bought counts the categories of the orders of the whole life, Tried those of them that were first bought in the window. BoughtKnown is
	// false where a former format has sealed a day.
	Bought, Tried int
	BoughtKnown   bool
}

// Answers are answers on a scale, each as a share of its own scale in [0, 1]. Mean and Latest say nothing where Count is 0.
type Answers struct {
	Count        int
	Mean, Latest float64
	LatestAt     event.Instant
}

// Complaints are the complaints of 365 days.
type Complaints struct {
	// Open counts those that no COMPLAINT_RESOLVED has closed, Closed the others.
	Count, Open, Closed int
	// LastDay is the day of the latest, SinceDays the days since. Both say nothing where Count is 0.
	LastDay   event.Day
	SinceDays int
	// HandlingDays is the median time from a closed complaint to the first resolution that closes it, in days. It says nothing where Closed is 0.
	HandlingDays float64
}

// Touched are the interactions of 90 days whose kind is an engagement: event.InteractionKind.Weight is above 0.
type Touched struct {
	// Count counts them, Weight adds up their depths, DoubledWeight the same with CART_ADD and CHECKOUT_START taken twice.
	Count                 int
	Weight, DoubledWeight int64
	// Decayed adds up 2^(−age/30) with the age in whole days; each addend is rounded to a millionth.
	Decayed float64
	// Channels counts their distinct channels.
	Channels int
	// Days counts the days with one. Followed counts those of them on which, or on the day after which, a purchase stands.
	Days, Followed int
}

// Sums are sums over standing orders.
type Sums struct {
	Orders int
	// Amount is what the orders came to before refunds, Net what is left.
	Amount, Net int64
	// Margin is the sum over the orders that give a margin; MarginSpend is the amount of these orders before refunds.
	Margin, MarginSpend int64
	// Discount, Service and Acquisition are sums over the orders that give them. ServiceOrders and DiscountOrders count the orders that give them.
	Discount, Service, Acquisition int64
	DiscountOrders, ServiceOrders  int
}

// Service adds up the orders that give a cost of service: how many they are, and what they cost to serve.
type Service struct {
	Orders int
	Cost   int64
}

// ChannelUse is the use of one channel for orders. Spend is net of what was given back for the orders.
type ChannelUse struct {
	Name   string
	Orders int
	Spend  int64
	// Seen counts the orders of the last 89 days: interactions are kept for 90. Assisted counts those of them with an interaction on another
	// channel on their day or on the day before.
	Seen, Assisted int
}

// CategoryUse is what was bought of one category: the orders of which the category holds most of the amount.
type CategoryUse struct {
	Name  string
	First event.Day
	Sums
}

// More returns the numbers at an instant. They are exact where Facts are: from 00:00 of the day before Newest on.
func (s *Summary) More(at event.Instant, c event.Calendar) More {
	var m More
	v := view{Summary: s, at: at, today: c.Day(at)}
	v.answers(&m)
	v.complaints(&m)
	v.byDay(&m)
	v.touched(&m)
	v.byOrder(&m)
	v.outreach(&m)
	return m
}

// view is a Summary that is looked at from an instant.
type view struct {
	*Summary
	at    event.Instant
	today event.Day
	// bought says on which of the last days, by age, a purchase stands: so far as interactions need to know.
	bought [touchWindow + 1]bool
	// touchedOn are the channels of the interactions of the last 90 days by age, as the bits of touchDay.channels.
	touchedOn [touchWindow]uint32
}

// age is the age of a day in days. A day that a clock which was set back over midnight puts after today has the age 0.
func (v *view) age(day event.Day) event.Day { return max(0, v.today-day) }
