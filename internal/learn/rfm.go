package learn

import (
	"context"
	"errors"
	"math"

	"tidemark/internal/fit"
	"tidemark/internal/stat"
)

// RFM is the baseline of an analyst: a logistic regression on recency, frequency, age and spend.
type RFM struct{ of stat.Logistic }

// FitRFM fits the baseline to the cases of the stack. Where all cases left, or none, it is their share, with half a case of each beside them.
// Errors: other errors of fit.Logit.
func FitRFM(ctx context.Context, blocks [][]Case) (RFM, error) {
	var rows []fit.Row
	for _, block := range blocks {
		for i := range block {
			rows = append(rows, row(rfm(&block[i]), &block[i]))
		}
	}
	columns := []fit.Column{{Name: "gap"}, {Name: "ln gap"}, {Name: "ln(1+x)"}, {Name: "T"}, {Name: "ln spend"}}
	r, err := fit.Logit(ctx, rows, columns, 1, fit.Options{})
	if errors.Is(err, fit.ErrOneOutcome) {
		left := .5
		for _, row := range rows {
			left += row.Happened
		}
		p := left / float64(len(rows)+1)
		return RFM{stat.Logistic{Intercept: math.Log(p / (1 - p)), Coefficients: make([]float64, len(columns))}}, nil
	}
	return RFM{r.Model}, err
}

// Probability is the probability of having left.
func (m RFM) Probability(c *Case) float64 { return m.of.Probability(rfm(c)) }

func rfm(c *Case) []float64 {
	gap := max(.5, c.Traits.Silent)
	return []float64{gap, math.Log(gap), math.Log1p(float64(c.Traits.Repeats)), c.Pattern.Age, math.Log(max(1, c.Traits.Spend))}
}
