package clv

import (
	"fmt"

	"gonum.org/v1/gonum/mathext"
)

// Switches counts observed purchases by the brand bought before and the brand bought. Both are places in the list of brands.
type Switches [][]float64

// NewSwitches are no switches yet among so many brands.
func NewSwitches(brands int) Switches {
	s := make(Switches, brands)
	for i := range s {
		s[i] = make([]float64, brands)
	}
	return s
}

// Matrix estimates the probabilities of s: (n_ij + α) / Σ_j (n_ij + α). α is the number of cases that count beside those observed, in each cell;
// 1/2 is the prior of Jeffreys. Low and high bound each probability by the quantiles 2.5 % and 97.5 % of its Beta distribution. cases are the
// sums of the rows, with α. Errors: α is not positive, or there are fewer
// than two brands.
func (s Switches) Matrix(alpha float64) (matrix, low, high [][]float64, cases []float64, err error) {
	if !(alpha > 0 && alpha <= 1000) {
		return nil, nil, nil, nil, fmt.Errorf("alpha %v is not in (0, 1000]", alpha)
	}
	if len(s) < 2 || len(s) > MaxBrands {
		return nil, nil, nil, nil, fmt.Errorf("%d brands, want 2 to %d", len(s), MaxBrands)
	}
	const tail = .025
	for _, counts := range s {
		var sum float64
		for _, n := range counts {
			sum += n + alpha
		}
		var p, l, h []float64
		for _, n := range counts {
			own, rest := n+alpha, sum-n-alpha
			p = append(p, own/sum)
			l = append(l, mathext.InvRegIncBeta(own, rest, tail))
			h = append(h, mathext.InvRegIncBeta(own, rest, 1-tail))
		}
		matrix, low, high, cases = append(matrix, p), append(low, l), append(high, h), append(cases, sum)
	}
	return matrix, low, high, cases, nil
}
