//go:build !service

package main

import (
	"fmt"
	"io"

	"tidemark/internal/backtest"
)

// printSeasons prints for each cutoff whether the forecasts knew a season, where one was fitted.
func printSeasons(w io.Writer, r *backtest.Result) error {
	return printDecided(w, r, func(c *backtest.Cutoff) string {
		if c.SeasonWhy == "" {
			return ""
		}
		found := "none"
		if c.Season != nil {
			found = fmt.Sprintf("%d paces", len(c.Season))
		}
		return fmt.Sprintf("Season at %s: %s; %s.", c.Date, found, c.SeasonWhy)
	})
}

// printRegularities prints for each cutoff whether the forecasts were made with a mixture, where that was decided.
func printRegularities(w io.Writer, r *backtest.Result) error {
	return printDecided(w, r, func(c *backtest.Cutoff) string {
		if c.RegularWhy == "" {
			return ""
		}
		return fmt.Sprintf("At %s: %s.", c.Date, c.RegularWhy)
	})
}

// printDecided prints what was decided at each cutoff. It prints nothing from the first cutoff on at which nothing was.
func printDecided(w io.Writer, r *backtest.Result, of func(*backtest.Cutoff) string) error {
	for i := range r.Cutoffs {
		line := of(&r.Cutoffs[i])
		if line == "" {
			return nil
		}
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(w)
	return err
}
