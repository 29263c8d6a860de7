//go:build !service

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"tidemark/internal/backtest"
)

// printAims writes the figures by which the model is judged, beside what they should be.
func printAims(to io.Writer, r *backtest.Result) error {
	fmt.Fprintf(to, "Aims, over %s.\n", numbered(len(r.Cutoffs), "cutoff"))
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "what\tcame to\taim\tverdict")
	for _, a := range r.Aims() {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", a.Name, a.Got, a.Want, a.Verdict())
	}
	fmt.Fprintln(w)
	return w.Flush()
}
