package churn

import (
	"errors"
	"fmt"
	"math"

	"tidemark/internal/stat"
)

// Term is one term of the logistic regression that makes the churn risk.
type Term uint8

// The terms of a stack. Most are logarithms, so that no customer lies far from all others.
const (
	// Base is the log-odds of the risk by the purchase model.
	Base Term = iota
	// Silence is ln(1 + s) of the days s since the last purchase. Silence14 and Silence60 are the excess of Silence over ln(1
	// + 14) and ln(1 + 60), at least 0.
	Silence
	Silence14
	Silence60
	// SilenceDays is s / 100: the logarithms hardly grow with long silences.
	SilenceDays
	// Rhythm is ln((1 + s) / (1 + g)) of a repeat buyer with a median gap of g days, at least 0.
	Rhythm
	// Repeats is ln(1 + x) of the purchase days x after the first. Once is 1 where x is 0.
	Repeats
	Once
	// Tenure is ln(1 + t) of the days t from the first to the last purchase.
	Tenure
	// Spend is the logarithm of the net spend over life, LastOrder the logarithm of the last order's amount. Both amounts are
	// in major units of the base currency, and count as at least one.
	Spend
	LastOrder
	// Items is ln(1 + n) of the items n that all orders named, LastItems the same of the last order.
	Items
	LastItems
	// NPS is 1 for a promoter, -1 for a detractor. Satisfaction is the mean of the other answers, from -1 to 1. Both are 0
	// without an answer.
	NPS
	Satisfaction
	// Complaints is ln(1 + n) of the complaints n of a year, OpenComplaints the same of the complaints that are not resolved.
	Complaints
	OpenComplaints
	// Refunded is the share of a year's spend that was given back, in [0, 1].
	Refunded
	// Engagement is ln(1 + w) of the weight w of the interactions per 30 days, over 90 days. EngagementTrend is ln((1 + l) /
	// (1 + w)) with the weight l of the last 30 days.
	Engagement
	EngagementTrend
	// LastYear is 1 for who bought a year ago within the span that the horizon looks ahead over: see history.Summary.LastYear. It steps up and
	// down with time alone, and stays as it is between two steps.
	LastYear
	terms
)

var termNames = [terms]string{
	"base", "silence", "silence_14", "silence_60", "silence_days", "rhythm", "repeats", "once", "tenure", "spend", "last_order", "items", "last_items",
	"nps", "satisfaction", "complaints", "open_complaints", "refunded", "engagement", "engagement_trend", "last_year",
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

// Rises reports whether the term grows in silence. The weight of such a term is never negative.
func (t Term) Rises() bool { return t <= Rhythm }

// Traits are the customer's traits that the terms are made of.
type Traits struct {
	// Silent, MedianGap and Tenure (from the first to the last purchase) are in days. A MedianGap of zero is unknown.
	Silent, MedianGap, Tenure float64
	// Repeats is the number of purchase days after the first.
	Repeats int
	// Spend and LastOrder are in major units of the base currency.
	Spend, LastOrder float64
	Items, LastItems int
	Mood
	// Engagement is the weight of the interactions per 30 days, over the last 90 days. Lately is the weight of the last 30
	// days.
	Engagement, Lately float64
	// LastYear says that the customer bought a year ago within the span that the horizon looks ahead over.
	LastYear bool
}

// Mood is the customer's verdict on the business in the last year. The zero Mood belongs to a customer who has said nothing
// and given nothing back.
type Mood struct {
	// NPS is 1 for a promoter, -1 for a detractor. Satisfaction is the mean of the other answers, in [-1, 1].
	NPS, Satisfaction          float64
	Complaints, OpenComplaints int
	// Refunded is the share of the spend that was given back, in [0, 1].
	Refunded float64
}

// The values of Silence from which Silence14 and Silence60 rise.
var silence14, silence60 = math.Log1p(14), math.Log1p(60)

// Values are the terms of a customer with these traits and the risk p by the purchase model. p is held within [1e-6, 1 −
// 1e-6].
func (c Traits) Values(p Risk) (v [terms]float64) {
	silent := math.Log1p(max(0, c.Silent))
	v[Base] = stat.LogOdds(p)
	v[Silence] = silent
	v[Silence14] = max(0, silent-silence14)
	v[Silence60] = max(0, silent-silence60)
	v[SilenceDays] = max(0, c.Silent) / 100
	if c.Repeats > 0 {
		v[Rhythm] = max(0, silent-math.Log1p(c.MedianGap))
	} else {
		v[Once] = 1
	}
	v[Repeats] = math.Log1p(float64(c.Repeats))
	v[Tenure] = math.Log1p(c.Tenure)
	v[Spend] = math.Log(max(1, c.Spend))
	v[LastOrder] = math.Log(max(1, c.LastOrder))
	v[Items] = math.Log1p(float64(c.Items))
	v[LastItems] = math.Log1p(float64(c.LastItems))
	v[NPS], v[Satisfaction], v[Refunded] = c.NPS, c.Satisfaction, c.Refunded
	v[Complaints] = math.Log1p(float64(c.Complaints))
	v[OpenComplaints] = math.Log1p(float64(c.OpenComplaints))
	v[Engagement] = math.Log1p(c.Engagement)
	v[EngagementTrend] = math.Log1p(c.Lately) - v[Engagement]
	if c.LastYear {
		v[LastYear] = 1
	}
	return v
}

// Stack turns the risk of the purchase model into a calibrated risk: a logistic regression on that risk and on what the
// purchase model leaves out. Between two changes of the facts the risk never falls in silence: no term that grows in silence
// has a negative weight, and a term that is held at an edge stays there. The zero Stack is not valid. Plain leaves the risk as it is.
type Stack struct {
	Intercept float64
	// Weights are in log-odds per unit of a term.
	Weights [terms]float64
	// Ranges hold each term at its edge outside the values that its weight was fitted to. A weight says nothing of values that
	// nobody had: without a range, the largest account would never be at risk.
	Ranges [terms]Range
	// MaxTenure is the longest tenure that the weights were fitted to, in days. A longer tenure counts as MaxTenure. Zero
	// sets no limit.
	MaxTenure float64
}

// Plain is the stack that leaves the purchase model's risk as it is.
func Plain() Stack {
	s := Stack{}
	s.Weights[Base] = 1
	return s
}

var plain = Plain()

// Plain reports whether s is Plain. It costs less than to make a Plain and compare.
func (s *Stack) Plain() bool { return *s == plain }

// maxWeight bounds the intercept and the weights. Beyond the bound a fit has gone wrong.
const maxWeight = 100

// Check returns nil where s is valid, else the first thing that is wrong.
func (s *Stack) Check() error {
	grows := 0.
	for _, t := range Terms() {
		if t.Rises() && t != Rhythm { // that one says nothing of one-time buyers
			grows += s.Weights[t]
		}
		if w := s.Weights[t]; !(math.Abs(w) <= maxWeight) || t.Rises() && w < 0 {
			return fmt.Errorf("churn stack: weight %v of %s must lie within ±%d, and not be negative where silence adds to it", w, t, maxWeight)
		}
		if r := s.Ranges[t]; !r.Valid() {
			return fmt.Errorf("churn stack: range [%v, %v] of %s must be two numbers, the lower one first", r.Low, r.High, t)
		}
	}
	if !(math.Abs(s.Intercept) <= maxWeight) || !(s.MaxTenure >= 0) {
		return fmt.Errorf("churn stack: intercept %v must lie within ±%d, the longest tenure %v not be negative", s.Intercept, maxWeight, s.MaxTenure)
	}
	if grows <= 0 {
		return errors.New("churn stack: nothing in it grows with silence")
	}
	return nil
}

// Weighs reports whether any of some terms has a weight.
func (s *Stack) Weighs(some ...Term) bool {
	for _, t := range some {
		if s.Weights[t] != 0 {
			return true
		}
	}
	return false
}

// LogOdds are the log-odds of the churn risk of a customer with these traits and the risk p by the purchase model. A term outside its
// range counts as the edge of the range.
func (s *Stack) LogOdds(c Traits, p Risk) float64 {
	if s.MaxTenure > 0 {
		c.Tenure = min(c.Tenure, s.MaxTenure)
	}
	sum := s.Intercept
	for t, v := range c.Values(p) {
		if w := s.Weights[t]; w != 0 { // most stacks leave half of the terms out
			sum += float64(w * s.Ranges[t].Hold(v))
		}
	}
	return sum
}

// RiskAhead is the churn risk over another span of time than the one that the weights are fitted to: usual is the purchase model's risk over
// that one, ahead the purchase model's risk over the other. The other span moves the log-odds as much as the purchase model's. Where both
// risks are equal it is Risk. The weights go by the risk p: it is usual, or that the customer has left under a mixture of regularities.
func (s *Stack) RiskAhead(c Traits, p, usual, ahead Risk) Risk {
	switch {
	case s.Plain():
		return ahead
	case usual == ahead:
		return s.Risk(c, p)
	}
	return 1 / (1 + math.Exp(-s.LogOdds(c, p)-Shift(usual, ahead)))
}

// Shift is by how much the log-odds of a risk lie above those of p. Both are held within [1e-6, 1 − 1e-6].
func Shift(p, ahead Risk) float64 { return stat.LogOdds(ahead) - stat.LogOdds(p) }

// Risk is the churn risk of a customer with these traits and the risk p by the purchase model, in [0, 1]. Under Plain it is p.
func (s *Stack) Risk(c Traits, p Risk) Risk {
	if s.Plain() {
		return p
	}
	return 1 / (1 + math.Exp(-s.LogOdds(c, p)))
}
