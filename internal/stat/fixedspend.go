package stat

import "fmt"

// SpendModel is what a score asks of a model of the spend per purchase; GammaGamma and FixedSpend answer it.
type SpendModel interface {
	// Validate returns an error for parameters out of range.
	Validate() error
	// ExpectedSpend is the expected spend per purchase, 0 or more, of a customer who spent sum over x repeat purchases.
	ExpectedSpend(x int, sum float64) float64
	// PopulationMean is the mean spend over all customers.
	PopulationMean() float64
}

var (
	_ SpendModel = GammaGamma{}
	_ SpendModel = FixedSpend{}
)

// FixedSpend is Gamma-Gamma at the limit p → ∞: each customer always pays the same, such as a fee or the price of a ticket. So one repeat
// purchase tells all that a customer will pay per purchase. Of the others the mean over customers is known.
type FixedSpend struct {
	Mean float64 // over customers, in money; 0 in a log without amounts
}

// Validate returns an error for a mean outside [0, 1e15].
func (s FixedSpend) Validate() error {
	if !(s.Mean >= 0 && s.Mean <= maxMean) {
		return fmt.Errorf("constant spend: mean %v, want it in [0, %g]", s.Mean, maxMean)
	}
	return nil
}

// ExpectedSpend is sum/x, and Mean where x is 0. It is the limit of GammaGamma.ExpectedSpend for p → ∞.
func (s FixedSpend) ExpectedSpend(x int, sum float64) float64 {
	if x < 1 {
		return s.Mean
	}
	return sum / float64(x)
}

// PopulationMean is Mean.
func (s FixedSpend) PopulationMean() float64 { return s.Mean }
