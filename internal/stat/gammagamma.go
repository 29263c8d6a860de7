package stat

import (
	"errors"
	"fmt"
	"math"
)

// GammaGamma is the Gamma-Gamma model of how much a customer spends a time:
// spends vary around the customer's own mean as a Gamma with shape P, whose
// rate is Gamma(Q, V) over customers. It holds where spend and frequency do
// not go together.
//
// Source: Fader & Hardie, The Gamma-Gamma Model of Monetary Value, 2013; after
// Colombo & Jiang 1999. Fitted to a tenth of CDNOW, in dollars: P 6.25, Q 3.74,
// V 15.44. The values quoted below are at these.
type GammaGamma struct {
	P float64 // shape of one customer's spends
	Q float64 // shape of the rate over customers, above 1
	V float64 // its inverse scale, in money
}

// Validate refuses parameters outside [1e-9, 1e9] and Q <= 1, where the mean
// spend is infinite.
func (g GammaGamma) Validate() error {
	err := validate("Gamma-Gamma", param{"p", g.P}, param{"q", g.Q}, param{"v", g.V})
	if g.Q <= 1 {
		err = errors.Join(err, fmt.Errorf("Gamma-Gamma: q = %v, want more than 1: the mean spend is infinite", g.Q))
	}
	return err
}

// LogLikelihood is the logarithm of the likelihood of a mean spend, above 0,
// over x repeat purchases; 0 for x = 0, which says nothing. Summed over the
// CDNOW sample it is -4055.92.
func (g GammaGamma) LogLikelihood(x int, mean float64) float64 {
	if x <= 0 {
		return 0
	}
	px, sum := g.P*float64(x), mean*float64(x)
	return -lbeta(px, g.Q) - float64(g.Q*math.Log1p(sum/g.V)) - float64(px*math.Log1p(g.V/sum)) - math.Log(mean)
}

// ExpectedSpend is the mean spend to expect of a customer who spent sum, 0 or
// more, over x repeat purchases, each above 0: p(v+sum)/(px+q-1), between the
// customer's own mean and the population's. For x = 0, sum 0 it is
// PopulationMean. Value: 24.66371391 for x 2, sum 44.70.
func (g GammaGamma) ExpectedSpend(x int, sum float64) float64 {
	return g.P * (g.V + sum) / (float64(g.P*float64(x)) + (g.Q - 1))
}

// PopulationMean is the mean spend over all customers: pv/(q-1).
// Value: 35.22.
func (g GammaGamma) PopulationMean() float64 {
	return g.ExpectedSpend(0, 0)
}
