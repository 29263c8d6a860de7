package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/lines"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/terminal"
)

// alertSettings say which alert lines a fit chooses.
type alertSettings struct {
	AlertsPer1000  float64 `name:"alerts-per-1000" help:"Choose alert lines that raise at most so many alerts a month per 1,000 customers, and then tell of the most who leave. 0 sets no limit." placeholder:"N"`
	AlertsTrue     float64 `help:"Choose alert lines of which at least this share is true, in (0, 1], and then tell of the most who leave. Without both: the truest lines with a recall of at least .25." placeholder:"SHARE"`
	KeepAlertLines bool    `help:"Keep the alert lines of the base."`
}

// check returns an error for settings that do not go together. live says that the fit reads the live histories.
func (a *alertSettings) check(live bool) error {
	chooses := a.AlertsPer1000 != 0 || a.AlertsTrue != 0
	switch {
	case !(a.AlertsPer1000 >= 0 && a.AlertsPer1000 <= 1e6):
		return fmt.Errorf("--alerts-per-1000 %v is not in 0..1e6", a.AlertsPer1000)
	case !(a.AlertsTrue >= 0 && a.AlertsTrue <= 1):
		return fmt.Errorf("--alerts-true %v is not in 0..1", a.AlertsTrue)
	case chooses && a.KeepAlertLines:
		return errors.New("--keep-alert-lines leaves nothing to choose: leave out --alerts-per-1000 and --alerts-true")
	case chooses && live:
		return errors.New("--alerts-per-1000 and --alerts-true need a log: the live histories do not show the alerts of the past")
	}
	return nil
}

func (a *alertSettings) wish() lines.Wish {
	return lines.Wish{PerThousand: a.AlertsPer1000, True: a.AlertsTrue}
}

// alertLines are the alert lines of a fit: chosen, or not and why.
type alertLines struct {
	chosen *lines.Chosen
	why    string
}

// choose chooses the alert lines of the model that was found, on the log that data comes from.
func (f *found) choose(ctx context.Context, s streams, a alertSettings, data *fitData) error {
	switch {
	case a.KeepAlertLines:
		f.alerts.why = "as --keep-alert-lines asks for"
		return nil
	case data.events == nil:
		f.alerts.why = "the live histories do not show the alerts of the past, a log does"
		return nil
	}
	const day = 24 * time.Hour
	shown := terminal.NewProgress(s.err, "fitting")
	chosen, err := lines.Choose(ctx, data.engine, data.events, lines.Options{
		Wish: a.wish(), AsOf: data.asOf, Horizon: data.horizon, Calendar: data.calendar, UnitDays: f.unitDays, BGNBD: f.kind == "bg-nbd",
		Stack: f.pastStack(), FitStack: f.stack != nil && !f.stack.Plain(), Recipe: f.trial.Recipe(), Lapse: time.Duration(data.lapse().Days) * day, Progress: shown.Note,
	})
	shown.End()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil: // the models are worth having without: the reason stands in the report
		f.alerts.why = strings.ReplaceAll(err.Error(), "\n", "; ")
	default:
		f.alerts.chosen = &chosen
	}
	return nil
}

// pastStack is the stack of the model that is written: nil if it is the base's.
func (f *found) pastStack() *churn.Stack {
	if f.unfit {
		plain := churn.Plain()
		return &plain
	}
	return f.stack
}

// file returns the lines in the form that a model file takes; nil where none were chosen.
func (a *alertLines) file(in event.Currency) *model.AlertLines {
	c := a.chosen
	if c == nil {
		return nil
	}
	out := &model.AlertLines{
		Levels: c.Levels, MinPurchaseDays: c.MinPurchaseDays, MinSilence: c.MinSilence, Wish: c.Wish.String(), Granted: c.Granted,
		Cutoffs: c.Cutoffs, Leavers: c.Leavers,
	}
	for i := range c.Figures {
		x := &c.Figures[i]
		out.Past[i] = model.AlertPast{
			Alerts: x.Alerts, Month: x.Month, PerThousand: x.PerThousand, True: x.True, Recall: x.Recall, Stake: major(x.Stake, in), Lead: x.Lead,
		}
	}
	return out
}

func major(minor float64, in event.Currency) float64 {
	digits, _ := in.Digits()
	return minor / math.Pow10(digits)
}

// print writes what lines were chosen, and the curve that they were chosen from.
func (a *alertLines) print(to io.Writer, in event.Currency) {
	c := a.chosen
	if c == nil {
		fmt.Fprintf(to, "alerts     the lines stay those of the base: %s\n", a.why)
		return
	}
	fmt.Fprintf(to, "alerts     lines for %s\n", c.Wish)
	fmt.Fprintf(to, "           chosen at %s, where %d customers left\n", strings.Join(c.Cutoffs, ", "), c.Leavers)
	if !c.Granted {
		fmt.Fprintf(to, "           no lines did that for certain; these come nearest\n")
		fmt.Fprintln(to, "           --alerts-true or --alerts-per-1000 asks for another point of the curve, --keep-alert-lines keeps the lines of the base")
	}
	if c.Kept {
		fmt.Fprintf(to, "           the lines of the base do that, and no others do it better for certain: they stay\n")
	}
	for _, failed := range c.Failed {
		fmt.Fprintf(to, "           %s left out, for no model could be fitted: %s\n", failed.Date, failed.Why)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "           level\tfloor\trise\tsilence\tpurchase days\ta month\tper 1,000\ttrue\trecall\tat stake\tlead\t")
	row := func(name string, l churn.Line, purchases int, silence time.Duration, x *lines.Figures) {
		fmt.Fprint(w, unknownShares.Replace(fmt.Sprintf("           %s\t%g\t%g\t%.0f\t%d\t%.1f\t%.1f\t%.2f\t%.2f\t%.2f\t%.0f\t\n", name, l.Floor, float64(l.Up)/1000,
			silence.Hours()/24, purchases, x.Month, x.PerThousand, x.True, x.Recall, major(x.Stake, in), x.Lead)))
	}
	for i := range c.Levels {
		row(score.Level(i+1).String(), c.Levels[i], c.MinPurchaseDays, c.MinSilence, &c.Figures[i])
	}
	for i := range c.Curve {
		p := &c.Curve[i]
		row("curve", p.Line, p.MinPurchaseDays, p.MinSilence, &p.Figures)
	}
	_ = w.Flush()
	const indent = "           "
	fmt.Fprintf(to, indent+"curve: WATCH at the truest lines for more and more recall; silence: days, at least\n"+alertLegend, indent, in)
}

// alertLegend explains the columns of the table of alert lines.
const alertLegend = `%[1]sfloor: risk below which no alert is raised, 0 to 1; rise: in log-odds, above what is normal for the customer
%[1]sa month, per 1,000: alerts a month, of the shop and of 1,000 customers
%[1]strue: share of the alerts after which nothing was bought within the horizon
%[1]srecall: share of those who had bought within the horizon before the date, and bought nothing within it after, that had an alert
%[1]sat stake: mean predicted value of a customer with an alert, in %[2]s; lead: days from a true alert to the lapse
`

// unknownShares replaces the shares of no case.
var unknownShares = strings.NewReplacer("NaN", "–")

// printLinesOf writes what a model file says that its alert lines did in the shop's past.
func printLinesOf(to io.Writer, raw []byte, m *score.Model) error {
	a, found, err := model.LinesOf(raw)
	if err != nil {
		return err
	}
	if !found {
		_, err := fmt.Fprintln(to, "lines   the file does not say what these lines did on the past of a shop; `tidemark fit` chooses lines on a log, `tidemark backtest --model` judges lines")
		return err
	}
	fmt.Fprintf(to, "lines   chosen for %s\n", a.Wish)
	fmt.Fprintf(to, "        chosen at %s, where %d customers left\n", strings.Join(a.Cutoffs, ", "), a.Leavers)
	if !a.Granted {
		fmt.Fprintln(to, "        no lines did that for certain; these came nearest")
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "        level\tfloor\trise\ta month\tper 1,000\ttrue\trecall\tat stake\tlead\t")
	for i := range a.Past {
		p := &a.Past[i]
		// The file holds both to four digits. Another rounding would differ from the report of the fit.
		stake, lead := strconv.FormatFloat(p.Stake, 'f', -1, 64), strconv.FormatFloat(p.Lead, 'f', -1, 64)
		fmt.Fprint(w, unknownShares.Replace(fmt.Sprintf("        %s\t%g\t%g\t%.1f\t%.1f\t%.2f\t%.2f\t%s\t%s\t\n",
			score.Level(i+1), a.Levels[i].Floor, float64(a.Levels[i].Up)/1000, p.Month, p.PerThousand, p.True, p.Recall, stake, lead)))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(to, alertLegend, "        ", m.Base)
	return err
}
