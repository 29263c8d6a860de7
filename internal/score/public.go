package score

import (
	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/rfm"
	"tidemark/internal/score/tier"
)

// Score is what the public sees of a customer at an instant: the columns of the scores file. Where Bought is false, most of its
// numbers say nothing.
type Score struct {
	Customer                    string
	AsOf                        event.Instant
	Orders, PurchaseDays        int
	FirstPurchase, LastPurchase event.Instant
	RecencyDays                 float64
	Orders365                   int
	Spend365, SpendLifetime     int64
	RFM                         rfm.Digits
	Segment                     string
	Alive, NoPurchase           float64
	// ExpectedOrders is the expected number of purchase days within the horizon of the value; NoPurchase is the probability of none within the
	// horizon of the churn risk. Both look ahead in calendar days, Risk and Current in seasonal days.
	ExpectedOrders float64
	// Historic, Current and Total are values in minor units of the base currency.
	Historic, Current, Total int64
	// Learnt is the learnt value within the horizon, in minor units, where LearntModel names the version of its fit; else the model has none.
	Learnt      int64
	LearntModel string
	Risk        float64
	Level       Level
	// Why says why Level is NONE; churn.HasLevel where it is not.
	Why churn.Reason
	// Shop says that the id behaves like a shop at AsOf: Orders on PurchaseDays. Test says that the customer is a test account: it has facts,
	// and neither scores nor labels.
	Shop, Test bool
	Points     Points
	Tier       Tier
	Coverage   float64
	// Segments are the names of the segments of the model that the customer is in, in order.
	Segments   []string
	Model      string
	Sequence   int64
	NextReview event.Instant
	// MergedInto is the id that the customer is linked to, and is scored under; empty for who is scored under the own id. Else nothing but
	// Customer, AsOf, Model, Sequence and NextReview says anything.
	MergedInto string
	// Origins counts the other ids whose histories the numbers are read from.
	Origins int
	// NPS is the latest answer, 0..10. CSAT is the mean of Answers answers, each as a share of its own scale, in [0, 1].
	// OpenComplaints counts complaints that are not resolved. All three look back 365 days. Referrals count over life;
	// ActiveMonths are consecutive.
	NPS                                              float64
	NPSKnown                                         bool
	CSAT                                             float64
	Answers, OpenComplaints, Referrals, ActiveMonths int
	// Bought reports whether a purchase of a customer who counts stands. Without one the models say nothing.
	Bought bool
	// Base is the currency of all amounts.
	Base event.Currency
	// Scorecard names the numbers of the scorecard, Population the cut points in force. Control marks the control group.
	Scorecard, Population string
	Control               bool
	// known is what else the catalogue reads; nil in a Score that no engine has made.
	known *catalogue.View
	// more fills in what only some readers ask for; nil in a Score that no engine has made.
	more func(*catalogue.View)
}

// testSegment is what the view of a test account names in place of an RFM segment: so the account cannot hide among customers in a list
// that has no column for it.
const testSegment = "Test Account"

// Score evaluates p at an instant, p.AsOf or later. The labels are those that p has.
func (e *Engine) Score(p Profile, at event.Instant) Score {
	at = max(at, p.AsOf)
	e.remember(&p)
	v := e.evaluate(&p, at)
	s := Score{
		Customer: p.Customer, AsOf: at, Level: p.Episode.Level, Tier: p.Standing.Tier, Model: e.model.Version,
		Sequence: p.Sequence, NextReview: p.Due, Base: e.model.Base, Bought: v.buyer(),
		SpendLifetime: v.facts.Spend, Spend365: v.facts.Spend365, Historic: e.historic(&v.facts),
		NPS: v.facts.NPSScore, NPSKnown: v.facts.NPSKnown, CSAT: v.facts.CSATMean, Answers: v.facts.CSATCount,
		OpenComplaints: v.facts.OpenComplaints, Referrals: v.facts.Referrals, ActiveMonths: v.facts.ActiveMonths,
	}
	s.Scorecard, s.Population, s.Control = e.model.ScorecardHash, fixedPopulation, e.control(p.Customer)
	s.MergedInto, s.Origins, s.Segments = p.MergedInto(), len(p.Origins()), p.InSegments()
	if s.Level == churn.None {
		s.Why = e.model.Churn.Why(v.signs)
	}
	s.Shop = v.signs.Shop
	s.Total = s.Historic
	s.Orders, s.PurchaseDays, s.Orders365 = v.facts.Orders, v.facts.PurchaseDays, v.facts.Orders365
	s.FirstPurchase, s.LastPurchase = v.facts.FirstPurchase, v.facts.LastPurchase
	if v.signs.Test {
		s.Test, s.Segment, s.Tier, s.Level = true, testSegment, tier.None, churn.None
		s.Historic, s.Total = 0, 0
	}
	s.known, s.more = e.known(&p, &v), e.more(*p.Whole(), v.facts, v.pattern, at)
	if !s.Bought {
		return s
	}
	silent := v.pattern.Age - v.pattern.Last
	s.RecencyDays = silent
	s.RFM = e.model.RFM.Score(silent, s.Orders365, s.Spend365)
	s.Segment = s.RFM.Segment()
	s.Alive, s.NoPurchase, s.Risk = micro(e.model.Value.Alive(v.pattern)), micro(e.noPurchaseAhead(v.pattern, at)), v.signs.Risk
	s.ExpectedOrders = e.model.Value.ExpectedWithin(v.pattern, e.Ahead(at, float64(e.model.Value.HorizonDays)))
	s.Current = e.minor(v.current)
	s.Total += s.Current
	if l := e.model.Learnt; l != nil {
		s.Learnt, s.LearntModel = e.minor(e.learnt(&v.facts, v.pattern, e.model.Value.Ahead(v.pattern))), l.Version
	}
	s.Points, s.Coverage = v.points, v.coverage
	return s
}

// historic is what the customer has brought so far, in minor units, on the base that the model names. The margin is what events give, and the
// model's share of all other spend.
func (e *Engine) historic(f *history.Facts) int64 {
	margin := f.Margin + convert(f.Spend-f.MarginSpend, e.model.Value.Margin)
	switch e.model.Methods.Base {
	case clv.Revenue:
		return f.Spend
	case clv.Contribution:
		return margin - f.ServiceCost - f.OutreachCost - f.AcquisitionCost
	case clv.Profit:
	}
	return margin
}
