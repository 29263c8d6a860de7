//go:build !service

package main

import (
	"fmt"
	"io"
	"strings"

	"tidemark/internal/backtest"
)

// printTrials prints for each cutoff what the hold-out before it said of the churn stack.
func printTrials(w io.Writer, r *backtest.Result) error {
	legend := "" // where nobody judged, no loss is spoken of
	for i := range r.Cutoffs {
		t := &r.Cutoffs[i].Trial
		if t.Customers == 0 {
			continue
		}
		what := "a stack"
		if t.Plain {
			what = "the purchase model alone"
		}
		var out []string
		for _, x := range t.Ingredients {
			if x.LeftOut {
				out = append(out, x.Name)
			}
		}
		without := ""
		if out != nil {
			without = " without " + strings.Join(out, " and ")
		}
		legend = lossLegend + "\n"
		if _, err := fmt.Fprintf(w, "Risk at %s: by %s; the stack%s gained %+.5f ± %.5f of log loss over the purchase model.\n",
			r.Cutoffs[i].Date, what, without, t.Whole.Value, t.Whole.StandardError); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w, legend)
	return err
}
