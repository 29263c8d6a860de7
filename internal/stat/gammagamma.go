package stat

import (
	"cmp"
	"errors"
	"fmt"
	"math"
)

// GammaGamma is the Gamma-Gamma model of a customer's spend per purchase. The
// spends of a customer vary around the customer's own mean as a Gamma with shape
// P, whose rate is Gamma(Q, V) over customers. The model assumes that spend and
// frequency are independent.
//
// Source: Fader & Hardie, The Gamma-Gamma Model of Monetary Value, 2013; after
// Colombo & Jiang 1999. Fitted to a tenth of CDNOW, in dollars: P 6.25, Q 3.74,
// V 15.44. The values quoted below are at these parameters.
type GammaGamma struct {
	P float64 // shape of one customer's spends
	Q float64 // shape of the rate over customers, above 1
	V float64 // its inverse scale, in money
}

// Validate returns an error for parameters outside [1e-9, 1e9], and for Q <= 1,
// where the mean spend is infinite.
func (g GammaGamma) Validate() error {
	err := validate("Gamma-Gamma", param{"p", g.P}, param{"q", g.Q}, param{"v", g.V})
	if g.Q <= 1 {
		err = errors.Join(err, fmt.Errorf("Gamma-Gamma: q = %v, want more than 1: the mean spend is infinite", g.Q))
	}
	return err
}

// Spend is all that the Gamma-Gamma model needs to know of a customer who bought
// again.
type Spend struct {
	X    int     // repeat purchases
	Mean float64 // mean spend of a repeat purchase, in money
}

// maxMean bounds the mean spends that Validate lets pass.
const maxMean = 1e15

// Validate returns an error for X < 1, because a single purchase says nothing of
// spends, and for means outside (0, 1e15], because returns must be netted
// before.
func (s Spend) Validate() error {
	if s.X < 1 {
		return fmt.Errorf("repeat purchases x = %d, want 1 or more", s.X)
	}
	if !(s.Mean > 0 && s.Mean <= maxMean) {
		return fmt.Errorf("mean spend %v, want it in (0, %g]", s.Mean, maxMean)
	}
	return nil
}

// Compare orders by X and Mean.
func (s Spend) Compare(o Spend) int {
	return cmp.Or(cmp.Compare(s.X, o.X), cmp.Compare(s.Mean, o.Mean))
}

// LogLikelihood is the logarithm of the likelihood of a mean spend, above 0,
// over x repeat purchases. It is 0 for x = 0. Summed over the CDNOW sample it is
// -4055.92.
func (g GammaGamma) LogLikelihood(x int, mean float64) float64 {
	if x <= 0 {
		return 0
	}
	px, sum := g.P*float64(x), mean*float64(x)
	return -lbeta(px, g.Q) - float64(g.Q*math.Log1p(sum/g.V)) - float64(px*math.Log1p(g.V/sum)) - math.Log(mean)
}

// Gradient is LogLikelihood of s and its derivatives by P, Q and V. s.X is above
// 0.
func (g GammaGamma) Gradient(s Spend) (logLikelihood float64, by [3]float64) {
	x := float64(s.X)
	px, sum := g.P*x, s.Mean*x
	return g.LogLikelihood(s.X, s.Mean), [3]float64{
		x * (drising(px, g.Q) - math.Log1p(g.V/sum)),
		drising(g.Q, px) - math.Log1p(sum/g.V),
		(g.Q*sum/g.V - px) / (sum + g.V),
	}
}

// ExpectedSpend is the expected spend per purchase of a customer who spent sum,
// 0 or more, over x repeat purchases, each above 0: p(v+sum)/(px+q-1). It lies
// between the customer's own mean and the population's. For x = 0 and sum 0 it
// is PopulationMean. Value: 24.66371391 for x 2, sum 44.70.
func (g GammaGamma) ExpectedSpend(x int, sum float64) float64 {
	return g.P * (g.V + sum) / (float64(g.P*float64(x)) + (g.Q - 1))
}

// PopulationMean is the mean spend over all customers: pv/(q-1).
// Value: 35.22.
func (g GammaGamma) PopulationMean() float64 {
	return g.ExpectedSpend(0, 0)
}
