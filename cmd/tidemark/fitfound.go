package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// found is the result of a fit.
type found struct {
	kind            string
	base            clv.Model // the value of the base
	unitDays        float64
	purchase, spend fitted
	model           stat.PurchaseModel
	spending        stat.SpendModel // nil keeps the base's
	paid            stat.PaidShare
	stack           *churn.Stack // nil keeps the base's
	stacked         fitted
	trial           learn.Trial // of the stack; nobody judged it where it has no customers
	inherited       bool        // the stack was fitted over the base's purchase model, not over this one
	unfit           bool        // inherited, and over a purchase model of another kind: it is left out
	blocks          []time.Time // the cuts whose customers the stack is learnt from
	recalled        bool        // the stack is learnt from live histories, not from a log
	alerts          alertLines
	learnt          learntValue
	habits          *learn.Habits // nil keeps those of the base
	repeatBuyers    int
	repeats         int
}

// fitted is a fit.Result without the type of its model.
type fitted struct {
	estimates     []fit.Estimate
	logLikelihood float64
	customers     int
	warnings      []fit.Warning
}

func fittedOf[M any](r fit.Result[M]) fitted {
	return fitted{r.Estimates, r.LogLikelihood, r.Customers, r.Warnings}
}

// degenerate returns the warnings that make a model worthless. A spend model whose p goes to infinity is not degenerate: it is the
// model of fixed prices.
func (f *found) degenerate() []string {
	var out []string
	for _, w := range f.purchase.warnings {
		switch w.(type) {
		case fit.NobodyLeaves, fit.AtBoundary, fit.NotConverged, fit.NotPositiveDefinite:
			out = append(out, "purchase: "+w.String())
		case fit.LeavingUncertain, fit.InfiniteMean, fit.Constant, fit.Separated, fit.Collapsed, fit.ConstantSpend, fit.NoStack:
		}
	}
	for _, w := range f.spend.warnings {
		switch w.(type) {
		case fit.InfiniteMean, fit.NotConverged:
			out = append(out, "spend: "+w.String())
		case fit.NobodyLeaves, fit.LeavingUncertain, fit.AtBoundary, fit.NotPositiveDefinite, fit.Constant, fit.Separated, fit.Collapsed, fit.ConstantSpend, fit.NoStack:
		}
	}
	return out
}

// warnings returns the warnings of all models, in words.
func (f *found) warnings() []string {
	var out []string
	for _, w := range f.purchase.warnings {
		if fit.IsLimit(w) {
			continue
		}
		text := "purchase: " + w.String()
		if _, uncertain := w.(fit.LeavingUncertain); uncertain {
			text += "; silence then says little, and churn risks differ little"
		}
		out = append(out, text)
	}
	for _, w := range f.spend.warnings {
		if !fit.IsLimit(w) {
			out = append(out, "spend: "+w.String())
		}
	}
	for _, w := range f.stacked.warnings {
		if _, constant := w.(fit.Constant); !constant {
			out = append(out, "churn: "+w.String())
		}
	}
	if silent := f.stacked.constants(); silent != nil {
		out = append(out, "churn: there is nothing to be learnt of "+strings.Join(silent, ", "))
	}
	if f.recalled {
		out = append(out, "churn: the histories have forgotten what had been said and looked at by then, and know orders as they stand now: a log tells more")
	}
	out = append(out, f.learnt.doubts(f.base)...)
	if f.spending == nil {
		out = append(out, "spend: nobody who bought again paid for it; the parameters are those of the base")
	}
	return out
}

// learn fits the churn stack if data has blocks to learn from.
func (f *found) learn(ctx context.Context, data *fitData) error {
	if data.blocks == nil {
		f.inherited = data.stacked
		f.unfit = f.inherited && (f.kind != "mbg-nbd" || data.remixed())
		return nil
	}
	d, err := data.decide(ctx, f.unitDays)
	if err != nil {
		return err
	}
	f.stack, f.stacked, f.trial, f.recalled = &d.Stack, fittedOf(d.Fit), d.Trial, data.recalled
	for _, cut := range data.cuts {
		f.blocks = append(f.blocks, cut.At.Time())
	}
	return nil
}

// file returns f in the form that a model file takes.
func (f *found) file(version string, data *fitData) model.Fit {
	stack := f.stack
	if f.unfit {
		plain := churn.Plain()
		stack = &plain
	}
	notes := f.notes()
	if data.horizonWhy != "" {
		notes = append(notes, "churn: "+data.horizonWhy)
	}
	return model.Fit{
		Version: version, Purchase: f.model, UnitDays: f.unitDays, Buying: f.purchase.goodness(),
		Spend: f.spending, Paid: &f.paid, Spending: f.spend.goodness(), From: data.first, To: data.asOf, Currency: data.currency,
		RepeatBuyers: f.repeatBuyers, Notes: notes, Warnings: f.warnings(), Stack: stack, Stacking: f.stacked.goodness(), HoldOut: f.holdOut(),
		HorizonDays: data.horizonDays, Lapse: data.lapse(), SecondOrder: data.secondOrder(), Season: data.index(), Regular: data.weights(), Alerts: f.alerts.file(data.currency),
		Learnt: f.learnt.file(version), WithoutLearnt: f.learnt.unfit && f.learnt.found == nil, Methods: f.methods(data),
	}
}

func (f *fitted) goodness() model.Goodness {
	g := model.Goodness{Customers: f.customers, LogLikelihood: f.logLikelihood, StandardErrors: map[string]float64{}}
	for _, e := range f.estimates {
		g.StandardErrors[e.Name] = e.StandardError
	}
	return g
}

// print writes the result as a table.
func (f *found) print(w io.Writer, data *fitData, took time.Duration) {
	var b strings.Builder
	fmt.Fprintf(&b, "data       %s to %s: %d customers, %d of them bought again, on %d days\n",
		data.calendar.Day(data.first), data.asOf, len(data.customers), f.repeatBuyers, f.repeats)
	if data.testAccounts > 0 {
		fmt.Fprintf(&b, "left out   %s, by the attribute test_account\n", numbered(data.testAccounts, "test account"))
	}
	fmt.Fprintf(&b, "purchases  %s in units of %g days, log-likelihood %.4f\n", f.kind, f.unitDays, f.purchase.logLikelihood)
	f.purchase.print(&b)
	data.printLines(&b)
	data.printSeason(&b)
	data.printRegular(&b)
	f.printSpend(&b, data.currency)
	f.printStack(&b)
	f.printTrial(&b)
	f.learnt.print(&b)
	f.printMethods(&b, data)
	f.alerts.print(&b, data.currency)
	for _, text := range f.notes() {
		fmt.Fprintf(&b, "note       %s\n", text)
	}
	for _, text := range f.warnings() {
		fmt.Fprintf(&b, "warning    %s\n", text)
	}
	fmt.Fprintf(&b, "took       %.1f s\n", took.Seconds())
	_, _ = io.WriteString(w, b.String())
}

// constants returns the names of the features that do not vary, so that the regression learns nothing about them.
func (f *fitted) constants() (names []string) {
	for _, w := range f.warnings {
		if c, constant := w.(fit.Constant); constant {
			names = append(names, c.Name)
		}
	}
	return names
}

func (f *fitted) print(b *strings.Builder) {
	constants := f.constants()
	for _, e := range f.estimates {
		if slices.Contains(constants, e.Name) {
			continue
		}
		margin := fmt.Sprintf("%.4g", e.StandardError)
		if e.StandardError != e.StandardError { // NaN
			margin = "unknown"
			if e.Value == 0 {
				margin = "none: it may not be less"
			}
		}
		fmt.Fprintf(b, "           %-16s  %-12.7g  standard error %s\n", e.Name, e.Value, margin)
	}
}
