package fit

import (
	"context"
	"math"

	"tidemark/internal/stat"
)

// GammaGamma fits the Gamma-Gamma model to customers who bought again. It keeps q above 1; if q
// would go below, InfiniteMean is among the warnings. Errors: ErrNoCustomers, an invalid group, and
// the error of ctx. Tested against the CDNOW sample in dollars: 6.25, 3.74, 15.44, log-likelihood
// -4055.9177.
func GammaGamma(ctx context.Context, groups []Group[stat.Spend], o Options) (Result[stat.GammaGamma], error) {
	n, err := count(groups)
	if err != nil {
		return Result[stat.GammaGamma]{}, err
	}
	var logarithm float64 // one customer of a million times the others' spend must not be what the others are measured by
	for _, g := range groups {
		logarithm += float64(float64(g.Customers) / float64(n) * math.Log(g.History.Mean))
	}
	unit := math.Exp(logarithm)
	f := family[stat.GammaGamma, stat.Spend]{
		params: []param{{name: "p", unit: 1}, {name: "q", unit: 1, low: 1}, {name: "v", unit: unit}},
		model:  func(p []float64) stat.GammaGamma { return stat.GammaGamma{P: p[0], Q: p[1], V: p[2]} },
		gradient: func(m stat.GammaGamma, s stat.Spend, by *[most]float64) float64 {
			l, g := m.Gradient(s)
			copy(by[:], g[:])
			return l
		},
	}
	// The mean spend is p v/(q-1).
	var starts [][]point
	for _, s := range []struct{ p, q float64 }{{1, 3}, {6, 4}, {50, 3}} {
		starts = append(starts, []point{{math.Log(s.p), math.Log(s.q - 1), math.Log((s.q - 1) / s.p)}})
	}
	result, err := f.fit(ctx, groups, starts, o)
	if err != nil {
		return Result[stat.GammaGamma]{}, err
	}
	if result.Model.Q < 1.001 {
		result.Warnings = append([]Warning{InfiniteMean{result.Model.Q}}, result.Warnings...)
	}
	return result, nil
}
