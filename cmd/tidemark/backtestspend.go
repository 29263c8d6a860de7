//go:build !service

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tidemark/internal/backtest"
)

// printSpend writes how good the forecasts of spend were at each cutoff.
func printSpend(to io.Writer, r *backtest.Result) error {
	fmt.Fprintln(to, "Spend to come, in the base currency; errors and Gini per customer. Learnt: two regressions over the other models, fitted before the cutoff.")
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "cutoff\tforecast by\tcame\tforecast\tbias\tMAE\tRMSE\tcorrelation\tGini\t")
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		for _, name := range []string{backtest.ExpectedSpend, backtest.LearntSpend, backtest.SteadySpend} {
			if x, ok := c.Spend[name]; ok {
				fmt.Fprint(w, unknowns.Replace(fmt.Sprintf("%s\t%s\t%.0f\t%.0f\t%+.1f %%\t%.2f\t%.2f\t%.3f\t%.3f\t\n", c.Date, name, x.Actual, x.Forecast, 100*x.Bias,
					x.MAE, x.RMSE, x.Correlation, x.Gini)))
			}
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}
