//go:build !service

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"

	"tidemark/internal/backtest"
)

type crossSectionCommand struct {
	File    string   `arg:"" help:"Table of customers, a CSV file. Its first line names the columns."`
	Outcome string   `required:"" help:"Column of the outcome, 0 or 1." placeholder:"COLUMN"`
	Add     []string `required:"" sep:"none" help:"A named set of columns, judged together with the sets before it. Repeat the flag for each set." placeholder:"NAME=COLUMNS"`
	JSON    bool     `help:"Print JSON instead of a table."`

	sets []backtest.ColumnSet
}

// Validate reads the sets of --add.
func (c *crossSectionCommand) Validate() error {
	c.sets = nil
	for _, set := range c.Add {
		name, columns, ok := strings.Cut(set, "=")
		if !ok || name == "" || columns == "" {
			return fmt.Errorf("--add %s: want NAME=COLUMN,COLUMN", set)
		}
		c.sets = append(c.sets, backtest.ColumnSet{Name: name, Columns: strings.Split(columns, ",")})
	}
	return nil
}

// Run prints how much each set of columns improves the forecast.
func (c *crossSectionCommand) Run(ctx context.Context, s streams) (err error) {
	file, err := os.Open(c.File)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	r, err := backtest.Cross(ctx, file, c.Outcome, c.sets)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.JSON {
		e := json.NewEncoder(s.out)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	return printCrossSection(s.out, r)
}

func printCrossSection(to io.Writer, r *backtest.CrossSection) error {
	fmt.Fprintf(to, "%d customers, of whom it happened to %d. Forecasts of a tenth come from the other nine.\n\n", r.Customers, r.Happened)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "with\tAUC\tgain\t(95 %)\tBrier\tlift of the top tenth\t")
	for i, step := range r.Steps {
		name := step.Set
		if i > 0 {
			name = "+ " + name
		}
		fmt.Fprintf(w, "%s\t%.4f\t%+.4f\t(%+.4f to %+.4f)\t%.4f\t%.2f\t\n",
			name, step.AUC.Value, step.Gain.Value, step.Gain.Low, step.Gain.High, step.Brier, step.Lift)
	}
	return w.Flush()
}
