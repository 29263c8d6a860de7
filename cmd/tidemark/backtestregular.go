//go:build !service

package main

import (
	"fmt"
	"io"

	"tidemark/internal/backtest"
)

// printRegularities prints for each cutoff whether the forecasts were made with a mixture, where that was decided.
func printRegularities(w io.Writer, r *backtest.Result) error {
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		if c.RegularWhy == "" {
			return nil
		}
		if _, err := fmt.Fprintf(w, "At %s: %s.\n", c.Date, c.RegularWhy); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}
