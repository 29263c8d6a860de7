//go:build !service

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tidemark/internal/backtest"
)

// printIngredients writes what each ingredient of the stack adds, where --ingredients asked.
func printIngredients(to io.Writer, r *backtest.Result) error {
	if len(r.Ingredients) == 0 {
		return nil
	}
	fmt.Fprintf(to, "What each ingredient of the stack adds. %s\n", backtest.IngredientWords)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "ingredient\tat cutoffs\tAUC\t95 %\tlog loss\t95 %\t\t")
	for i := range r.Ingredients {
		g := &r.Ingredients[i]
		row := fmt.Sprintf("%s\t%d of %d\t%+.4f\t%+.4f to %+.4f\t%+.5f\t%+.5f to %+.5f\t%s\t\n", g.Name, g.Cutoffs, len(r.Cutoffs),
			g.AUC.Value, g.AUC.Low, g.AUC.High, g.LogLoss.Value, g.LogLoss.Low, g.LogLoss.High, g.Verdict())
		fmt.Fprint(w, unknowns.Replace(row))
	}
	fmt.Fprintln(w)
	return w.Flush()
}
