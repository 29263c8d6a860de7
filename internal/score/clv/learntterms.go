package clv

import (
	"math"

	"tidemark/internal/stat"
)

// Term is one term of the regressions that make a learnt value.
type Term uint8

// The terms of a learnt value. Most are logarithms, so that no customer lies far from all others. Amounts are in major units of the base
// currency, and count as at least one.
const (
	// Buys is the log-odds of a purchase within the horizon, by the purchase model.
	Buys Term = iota
	// Forecast is the logarithm of the spend that the models expect within the horizon of a customer who buys within it.
	Forecast
	// Recency is -ln(1 + s) of the days s since the last purchase. Recency60 is the part of it beyond 60 days, at most 0. RecencyDays is
	// -s / 100: the logarithms hardly fall with long silences.
	Recency
	Recency60
	RecencyDays
	// Rhythm is -ln((1 + s) / (1 + g)) of a repeat buyer with a median gap of g days, at most 0.
	Rhythm
	// Repeats is ln(1 + x) of the purchase days x after the first. Once is 1 where x is 0.
	Repeats
	Once
	// Tenure is ln(1 + t) of the days t from the first to the last purchase.
	Tenure
	// Spend is the logarithm of the net spend over life, YearSpend of the last 365 days. The difference of the two is the trend.
	Spend
	YearSpend
	// LastOrder is the logarithm of the last order's amount.
	LastOrder
	// YearOrders is ln(1 + n) of the orders n of the last 365 days. ActiveMonths is the same of the months in a row with a purchase.
	YearOrders
	ActiveMonths
	// Items is ln(1 + n) of the items n that all orders named, LastItems the same of the last order.
	Items
	LastItems
	// NPS is 1 for a promoter, -1 for a detractor. Satisfaction is the mean of the other answers, from -1 to 1. Both are 0 without an
	// answer.
	NPS
	Satisfaction
	// Complaints is ln(1 + n) of the complaints n of a year, OpenComplaints the same of the complaints that are not resolved.
	Complaints
	OpenComplaints
	// Refunded is the share of a year's spend that was given back, in [0, 1].
	Refunded
	// Engagement is ln(1 + w) of the weight w of the interactions per 30 days, over 90 days. EngagementTrend is ln((1 + l) / (1 + w)) with
	// the weight l of the last 30 days.
	Engagement
	EngagementTrend
	terms
)

var termNames = [terms]string{
	"buys", "forecast", "recency", "recency_60", "recency_days", "rhythm", "repeats", "once", "tenure", "spend", "spend_365d", "last_order",
	"orders_365d", "active_months", "items", "last_items", "nps", "satisfaction", "complaints", "open_complaints", "refunded", "engagement",
	"engagement_trend",
}

func (t Term) String() string { return termNames[t] }

// Terms are all terms, in order.
func Terms() []Term {
	all := make([]Term, terms)
	for i := range all {
		all[i] = Term(i)
	}
	return all
}

// Falls reports whether the term falls in silence. The weights of such a term are never negative.
func (t Term) Falls() bool { return t <= Rhythm }

// Money reports whether the term is the logarithm of an amount.
func (t Term) Money() bool { return t == Forecast || t == Spend || t == YearSpend || t == LastOrder }

// Signals are the traits of a customer that the terms are made of, besides the Outlook.
type Signals struct {
	// Silent, MedianGap and Tenure (from the first to the last purchase) are in days. A MedianGap of zero is unknown.
	Silent, MedianGap, Tenure float64
	// Repeats is the number of purchase days after the first.
	Repeats int
	// Spend (over life), YearSpend (365 days) and LastOrder are in major units of the base currency.
	Spend, YearSpend, LastOrder float64
	YearOrders, ActiveMonths    int
	Items, LastItems            int
	// NPS is 1 for a promoter, -1 for a detractor. Satisfaction is the mean of the other answers, in [-1, 1].
	NPS, Satisfaction          float64
	Complaints, OpenComplaints int
	// Refunded is the share of the spend of a year that was given back, in [0, 1].
	Refunded float64
	// Engagement is the weight of the interactions per 30 days, over the last 90 days. Lately is the weight of the last 30 days.
	Engagement, Lately float64
}

// Values are the terms of one customer.
type Values [terms]float64

// recency60 is the value of -Recency from which Recency60 falls.
var recency60 = math.Log1p(60)

// Values are the terms of a customer with these signals and this outlook.
func (s *Signals) Values(o Outlook) (v Values) {
	silent := math.Log1p(max(0, s.Silent))
	v[Buys] = stat.LogOdds(o.Buys)
	v[Forecast] = amount(o.Spend)
	v[Recency] = -silent
	v[Recency60] = -max(0, silent-recency60)
	v[RecencyDays] = -max(0, s.Silent) / 100
	if s.Repeats > 0 {
		v[Rhythm] = -max(0, silent-math.Log1p(s.MedianGap))
	} else {
		v[Once] = 1
	}
	v[Repeats] = count(s.Repeats)
	v[Tenure] = math.Log1p(s.Tenure)
	v[Spend], v[YearSpend], v[LastOrder] = amount(s.Spend), amount(s.YearSpend), amount(s.LastOrder)
	v[YearOrders], v[ActiveMonths] = count(s.YearOrders), count(s.ActiveMonths)
	v[Items], v[LastItems] = count(s.Items), count(s.LastItems)
	v[NPS], v[Satisfaction], v[Refunded] = s.NPS, s.Satisfaction, s.Refunded
	v[Complaints], v[OpenComplaints] = count(s.Complaints), count(s.OpenComplaints)
	v[Engagement] = math.Log1p(s.Engagement)
	v[EngagementTrend] = math.Log1p(s.Lately) - v[Engagement]
	return v
}

func amount(major float64) float64 { return math.Log(max(1, major)) }

func count(n int) float64 { return math.Log1p(float64(n)) }
