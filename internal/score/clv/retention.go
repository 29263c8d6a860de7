package clv

import (
	"fmt"
	"math"
)

// Retention values a customer who is lost for good with the first year without a purchase: case 1 of Berger and Nasr (1998), Customer lifetime
// value: marketing models and applications, Journal of Interactive Marketing 12.
type Retention struct {
	// Years is how many years the value looks ahead, after the year that has begun; in 0..MaxYears.
	Years int
	// Discount is the yearly discount rate. 0.10 is 10 %.
	Discount float64
	// Cost is the cost of keeping a customer for a year, in the money of the contribution. It is paid in the middle of each year.
	Cost float64
}

// MaxYears is how many years a method may look ahead.
const MaxYears = 100

// Value is the value of a customer with a contribution a year and a yearly retention rate in [0, 1], in the money of the contribution:
//
//	Σ_{i=0..n} contribution·rate^i / (1+d)^i − Σ_{i=1..n} cost·rate^(i−1) / (1+d)^(i−1/2)
//
// A contribution of 260, a cost of 50, a rate of .75, a discount of .20 and 10 years make 568.78.
func (r Retention) Value(contribution, rate float64) float64 {
	kept, year := 1.0, 1/(1+r.Discount)
	value, present := contribution, 1.0
	for range r.Years {
		value -= r.Cost * kept * present * math.Sqrt(year)
		kept, present = kept*rate, present*year
		value += contribution * kept * present
	}
	return value
}

// Check returns nil where r is valid, else what is wrong.
func (r Retention) Check() error {
	if r.Years < 0 || r.Years > MaxYears || !(r.Discount >= 0) || !(r.Cost >= 0) {
		return fmt.Errorf("%d years must be in 0..%d, discount %v and cost %v at least 0", r.Years, MaxYears, r.Discount, r.Cost)
	}
	return nil
}
