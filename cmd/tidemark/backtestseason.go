//go:build !service

package main

import (
	"fmt"
	"io"

	"tidemark/internal/backtest"
)

// printSeasons prints for each cutoff whether the forecasts knew a season, where one was fitted.
func printSeasons(w io.Writer, r *backtest.Result) error {
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		if c.SeasonWhy == "" {
			return nil
		}
		found := "none"
		if c.Season != nil {
			found = fmt.Sprintf("%d paces", len(c.Season))
		}
		if _, err := fmt.Fprintf(w, "Season at %s: %s; %s.\n", c.Date, found, c.SeasonWhy); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}
