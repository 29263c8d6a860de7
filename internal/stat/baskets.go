package stat

import (
	"cmp"
	"fmt"
)

// Baskets counts the purchase days of a customer, and those of them that bring no money: samples, replacements, gifts.
type Baskets struct{ Paid, Free int }

// Validate returns an error for numbers below 0, and where both are 0.
func (b Baskets) Validate() error {
	if b.Paid < 0 || b.Free < 0 || b.Paid+b.Free == 0 {
		return fmt.Errorf("%d paid and %d free purchase days, want none below 0, and one of them above", b.Paid, b.Free)
	}
	return nil
}

// Compare orders by Paid and Free.
func (b Baskets) Compare(o Baskets) int {
	return cmp.Or(cmp.Compare(b.Paid, o.Paid), cmp.Compare(b.Free, o.Free))
}

// PaidShare is the share of a customer's purchase days that are paid: Beta(Paid, Free) over customers, in days that count beside the
// customer's own. A Free of 0 expects a customer without a free day to pay, always.
//
// Source: the beta-binomial model; Skellam 1948, A Probability Distribution Derived from the Binomial Distribution by Regarding the
// Probability of Success as Variable Between the Sets of Trials.
type PaidShare struct{ Paid, Free float64 }

// Validate returns an error for a Paid outside [1e-9, 1e9] and a Free outside [0, 1e9].
func (s PaidShare) Validate() error {
	if !(s.Free >= 0 && s.Free <= maxParam) {
		return fmt.Errorf("paid share: free days = %v, want them in [0, %g]", s.Free, maxParam)
	}
	return validate("paid share", param{"paid days", s.Paid})
}

// Of is the probability that the next purchase day of a customer is paid, in (0, 1].
func (s PaidShare) Of(b Baskets) float64 {
	return (float64(b.Paid) + s.Paid) / (float64(b.Paid+b.Free) + (s.Paid + s.Free))
}

// Gradient is the log-likelihood of b, and its derivatives by Paid and Free. Both are above 0.
func (s PaidShare) Gradient(b Baskets) (logLikelihood float64, by [2]float64) {
	paid, free := float64(b.Paid), float64(b.Free)
	all := drising(s.Paid+s.Free, paid+free)
	return lbeta(s.Paid+paid, s.Free+free) - lbeta(s.Paid, s.Free), [2]float64{drising(s.Paid, paid) - all, drising(s.Free, free) - all}
}
