package learn

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// Examples are cases with the purchase model that was known at their cut: what a stack is fitted to. To fit one stack after another to the
// same cases costs a regression each.
type Examples struct {
	rows      []fit.Row    // the values of all terms; in a season also by how much the season of the window moves the log-odds of the risk
	alone     []churn.Risk // of no purchase in the windows of the rows, by the purchase model alone
	seasonal  bool
	learnt    int      // the blocks that the rows are of
	customers []string // of the rows
	maxTenure float64
	unknown   error // why blocks were left out
}

// NewExamples fits the purchase model of each block. Errors: those of Stack.
func NewExamples(ctx context.Context, blocks [][]Case, horizon time.Duration, unitDays float64) (*Examples, error) {
	x := &Examples{seasonal: inSeason(blocks)}
	baskets := varied(blocks)
	for _, block := range blocks {
		bought, err := Buy(ctx, block, unitDays)
		switch {
		case errors.Is(err, fit.ErrNoRepeats) || errors.Is(err, fit.ErrNoTime) || errors.Is(err, fit.ErrNoCustomers):
			x.unknown = errors.Join(x.unknown, err)
			continue
		case err != nil:
			return nil, err
		}
		x.learnt++
		for i := range block {
			c := &block[i]
			x.add(c, bought.Of(c), unitDays, horizon, baskets)
		}
	}
	return x, nil
}

func (x *Examples) add(c *Case, bought stat.PurchaseModel, unitDays float64, horizon time.Duration, baskets bool) {
	p, alone := bare(bought, unitDays, c, horizon), NoPurchase(bought, unitDays, c, horizon)
	values := c.Traits.Values(p)
	if !baskets {
		values[churn.Items], values[churn.LastItems] = 0, 0
	}
	of := values[:]
	if x.seasonal { // the risk over the window, of which the stack learns the part over average days
		of = append(of, churn.Shift(average(bought, unitDays, c, horizon), alone))
	}
	x.rows, x.customers, x.alone = append(x.rows, row(of, c)), append(x.customers, c.Customer), append(x.alone, alone)
	x.maxTenure = max(x.maxTenure, c.Traits.Tenure)
}

// only are the rows and columns of the regression of a recipe.
func (x *Examples) only(by Recipe) ([]fit.Row, []fit.Column) {
	var columns []fit.Column
	var kept []int
	for i, t := range churn.Terms() {
		if !by.leavesOut(t) {
			columns, kept = append(columns, by.column(t)), append(kept, i)
		}
	}
	if x.seasonal {
		columns, kept = append(columns, fit.Column{Name: "season", Offset: true}), append(kept, len(churn.Terms()))
	}
	if len(by.Without) == 0 {
		return x.rows, columns
	}
	rows, numbers := make([]fit.Row, len(x.rows)), make([]float64, len(x.rows)*len(kept))
	for i, r := range x.rows {
		of := numbers[i*len(kept) : (i+1)*len(kept) : (i+1)*len(kept)]
		for k, from := range kept {
			of[k] = r.X[from]
		}
		rows[i] = fit.Row{X: of, Cases: r.Cases, Happened: r.Happened}
	}
	return rows, columns
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
