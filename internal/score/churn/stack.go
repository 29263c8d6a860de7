package churn

import (
	"errors"
	"fmt"
	"math"
)

// Term is one thing that the risk depends on besides the purchase model.
type Term uint8

// The terms of a stack. Most of them are logarithms, so that no customer is far from all others.
const (
	// Base is the log-odds that the purchase model gives the risk.
	Base Term = iota
	// Silence is ln(1 + s) of the days s since the last purchase, Silence14 and Silence60 what of it lies beyond 14 and 60 days.
	Silence
	Silence14
	Silence60
	// SilenceDays is s / 100, which the logarithms make little of.
	SilenceDays
	// Rhythm is ln((1 + s) / (1 + g)) of a repeat buyer with a median gap of g days, zero while s is shorter.
	Rhythm
	// Repeats is ln(1 + x) of the purchase days x after the first, Once 1 for who has none.
	Repeats
	Once
	// Tenure is ln(1 + t) of the days t from the first to the last purchase.
	Tenure
	// Spend is the logarithm of the net spend over life, LastOrder that of the last order's amount, in major units of the base
	// currency, at least one.
	Spend
	LastOrder
	// Items is ln(1 + n) of the items named by the orders over life, LastItems by the last order.
	Items
	LastItems
	// NPS is 1 of a promoter, -1 of a detractor, Satisfaction the other answers' mean from -1 to 1; of who has not answered, zero.
	NPS
	Satisfaction
	// Complaints is ln(1 + n) of the complaints of a year, OpenComplaints of those that are not resolved.
	Complaints
	OpenComplaints
	// Refunded is the share of a year's spend that was given back.
	Refunded
	// Engagement is ln(1 + w) of the weight w of the interactions per 30 days, over 90, EngagementTrend ln((1 + l) / (1 + w)) with
	// that of the last 30 days.
	Engagement
	EngagementTrend
	terms
)

var termNames = [terms]string{
	"base", "silence", "silence_14", "silence_60", "silence_days", "rhythm", "repeats", "once", "tenure", "spend", "last_order", "items", "last_items",
	"nps", "satisfaction", "complaints", "open_complaints", "refunded", "engagement", "engagement_trend",
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

// Rises reports whether the term grows as time passes without a purchase. Its weight is never negative.
func (t Term) Rises() bool { return t <= Rhythm }

// Traits are what the terms are made of.
type Traits struct {
	// Silent, MedianGap and Tenure (from the first to the last purchase) are in days; a MedianGap of zero is unknown.
	Silent, MedianGap, Tenure float64
	// Repeats are the purchase days after the first.
	Repeats int
	// Spend and LastOrder are in major units of the base currency.
	Spend, LastOrder float64
	Items, LastItems int
	Mood
	// Engagement is the weight of the interactions per 30 days, over the last 90, Lately that of the last 30 days.
	Engagement, Lately float64
}

// Mood is what the customer has made of us in the last year. The zero Mood is of who has said nothing, and given nothing back.
type Mood struct {
	// NPS is 1 of a promoter, -1 of a detractor, Satisfaction the other answers' mean in [-1, 1].
	NPS, Satisfaction          float64
	Complaints, OpenComplaints int
	// Refunded is the share of the spend that was given back, in [0, 1].
	Refunded float64
}

// Values are the terms of a customer of these traits whose risk the purchase model puts at p.
func (c Traits) Values(p Risk) (v [terms]float64) {
	p = min(max(p, 1e-6), 1-1e-6)
	silent := math.Log1p(max(0, c.Silent))
	v[Base] = math.Log(p / (1 - p))
	v[Silence] = silent
	v[Silence14] = max(0, silent-math.Log1p(14))
	v[Silence60] = max(0, silent-math.Log1p(60))
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
	return v
}

// Stack turns the risk of the purchase model into a calibrated one: logistic regression on it and what it leaves out. Between
// two changes of the facts the risk never falls in silence: what then grows has no negative weight. The zero Stack is not
// valid; Plain leaves the risk as it is.
type Stack struct {
	Intercept float64
	// Weights are log-odds per unit of a term.
	Weights [terms]float64
	// MaxTenure is the longest tenure that the weights were fitted to, in days: a longer one counts as this. Zero is none.
	MaxTenure float64
}

// Plain is the stack of the purchase model alone.
func Plain() Stack {
	s := Stack{}
	s.Weights[Base] = 1
	return s
}

// maxWeight bounds the intercept and the weights: beyond it a fit has gone wrong.
const maxWeight = 100

// Check says what is wrong with s; nil when nothing is.
func (s *Stack) Check() error {
	grows := 0.
	for _, t := range Terms() {
		if t.Rises() && t != Rhythm { // that one says nothing of one-time buyers
			grows += s.Weights[t]
		}
		if w := s.Weights[t]; !(math.Abs(w) <= maxWeight) || t.Rises() && w < 0 {
			return fmt.Errorf("churn stack: weight %v of %s must lie within ±%d, and not be negative where silence adds to it", w, t, maxWeight)
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

// Weighs reports whether any of some terms makes a difference.
func (s *Stack) Weighs(some ...Term) bool {
	for _, t := range some {
		if s.Weights[t] != 0 {
			return true
		}
	}
	return false
}

// LogOdds are those of the risk of a customer of these traits whose risk the purchase model puts at p.
func (s *Stack) LogOdds(c Traits, p Risk) float64 {
	if s.MaxTenure > 0 {
		c.Tenure = min(c.Tenure, s.MaxTenure)
	}
	sum := s.Intercept
	for t, v := range c.Values(p) {
		sum += float64(s.Weights[t] * v)
	}
	return sum
}

// Risk is the probability of LogOdds. Plain's is p.
func (s *Stack) Risk(c Traits, p Risk) Risk {
	if *s == Plain() {
		return p
	}
	return 1 / (1 + math.Exp(-s.LogOdds(c, p)))
}
