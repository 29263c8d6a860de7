//go:build !service

package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"tidemark/internal/backtest"
)

// printBands writes the sums with their intervals: of all customers at each cutoff, then of the groups at the newest.
func printBands(to io.Writer, r *backtest.Result) error {
	if r.Bands == nil || len(r.Bands.Cutoffs) == 0 {
		return nil
	}
	fmt.Fprint(to, wrapped(fmt.Sprintf("Sums to come, with %.0f %% intervals. %s\n", 100*r.Bands.Level, backtest.BandWords)))
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "cutoff\tof\trepeats\tforecast\tfrom\tto\tcame\tholds\tearlier held\t")
	last := len(r.Bands.Cutoffs) - 1
	for i := range r.Bands.Cutoffs {
		c := &r.Bands.Cutoffs[i]
		for k := range c.Sums {
			if b := &c.Sums[k]; b.Group == backtest.Everybody {
				bandRow(w, c, b)
			}
		}
	}
	for k := range r.Bands.Cutoffs[last].Sums {
		if b := &r.Bands.Cutoffs[last].Sums[k]; b.Group != backtest.Everybody && b.Why == "" {
			bandRow(w, &r.Bands.Cutoffs[last], b)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(to, wrapped(strings.Join(append(r.Bands.Verdicts(), r.Bands.Reasons()...), "\n")+"\n"))
	return err
}

// bandRow writes a row of the table, with a dash for what is not known.
func bandRow(to io.Writer, c *backtest.BandsAt, b *backtest.Band) {
	date := c.Date
	if c.Ahead {
		date = "to come, " + date
	}
	row := fmt.Sprintf("%s\t%s\t%s\t%.0f\t%.0f\t%.0f\t%.0f\t%s\t%s\t\n", date, b.Of, b.Group, b.Forecast, b.Low, b.High, b.Came, b.Held(), b.Record())
	fmt.Fprint(to, unknowns.Replace(row))
}
