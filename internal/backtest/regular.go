package backtest

import (
	"context"
	"fmt"

	"tidemark/internal/learn"
	"tidemark/internal/score"
)

// mixing returns the engine with a mixture of regularities or without one, as the options say; the mixture as it is fitted to the customers of
// the cutoff, where there is one; and why, where that was decided here. rows are the cases of the cuts before the cutoff, the newest first, and
// last those of the cutoff.
func mixing(ctx context.Context, e *score.Engine, rows [][]learn.Case, o Options) (*score.Engine, *learn.Buying, string, error) {
	if !o.Regular {
		return e, nil, "", nil
	}
	o.tell("fitting the regularities", 0)
	found, err := learn.Regular(ctx, rows[0], learn.Patterns(rows[len(rows)-1]), o.UnitDays, o.Horizon)
	if err != nil {
		return nil, nil, "", fmt.Errorf("fit the regularities: %w", err)
	}
	switch {
	case found.Judged == 0: // too little is known to say yes or no
		return e, nil, found.String(), nil
	case found.Fit == nil:
		e = e.Mixing(nil)
	default:
		e = e.Mixing(&found.Fit.Model)
	}
	for _, block := range rows {
		for i := range block {
			block[i].Mixed = e.Mixed()
		}
	}
	return e, found.Buying(o.UnitDays), found.String(), nil
}

// buy is the purchase model of the customers of a cutoff: the mixture that mixing has found, else the model that learn.Buy fits.
func buy(ctx context.Context, found *learn.Buying, cases []learn.Case, unitDays float64) (learn.Buying, error) {
	if found != nil {
		return *found, nil
	}
	bought, err := learn.Buy(ctx, cases, unitDays)
	if err != nil {
		err = fmt.Errorf("fit the purchases: %w", err)
	}
	return bought, err
}

// weightsOf are the weights of the mixture; nil without one, and where all customers buy at random.
func weightsOf(bought *learn.Buying) []Number {
	if !bought.Mixed() {
		return nil
	}
	var weights []Number
	for _, w := range bought.Regular.Weights {
		weights = append(weights, Number(w))
	}
	return weights
}

// regularOf is the number of purchase days within a span that the mixture expects of all customers.
func (f *forecasts) regularOf(bought *learn.Buying, span, unitDays float64) Number {
	var sum float64
	for i := range f.cases {
		c := &f.cases[i]
		sum += bought.Of(c).Expected(c.Pattern.Rhythm(unitDays), span)
	}
	return Number(sum)
}
