//go:build !service

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"tidemark/internal/backtest"
	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/service"
	"tidemark/internal/terminal"
)

type backtestCommand struct {
	logSettings
	Cutoff      []instant `help:"Forecast from what was known at this date or RFC 3339 time. Separate several by commas. Without it: --cutoffs." placeholder:"TIME"`
	Cutoffs     int       `help:"Without --cutoff: at most so many cutoffs, four weeks apart, the last one a horizon before the end of the log. 13 roll over a year. 1 to 100." default:"5"`
	HorizonDays int       `help:"How far forecasts look ahead, in days, 1 to 728. Without it: the horizon of the model's churn risk in whole weeks, 91 days for 90." placeholder:"DAYS"`
	UnitDays    float64   `help:"Time unit of the purchase model, in days." default:"7"`
	Season      bool      `help:"Fit a season to what is known at each cutoff, and use it where it foretold the last year before. That of the model stays where the log is too short to tell." default:"true" negatable:""`
	Regular     bool      `help:"Fit a mixture of regularities to what is known at each cutoff, and use it where it foretold the last horizon before. That of the model stays where the log is too short to tell." default:"true" negatable:""`
	Ingredients bool      `help:"Also fit the stack without each of its ingredients, and print what each adds. Takes about a sixth longer."`
	JSON        string    `help:"Write all figures as JSON to this file. - is standard output, in place of the tables." placeholder:"FILE"`
	HTML        string    `name:"html" help:"Write a report with charts to this file, a page without scripts. - is standard output, in place of the tables." placeholder:"FILE"`
	modelSettings
}

// Help is printed by backtest --help.
func (*backtestCommand) Help() string {
	return `Each cutoff is judged only by what came after it. An alert is true if its customer buys nothing in the horizon after the instant of the alert. Beside the customers with an alert stand customers of equal frequency and recency.`
}

// Validate returns an error for flags that do not go together or are out of range.
func (c *backtestCommand) Validate() error {
	switch {
	case c.JSON == "-" && c.HTML == "-":
		return errors.New("--json and --html cannot both go to standard output")
	case c.Cutoffs < 1 || c.Cutoffs > 100:
		return fmt.Errorf("--cutoffs %d is not in 1..100", c.Cutoffs)
	case c.HorizonDays < 0 || c.HorizonDays > 728:
		return fmt.Errorf("--horizon-days %d is not in 1..728", c.HorizonDays)
	case !(c.UnitDays > 0 && c.UnitDays <= 3650):
		return fmt.Errorf("--unit-days %v is not in (0, 3650]", c.UnitDays)
	}
	return nil
}

// Run judges the models on the log, and prints and writes the figures.
func (c *backtestCommand) Run(ctx context.Context, s streams) error {
	return promptly(ctx, s, func() error { return c.backtest(ctx, s) })
}

func (c *backtestCommand) backtest(ctx context.Context, s streams) error {
	engine, err := c.engine()
	if err != nil {
		return err
	}
	calendar, err := service.Calendar(c.Zone)
	if err != nil {
		return err
	}
	log, err := c.read(s, c.modelSettings)
	if err != nil {
		return err
	}
	if len(log.Events) == 0 {
		return errors.New("the log holds no event")
	}
	c.look(engine.Model().Churn.Horizon, s.err)
	cutoffs, err := c.cutoffs(log.Events)
	if err != nil {
		return err
	}
	fmt.Fprint(s.err, refusedOf(engine, log.Events))
	shown := terminal.NewProgress(s.err, "judging")
	r, err := backtest.Run(ctx, engine, log.Events, backtest.Options{
		Cutoffs: cutoffs, Horizon: c.horizon(), Calendar: calendar, UnitDays: c.UnitDays, Season: c.Season, Regular: c.Regular, Ingredients: c.Ingredients, Intervals: true,
		Progress: func(p backtest.Progress) {
			if p.Doing != backtest.Scoring {
				shown.Note(fmt.Sprintf("cutoff %d of %d: %s", p.Cutoff, p.Cutoffs, p.Doing))
				return
			}
			shown.Show(int64(p.Done), int64(p.Total), "customers")
		},
	})
	shown.End()
	if err != nil {
		return err
	}
	if err := writeTo(c.JSON, s, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	if c.HTML != "" { // the charts take long, so HTML comes after JSON
		title := fmt.Sprintf("Backtest of %s, %d days ahead", c.Format, c.HorizonDays)
		if err := writeTo(c.HTML, s, func(w io.Writer) error { return r.WriteHTML(w, title) }); err != nil {
			return fmt.Errorf("write HTML: %w", err)
		}
	}
	if c.JSON == "-" || c.HTML == "-" {
		return nil
	}
	return printBacktest(s.out, r)
}

func (c *backtestCommand) horizon() time.Duration {
	return time.Duration(c.HorizonDays) * 24 * time.Hour
}

// cutoffs returns the cutoffs of --cutoff in order. Without --cutoff it returns up to --cutoffs of them, as the log allows: the
// figures of a single cutoff vary too much.
func (c *backtestCommand) cutoffs(events []event.Event) ([]event.Instant, error) {
	first, last := event.Span(events)
	latest := last.Add(-c.horizon())
	var all []event.Instant
	for _, at := range c.Cutoff {
		if event.Instant(at) > latest {
			return nil, fmt.Errorf("--cutoff %s: the log ends at %s, and %d days after the cutoff are to be seen: the latest cutoff is %s, or a later one with fewer --horizon-days",
				event.Instant(at), last, c.HorizonDays, latest)
		}
		all = append(all, event.Instant(at))
	}
	if len(all) > 0 {
		slices.Sort(all)
		return slices.Compact(all), nil
	}
	for n := range c.Cutoffs {
		at := latest.Add(-time.Duration(n) * 28 * 24 * time.Hour)
		if _, err := learn.Cuts(first, at, c.horizon()); err != nil {
			if n == 0 {
				return nil, err
			}
			break
		}
		all = append([]event.Instant{at}, all...)
	}
	return all, nil
}

// printBacktest writes the result as tables.
func printBacktest(to io.Writer, r *backtest.Result) error {
	table := func(title, head string, row func(w io.Writer, c *backtest.Cutoff)) error {
		fmt.Fprintf(to, "%s\n", title)
		w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, head)
		for i := range r.Cutoffs {
			var line strings.Builder
			row(&line, &r.Cutoffs[i])
			fmt.Fprint(w, unknowns.Replace(line.String()))
		}
		fmt.Fprintln(w)
		return w.Flush()
	}
	scores := append([]string{backtest.Stack}, backtest.Rivals...)
	fmt.Fprintf(to, "Who left: no purchase within %g days. Models know nothing from after a cutoff.\n\n", r.HorizonDays)
	if r.TestAccounts > 0 {
		fmt.Fprintf(to, "Left out: %s, by the attribute test_account.\n\n", numbered(r.TestAccounts, "test account"))
	}
	err := errors.Join(
		table("Ranking: AUC, .5 is chance.", "cutoff\tcustomers\tleft\t"+strings.Join(scores, "\t")+"\t", func(w io.Writer, c *backtest.Cutoff) {
			fmt.Fprintf(w, "%s\t%d\t%.3f\t", c.Date, c.Customers, c.Rate)
			for _, name := range scores {
				fmt.Fprintf(w, "%.4f\t", c.AUC[name])
			}
			fmt.Fprintln(w)
		}),
		printDifferences(to, r), printIngredients(to, r),
		table("Probabilities: how far from what happened (by chance: a perfect model's 95 %), slope 1 is right; the base rate has moved where it says so.",
			"cutoff\tleft before\tleft\terror\tby chance\tof logit-rfm\tslope\tof logit-rfm\tBrier\tof logit-rfm\tlift, top 10 %\tmoved\t",
			func(w io.Writer, c *backtest.Cutoff) {
				own, rfm := c.Churn[backtest.Stack], c.Churn[backtest.LogitRFM]
				moved := ""
				if c.Drifted {
					moved = fmt.Sprintf("%+.3f", -own.Bias)
				}
				fmt.Fprintf(w, "%s\t%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%.2f\t%.2f\t%.4f\t%.4f\t%.2f\t%s\t\n", c.Date, c.TrainingRate, c.Rate,
					own.Error, own.ByChance, rfm.Error, own.Slope, rfm.Slope, own.Brier, rfm.Brier, own.Lift, moved)
			}),
		printTrials(to, r),
		printSeasons(to, r),
		printRegularities(to, r),
		table("Purchase days to come: deviance is Poisson's, less is better.",
			"cutoff\tcame\tMBG/NBD\tbias\tdeviance\tMAE\tx*h/T\tbias\tdeviance\tMAE\t", func(w io.Writer, c *backtest.Cutoff) {
				m, x := c.Counts[backtest.MBGNBD], c.Counts[backtest.Steady]
				fmt.Fprintf(w, "%s\t%.0f\t%.0f\t%+.1f %%\t%.3f\t%.3f\t%.0f\t%+.1f %%\t%.3f\t%.3f\t\n", c.Date, m.Actual,
					m.Forecast, 100*m.Bias, m.Deviance, m.MAE, x.Forecast, 100*x.Bias, x.Deviance, x.MAE)
			}),
		printSpend(to, r),
		printBands(to, r), printClasses(to, r), printCourse(to, r), printAlerts(to, r), printAims(to, r))
	for _, w := range r.Warned() {
		fmt.Fprintf(to, "%s: %s\n", w.At(), w.Text)
	}
	for _, f := range r.Failed {
		fmt.Fprintf(to, "%s: left out, for no forecast could be made: %s\n", f.Date, f.Why)
	}
	return err
}

// unknowns replaces the figures that the cases do not determine, such as the bias of a spend of which nothing came.
var unknowns = strings.NewReplacer("+NaN %", "–", "+NaN", "–", "NaN", "–")

// printDifferences writes how far the AUC of the stack is above the AUC of each rival.
func printDifferences(to io.Writer, r *backtest.Result) error {
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "The stack's AUC less that of\tmean\t95 % interval, by customer")
	line := func(name string, d backtest.Interval) {
		fmt.Fprintf(w, "%s\t%+.4f\t%+.4f to %+.4f\n", name, d.Value, d.Low, d.High)
	}
	for _, name := range backtest.Rivals {
		line(name, r.Difference[name])
	}
	line(backtest.LogitRFM+", of who bought within 91 days", r.AmongActive)
	fmt.Fprintln(w)
	return w.Flush()
}

// printClasses compares, at the last cutoff, forecast and actual purchase days by class: the number of earlier purchase days.
func printClasses(to io.Writer, r *backtest.Result) error {
	last := r.Cutoffs[len(r.Cutoffs)-1]
	fmt.Fprintf(to, "Purchase days to come per customer at %s, by purchase days after the first before it\n", last.Date)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "class\tcustomers\tcame\tstandard error\tMBG/NBD\twithin 15 % or two errors\t")
	for _, c := range last.Classes {
		class, holds := fmt.Sprint(c.Class), "no"
		if c.Class == backtest.LastClass {
			class += "+"
		}
		if c.Holds() {
			holds = "yes"
		}
		fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%s\t\n", class, c.Cases, c.Actual, c.StandardError, c.Forecast, holds)
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// coursePoints is the most points of a course that are printed.
const coursePoints = 7

// printCourse writes the purchase days after the last cutoff, added up over time, beside the forecasts.
func printCourse(to io.Writer, r *backtest.Result) error {
	last := r.Cutoffs[len(r.Cutoffs)-1]
	fmt.Fprintf(to, "Purchase days of all customers since %s, added up\n", last.Date)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "days\tcame\tMBG/NBD\toff\tx*h/T\toff\t")
	every := (len(last.Course) + coursePoints - 1) / coursePoints
	for i, p := range last.Course {
		if (len(last.Course)-1-i)%every == 0 {
			fmt.Fprintf(w, "%.0f\t%.0f\t%.0f\t%+.1f %%\t%.0f\t%+.1f %%\t\n", p.Days, p.Actual,
				p.Forecast, 100*(p.Forecast/p.Actual-1), p.Steady, 100*(p.Steady/p.Actual-1))
		}
	}
	fmt.Fprintln(w)
	return w.Flush()
}

// printAlerts writes how good the alerts were: all levels together at each cutoff, then each level over all cutoffs.
func printAlerts(to io.Writer, r *backtest.Result) error {
	fmt.Fprintf(to, "Alerts of the model fitted at each cutoff, at their own instants: true if no purchase came within %g days.\n", r.HorizonDays)
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "cutoff\tlevel\talerts\ttrue\tby value\tmatched\tlift\tover matched\trecall\tper 1,000\tof counted\tlead\tbefore 90\treturned\t")
	line := func(name string, x backtest.AlertLevel) {
		row := fmt.Sprintf("%s\t%s\t%d\t%.3f\t%.3f\t%.3f\t%.2f\t%+.3f to %+.3f\t%.3f\t%.1f\t%.1f\t%.0f\t%+.0f\t%.0f\t\n", name, x.Level, x.Alerts, x.Precision,
			x.ValuePrecision, x.Matched, x.Lift, x.Over.Low, x.Over.High, x.Recall, x.PerThousand, x.PerThousandCounted, x.Lead, x.BeforeRule, x.Returned)
		fmt.Fprint(w, unknowns.Replace(row))
	}
	for _, c := range r.Cutoffs {
		line(c.Date, c.Alerts.Levels[0])
	}
	for _, level := range r.Alerts.Levels {
		line("all", level)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(to, wrapped(strings.Join(backtest.AlertWords(r), "\n")+"\n"))
	return err
}
