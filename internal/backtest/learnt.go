package backtest

import (
	"context"
	"math"

	"tidemark/internal/learn"
	"tidemark/internal/score/clv"
)

// LearntSpend is the spend that two regressions over the models expect: clv_learnt, fitted to the blocks before the cutoff.
const LearntSpend = "learnt over both"

// learnSpend forecasts the spend by what is learnt from the blocks, over a model that is fitted at the cutoff. Where nothing is to be learnt the
// cutoff has no such forecast, and says so.
func (f *forecasts) learnSpend(ctx context.Context, m clv.Model, scale float64, o Options) error {
	if days(o.Horizon) != math.Trunc(days(o.Horizon)) {
		return nil // a value looks ahead for whole days
	}
	m.HorizonDays = int(days(o.Horizon))
	m = m.Prepared()
	o.tell("learning the value", 0)
	v, err := learn.Value(ctx, f.blocks, m, scale)
	if err != nil { // the cutoff keeps its other forecasts
		f.warnings = append(f.warnings, "value: "+err.Error())
		return ctx.Err()
	}
	for i := range f.cases {
		f.spends[LearntSpend] = append(f.spends[LearntSpend], learn.LearntValue(&v.Learnt, &m, &f.cases[i]).Spend())
	}
	return ctx.Err()
}
