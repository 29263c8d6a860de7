package learn

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// ridge is the penalty of a stack's weights, per block of cases. It is the prior that each weight, per standard deviation of
// its term, is Normal with mean 0 and standard deviation .18. On CDNOW's 2,357 customers, values from 10 to 100 do equally
// well, and 3 does worse. With ten times as many customers the penalty makes no difference.
const ridge = 30

// Stack fits the churn stack to blocks of cases. Each block has the purchase model that was known at its cut; a block without a repeat
// purchase at its cut teaches nothing, and is left out. A term that silence increases has no negative weight. If all orders name the same
// number of items, items only count orders; then the terms of items have no weight, and the stack also holds for orders that name no items.
//
// Where the cases give no stack, because all left or nobody, because nobody bought again by any cut, or because nothing in the regression
// grows with silence, Stack falls back to the risk of the purchase model alone: it returns churn.Plain, and fit.NoStack among the warnings.
// Errors: other errors of fit.Purchases and fit.Logit, and the error of ctx.
func Stack(ctx context.Context, blocks [][]Case, horizon time.Duration, unitDays float64) (churn.Stack, fit.Result[stat.Logistic], error) {
	var rows []fit.Row
	out, baskets, seasonal, learnt := churn.Stack{}, varied(blocks), inSeason(blocks), 0
	var unknown error
	for _, block := range blocks {
		bought, err := Buy(ctx, block, unitDays)
		switch {
		case errors.Is(err, fit.ErrNoRepeats) || errors.Is(err, fit.ErrNoTime) || errors.Is(err, fit.ErrNoCustomers):
			unknown = errors.Join(unknown, err)
			continue
		case err != nil:
			return out, fit.Result[stat.Logistic]{}, err
		}
		learnt++
		for i := range block {
			c := &block[i]
			m := bought.Of(c)
			p := bare(m, unitDays, c, horizon)
			values := c.Traits.Values(p)
			if !baskets {
				values[churn.Items], values[churn.LastItems] = 0, 0
			}
			x := values[:]
			if seasonal { // the risk over the window, of which the stack learns the part over average days
				x = append(x, churn.Shift(average(m, unitDays, c, horizon), NoPurchase(m, unitDays, c, horizon)))
			}
			rows = append(rows, row(x, c))
			out.MaxTenure = max(out.MaxTenure, c.Traits.Tenure)
		}
	}
	if learnt == 0 {
		return plain(0, unknown)
	}
	var columns []fit.Column
	for _, t := range churn.Terms() {
		columns = append(columns, fit.Column{Name: t.String(), NonNegative: t.Rises()})
	}
	if seasonal {
		columns = append(columns, fit.Column{Name: "season", Offset: true})
	}
	r, err := fit.Logit(ctx, rows, columns, float64(ridge*learnt), fit.Options{})
	if errors.Is(err, fit.ErrOneOutcome) {
		return plain(len(rows), err)
	}
	if err != nil {
		return out, r, err
	}
	if seasonal { // nothing of it was fitted
		r.Estimates, r.Model.Coefficients = r.Estimates[:len(r.Estimates)-1], r.Model.Coefficients[:len(columns)-1]
	}
	out.Intercept = r.Model.Intercept
	copy(out.Weights[:], r.Model.Coefficients)
	bound(&out, rows)
	if err := out.Check(); err != nil {
		return plain(len(rows), err)
	}
	return out, r, nil
}

// plain is the stack of the purchase model alone, with the reason why there is no other.
func plain(cases int, why error) (churn.Stack, fit.Result[stat.Logistic], error) {
	return churn.Plain(), fit.Result[stat.Logistic]{Customers: cases, Warnings: []fit.Warning{fit.NoStack{Why: why.Error()}}}, nil
}

// inSeason reports whether the windows of cases have another length in seasonal days than in calendar days.
func inSeason(blocks [][]Case) bool {
	for _, block := range blocks {
		if len(block) > 0 && block[0].WindowShift != 0 { // the cases of a block have one window
			return true
		}
	}
	return false
}

// varied reports whether the last orders differ in their number of items.
func varied(blocks [][]Case) bool {
	seen := map[int]bool{}
	for _, block := range blocks {
		for i := range block {
			seen[block[i].Traits.LastItems] = true
		}
	}
	return len(seen) > 1
}

func row(x []float64, c *Case) fit.Row {
	r := fit.Row{X: x, Cases: 1}
	if c.Left() {
		r.Happened = 1
	}
	return r
}
