package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score/churn"
)

// decide fits the churn stack of what pays. Live histories show one cut and nothing before it, so nothing judges their stack.
func (d *fitData) decide(ctx context.Context, unitDays float64) (learn.Decision, error) {
	if !d.recalled {
		return learn.Decide(ctx, d.blocks, d.earlier, d.horizon, unitDays)
	}
	var without []churn.Ingredient
	if !d.lastYear { // whether it pays is decided on a log
		without = append(without, churn.Anniversary)
	}
	stack, r, err := learn.Stack(ctx, d.blocks, d.horizon, unitDays, without...)
	return learn.Decision{Stack: stack, Fit: r}, err
}

// printStack prints the churn stack, or why there is none.
func (f *found) printStack(b *strings.Builder) {
	dates := make([]string, len(f.blocks))
	for i, at := range f.blocks {
		dates[i] = at.Format(time.DateOnly)
	}
	stood := strings.Join(dates, ", ")
	switch {
	case f.stack != nil && f.stack.Plain() && f.trial.Plain:
		fmt.Fprintf(b, "churn      by the purchase model alone: a stack over it, of %d customers as they stood at %s, does not pay\n", f.stacked.customers, stood)
	case f.stack != nil && f.stack.Plain():
		fmt.Fprintf(b, "churn      by the purchase model alone: %d customers give no stack over it\n", f.stacked.customers)
	case f.stack != nil:
		fmt.Fprintf(b, "churn      logistic regression on %d customers as they stood at %s, log-likelihood %.4f\n",
			f.stacked.customers, stood, f.stacked.logLikelihood)
		f.stacked.print(b)
	case f.inherited && f.kind != "mbg-nbd":
		fmt.Fprintf(b, "churn      by the purchase model alone: the stack of the base is over mbg-nbd, and left out\n")
	case f.unfit:
		fmt.Fprintf(b, "churn      by the purchase model alone: the stack of the base goes by another risk, and is left out; --churn-stack fits one\n")
	case f.inherited:
		fmt.Fprintf(b, "churn      the stack stays that of the base, fitted to its customers; --churn-stack fits it to these\n")
	}
}

// printTrial prints what the hold-out said of the churn stack and its ingredients.
func (f *found) printTrial(b *strings.Builder) {
	t := f.trial
	if f.recalled && f.stack != nil {
		fmt.Fprintf(b, "pays       not known: the live histories show one cut and nothing before it; a log shows what pays\n")
	}
	if t.Customers == 0 {
		return
	}
	held := "judged at cuts after those that the stacks on trial were fitted at"
	if !t.OutOfTime {
		held = "a fifth held out at a time, for the log is too short to hold out a time"
	}
	fmt.Fprintf(b, "pays       gain of log loss, by %d customers, %s\n", t.Customers, held)
	fmt.Fprintf(b, "           %s\n", lossLegend)
	drawn := "so all weights are drawn to 0 alike"
	if t.Recipe().Over {
		drawn = "so it is"
	}
	fmt.Fprintf(b, "           %-16s  %+.5f  standard error %.5f: a stack drawn to the purchase model, %s\n", "drawn there", t.Over.Value, t.Over.StandardError, drawn)
	for _, p := range t.Ingredients {
		fmt.Fprintf(b, "           %-16s  %+.5f  standard error %.5f: %s\n", p.Ingredient, p.Gain.Value, p.Gain.StandardError, becomes(p))
	}
	for _, i := range t.Unjudged {
		fmt.Fprintf(b, "           %-16s  left out: the log before the cuts that judge is too short to show it\n", i)
	}
	whole := "the stack beats the purchase model alone"
	switch {
	case t.Plain && t.OutOfTime:
		whole = "may well be chance, so the purchase model stays alone"
	case t.Plain:
		whole = "the stack is surely worse, so the purchase model stays alone"
	case !t.Whole.Probable():
		whole = "in doubt, and the stack stays until the log is long enough to hold out a time"
	}
	fmt.Fprintf(b, "           %-16s  %+.5f  standard error %.5f: %s\n", "all that stays", t.Whole.Value, t.Whole.StandardError, whole)
}

// lossLegend explains log loss.
const lossLegend = "log loss: mean of −ln of the probability that was given to what then happened; its gain is how much smaller it becomes, and above 0 is better"

// becomes says in words what the fit does with an ingredient.
func becomes(p learn.Paid) string {
	switch {
	case p.LeftOut && !p.Gain.Worse():
		return "in doubt, and left out: it must pay"
	case p.LeftOut:
		return "costs more than it brings, and is left out"
	case p.Gain.Probable():
		return "pays"
	}
	return "in doubt, and stays"
}

// holdOut is the trial in the form that a model file takes; nil where nobody judged.
func (f *found) holdOut() *model.HoldOut {
	t := f.trial
	if t.Customers == 0 {
		return nil
	}
	of := func(g judge.Gain) model.Gain { return model.Gain{Mean: g.Value, StandardError: g.StandardError} }
	out := &model.HoldOut{OutOfTime: t.OutOfTime, Customers: t.Customers, Over: of(t.Over), OverTaken: t.Recipe().Over, Whole: of(t.Whole), Alone: t.Plain}
	for _, p := range t.Ingredients {
		out.Ingredients = append(out.Ingredients, model.IngredientGain{Name: p.Ingredient.String(), Gain: of(p.Gain), LeftOut: p.LeftOut})
	}
	return out
}
