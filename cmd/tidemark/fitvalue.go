package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score/clv"
	"tidemark/internal/terminal"
)

// valueSettings say whether a fit learns value.
type valueSettings struct {
	ValueStack bool `help:"Also fit clv_learnt: two regressions of what customers bring within the horizon of the value. It becomes the predicted value of the scorecard where it was better on the last horizon."`
	ValueDays  int  `help:"Fit clv_learnt to what comes within so many days, 1 to 728, and make that the horizon of the value. Without it: the horizon of the base." placeholder:"DAYS"`
}

// maxValueDays is how far ahead customers can be watched; see panel.MaxWindow.
const maxValueDays = 728

// check returns an error for settings that do not go together. live says that the fit reads the live histories.
func (v *valueSettings) checkValue(live bool, kind string) error {
	switch {
	case v.ValueDays != 0 && !v.ValueStack:
		return errors.New("--value-days needs --value-stack: without it the horizon of the value stays that of the base")
	case v.ValueDays < 0 || v.ValueDays > maxValueDays:
		return fmt.Errorf("--value-days %d is not in 1..%d", v.ValueDays, maxValueDays)
	case v.ValueStack && live:
		return errors.New("--value-stack needs a log: the live histories do not show how customers stood two horizons ago")
	case v.ValueStack && kind != "mbg-nbd":
		return errors.New("--value-stack is fitted over mbg-nbd: over another purchase model its weights are wrong")
	}
	return nil
}

// learntValue is the learnt value of a fit: nil, or found, or not found and why.
type learntValue struct {
	found     *learn.Worth
	inherited bool // from a base with another purchase model, which was fitted to its own customers
	unfit     bool // the base's is over a purchase model of another kind: it is left out where none is found
	why       string
	days      int
}

// value fits the learnt value to the log that data comes from.
func (f *found) value(ctx context.Context, s streams, v valueSettings, data *fitData) error {
	f.learnt.unfit = data.valued && (f.kind != "mbg-nbd" || data.remixed())
	if !v.ValueStack {
		f.learnt.inherited = data.valued
		return nil
	}
	base := data.engine
	f.base = base.Model().Value
	m := f.base
	m.UnitDays = f.unitDays
	if v.ValueDays > 0 {
		m.HorizonDays = v.ValueDays
	}
	f.learnt.days = m.HorizonDays
	digits, _ := data.currency.Digits()
	shown := terminal.NewProgress(s.err, "fitting")
	shown.Note("value")
	found, err := learn.Learn(ctx, base, data.events, data.first, data.asOf, m, math.Pow10(digits))
	shown.End()
	if errors.Is(err, learn.ErrNoValue) {
		f.learnt.why = err.Error()
		return nil
	}
	if err != nil {
		return fmt.Errorf("fit the value stack: %w", err)
	}
	f.learnt.found = &found
	return nil
}

// file returns the learnt value in the form that a model file takes; nil keeps that of the base.
func (l *learntValue) file(version string) *model.LearntFit {
	if l.found == nil {
		return nil
	}
	whether, amount := fittedOf(l.found.Whether), fittedOf(l.found.Amount)
	out := &model.LearntFit{Value: l.found.Learnt, Whether: whether.goodness(), Amount: amount.goodness(), Because: l.found.Why}
	out.Value.Version = version
	return out
}

// print writes the two regressions, and what the hold-out says.
func (l *learntValue) print(to io.Writer) {
	switch {
	case l.unfit && l.found == nil:
		fmt.Fprintf(to, "value      clv_learnt is left out: that of the base goes by another purchase model; --value-stack fits one over this\n")
		return
	case l.why != "":
		fmt.Fprintf(to, "value      clv_learnt stays what it was in the base: %s\n", l.why)
		return
	case l.inherited:
		fmt.Fprintf(to, "value      clv_learnt stays that of the base, fitted to its customers; --value-stack fits it to these\n")
		return
	case l.found == nil:
		return
	}
	dates := make([]string, len(l.found.Cuts))
	for i, cut := range l.found.Cuts {
		dates[i] = cut.At.Time().Format(time.DateOnly)
	}
	fmt.Fprintf(to, "value      clv_learnt within %d days, two regressions on %d customers as they stood at %s; a weight of 0 is left out\n",
		l.days, l.found.Whether.Customers, strings.Join(dates, ", "))
	l.part(to, "whether", fittedOf(l.found.Whether))
	l.part(to, "amount", fittedOf(l.found.Amount))
	fmt.Fprintf(to, "           %s\n", l.found.Why)
}

func (l *learntValue) part(to io.Writer, name string, f fitted) {
	fmt.Fprintf(to, "           %s of %d, log-likelihood %.4f\n", name, f.customers, f.logLikelihood)
	for _, e := range f.estimates {
		if e.Value == 0 {
			continue
		}
		margin := "unknown"
		if !math.IsNaN(e.StandardError) {
			margin = fmt.Sprintf("%.4g", e.StandardError)
		}
		fmt.Fprintf(to, "           %-18s%-12.7g  standard error %s\n", e.Name, e.Value, margin)
	}
}

// doubts returns what is wrong with the fit, in words.
func (l *learntValue) doubts(base clv.Model) []string {
	var out []string
	if l.why != "" {
		out = append(out, "value: "+l.why)
	}
	if l.found != nil && l.days != base.HorizonDays {
		out = append(out, fmt.Sprintf("value: the horizon of the value is %d days, and was %d: the bounds of predicted_value in the scorecard are for %d days, set them anew",
			l.days, base.HorizonDays, base.HorizonDays))
	}
	return out
}
