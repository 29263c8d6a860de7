package stat

import (
	"cmp"
	"fmt"
	"math"
)

// SBG is the shifted beta-geometric model of subscriptions. Whenever a renewal
// is due, a customer refuses it with a probability that is Beta(A, B) over
// customers. Customers who refuse easily go first, so retention rises with age
// although no customer changes.
//
// Source: Fader & Hardie, How to Project Customer Retention, Journal of
// Interactive Marketing 21(1), 2007. Fitted to its regular customers (of 1000:
// 631, 468, 382, 326, 289, 262, 241): A .7041, B 1.1820.
type SBG struct {
	A, B float64 // weights of leaving and of staying at a renewal
}

// Subscription is all that the model needs to know of a customer.
type Subscription struct {
	Renewals int  // how many were due, the refused one included
	Ended    bool // the customer refused the last renewal
}

// Validate returns an error for fewer than no renewals, and for an end without a
// renewal.
func (s Subscription) Validate() error {
	if s.Renewals < 0 || s.Ended && s.Renewals == 0 {
		return fmt.Errorf("renewals %d, want 0 or more, and 1 or more where it ended", s.Renewals)
	}
	return nil
}

// Compare orders by Renewals. Among equals, subscriptions that ended come last.
func (s Subscription) Compare(o Subscription) int {
	if c := cmp.Compare(s.Renewals, o.Renewals); c != 0 || s.Ended == o.Ended {
		return c
	}
	if s.Ended {
		return 1
	}
	return -1
}

// Validate returns an error that names every parameter outside [1e-9, 1e9].
func (m SBG) Validate() error {
	return validate("sBG", param{"a", m.A}, param{"b", m.B})
}

// Survival is the probability, in [0, 1], of staying for t renewals, 0 or more.
func (m SBG) Survival(t int) float64 {
	return math.Exp(m.lnSurvival(t))
}

func (m SBG) lnSurvival(t int) float64 {
	return lbeta(m.A, m.B+float64(t)) - lbeta(m.A, m.B)
}

// Retention is the probability, in [0, 1], that a customer who stayed for t-1
// renewals accepts the t-th: (b+t-1)/(a+b+t-1), for t from 1 on. It rises with
// t.
func (m SBG) Retention(t int) float64 {
	stays := m.B + float64(t-1)
	return stays / (m.A + stays)
}

// PMF is the probability of refusing exactly the t-th renewal; 0 for t < 1.
func (m SBG) PMF(t int) float64 {
	if t < 1 {
		return 0
	}
	return m.Survival(t-1) * m.A / (m.A + m.B + float64(t-1))
}

// Discounted is the mean number of renewals that a customer who stayed for t
// renewals will accept among the next periods; the k-th is divided by
// (1+rate)^k.
func (m SBG) Discounted(t, periods int, rate float64) float64 {
	var sum float64
	stays := 1.
	for k := 1; k <= periods; k++ {
		stays *= m.Retention(t+k) / (1 + rate)
		sum += stays
	}
	return sum
}

// LogLikelihood is the logarithm of the likelihood of s. Summed over the paper's
// regular customers it is -1680.2652.
func (m SBG) LogLikelihood(s Subscription) float64 {
	if !s.Ended {
		return m.lnSurvival(s.Renewals)
	}
	return m.lnSurvival(s.Renewals-1) - math.Log1p((m.B+float64(s.Renewals-1))/m.A)
}

// Gradient is LogLikelihood and its derivatives by A and B.
func (m SBG) Gradient(s Subscription) (logLikelihood float64, by [2]float64) {
	stayed := float64(s.Renewals)
	if s.Ended {
		stayed--
	}
	all := drising(m.A+m.B, stayed)
	by = [2]float64{-all, drising(m.B, stayed) - all}
	if s.Ended {
		total := m.A + m.B + stayed
		by[0] += (m.B + stayed) / (m.A * total)
		by[1] -= 1 / total
	}
	return m.LogLikelihood(s), by
}
