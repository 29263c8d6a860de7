package learn

import (
	"context"
	"slices"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/judge"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// Decision is a churn stack that holds what pays, and why.
type Decision struct {
	Stack churn.Stack
	Fit   fit.Result[stat.Logistic]
	Trial Trial
}

// Trial is what a hold-out said of a stack and its ingredients. Gains are of log loss of P(no purchase within the horizon).
type Trial struct {
	// OutOfTime says that the stacks were fitted at earlier cuts. Else they were fitted to other customers at the same cuts, for the log
	// is too short.
	OutOfTime bool
	// Customers is the number of customers who judged; 0 where nobody could.
	Customers int
	// Ingredients are the ingredients that the shop has, in order, without the purchase model.
	Ingredients []Paid
	// Over is the gain of a stack of all ingredients that is drawn to the purchase model over one whose weights are drawn to 0 alike. The
	// stack is drawn to the purchase model where the hold-out is sure enough of the gain.
	Over judge.Gain
	// Whole is the gain of the stack, of the ingredients that stay, over the purchase model alone. Plain says that
	// the risk is that of the purchase model: out of time where the gain may well be chance, by customer where the stack is surely worse.
	Whole judge.Gain
	Plain bool
	// Unjudged are the ingredients that are left out though the customers differ in them: nobody who judged did.
	Unjudged []churn.Ingredient
}

// Paid is what an ingredient brought beside the others.
type Paid struct {
	Ingredient churn.Ingredient
	Gain       judge.Gain
	// LeftOut says that the ingredient costs more than it brings.
	LeftOut bool
}

// LeftOut are the ingredients that are left out: those that do not pay, and those that must pay and that nobody has judged.
func (t Trial) LeftOut() []churn.Ingredient {
	var out []churn.Ingredient
	for _, i := range churn.Ingredients() {
		k := slices.IndexFunc(t.Ingredients, func(p Paid) bool { return p.Ingredient == i })
		if k < 0 && mustPay(i) || k >= 0 && t.Ingredients[k].LeftOut {
			out = append(out, i)
		}
	}
	return out
}

// mustPay reports whether an ingredient stays only where a hold-out says that it pays, by one standard error. The others stay in doubt. With a
// weight for last year each look at a customer reads all orders once more, and the risk steps without an event. In a log of 18 months nobody has
// a last year at the earlier cuts, so no hold-out can tell.
func mustPay(i churn.Ingredient) bool { return i == churn.Anniversary }

// costs reports whether the ingredient is to be left out.
func (t *Trial) costs(p *Paid) bool {
	return t.worse(p.Gain) || mustPay(p.Ingredient) && !t.gains(p.Gain)
}

// gains reports whether the hold-out is sure enough of a gain, worse whether it is sure enough of a loss: by one standard error, or by two where
// customers judge at the cuts of the fit. Such customers share the time with the fit, so their standard error is blind to what time changes.
func (t *Trial) gains(g judge.Gain) bool {
	if t.OutOfTime {
		return g.Probable()
	}
	return g.Better()
}

func (t *Trial) worse(g judge.Gain) bool {
	if t.OutOfTime {
		return g.Worse()
	}
	return g.SurelyWorse()
}

// alone reports whether the purchase model is to be left alone. By customers that takes a sure loss: see Decide.
func (t *Trial) alone(whole judge.Gain) bool {
	if t.OutOfTime {
		return !whole.Probable()
	}
	return whole.SurelyWorse()
}

// Recipe is the recipe of the stack.
func (t Trial) Recipe() Recipe { return Recipe{Without: t.LeftOut(), Over: t.gains(t.Over)} }

// Decide fits a stack to blocks, as Stack does, by the recipe that pays on the shop's own data. A hold-out decides: on earlier cuts, or on
// parts of the customers where there are none.
//
// First it decides what the stack is drawn to. Then it leaves out one ingredient after the other, that which costs most, as long as one costs
// something by more than one standard error. An ingredient in doubt stays, for the ridge holds its weights near 0, and to leave one out that
// pays costs more than to keep one that does not: on CDNOW's sample the habit brings −.0001 ± .0004 by customers, and without it the AUC is .006
// lower in the quarter after. What is left must then beat the purchase model alone, by one standard error: the stack of a shop that needs none is
// near the purchase model, so to keep it costs little too.
//
// Parts of the customers change the recipe only where they are sure by two standard errors, and leave the purchase model alone only where the
// stack is surely worse. With one standard error, as out of time, young shops lost by it (mean AUC less that of logit-RFM):
//
//	                                                       one      two      all ingredients
//	apparel, seven cutoffs of its first year               -.0006   +.0095   +.0095
//	ten tenths of CDNOW, cutoffs 1997-06-24 and 07-22      -.0024            -.0007
//	ten fortieths of CDNOW, 1997-06-24, 07-22 and 08-19    -.0057   -.0002
//	CDNOW sample, 11 cutoffs from 1997-06-24               -.0023   -.0012
//
// Two standard errors cost calibration where a log is youngest: of the CDNOW sample at 1997-06-24, after 174 days, the ingredients silence and
// habit then stay, and the calibration slope is .76 rather than .91.
//
// Errors: those of Stack.
func Decide(ctx context.Context, blocks [][]Case, earlier Earlier, horizon time.Duration, unitDays float64) (Decision, error) {
	folds, err := earlier.outOfTime(ctx, horizon, unitDays)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Trial: Trial{OutOfTime: folds != nil}}
	if folds == nil {
		if folds, err = byCustomer(ctx, blocks, horizon, unitDays); err != nil {
			return Decision{}, err
		}
	}
	if err := d.Trial.try(ctx, folds); err != nil {
		return Decision{}, err
	}
	x, err := NewExamples(ctx, blocks, horizon, unitDays)
	if err != nil {
		return Decision{}, err
	}
	for _, i := range d.Trial.LeftOut() {
		if x.differ(i) && !slices.ContainsFunc(d.Trial.Ingredients, func(p Paid) bool { return p.Ingredient == i }) {
			d.Trial.Unjudged = append(d.Trial.Unjudged, i)
		}
	}
	d.Stack, d.Fit, err = x.Fit(ctx, d.Trial.Recipe())
	if d.Trial.Plain && err == nil && !d.Stack.Plain() {
		d.Stack, d.Fit = churn.Plain(), fit.Result[stat.Logistic]{Customers: d.Fit.Customers}
	}
	return d, err
}

// try decides what is left out.
func (t *Trial) try(ctx context.Context, folds []fold) error {
	if folds == nil {
		return nil
	}
	left, customers := outcomes(folds)
	if t.Customers = len(slices.Compact(slices.Sorted(slices.Values(customers)))); t.Customers < 2 {
		t.Customers = 0 // of one customer the standard error is not known, so nobody can judge
		return nil
	}
	gained := func(before, after []float64) judge.Gain { // all hold-outs are one set
		return judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: left, Customers: customers})
	}
	kept := owned(folds)
	for _, i := range kept {
		t.Ingredients = append(t.Ingredients, Paid{Ingredient: i})
	}
	whole, err := forecasts(ctx, folds, Recipe{})
	if err != nil {
		return err
	}
	over, err := forecasts(ctx, folds, Recipe{Over: true})
	if err != nil {
		return err
	}
	if t.Over = gained(whole, over); t.gains(t.Over) {
		whole = over
	}
	for {
		worst := -1
		var without []float64
		for i := range t.Ingredients {
			p := &t.Ingredients[i]
			if p.LeftOut {
				continue
			}
			by := t.Recipe()
			by.Without = append(by.Without, p.Ingredient)
			less, err := forecasts(ctx, folds, by)
			if err != nil {
				return err
			}
			if p.Gain = gained(less, whole); t.costs(p) && (worst < 0 || p.Gain.Value < t.Ingredients[worst].Gain.Value) {
				worst, without = i, less
			}
		}
		if worst < 0 {
			break
		}
		t.Ingredients[worst].LeftOut, whole = true, without
	}
	var alone []float64
	for _, f := range folds {
		alone = append(alone, f.judged.alone...)
	}
	t.Whole = gained(alone, whole)
	t.Plain = t.alone(t.Whole)
	return nil
}

// owned are the ingredients in which the customers of hold-outs differ, without the purchase model.
func owned(folds []fold) []churn.Ingredient {
	var out []churn.Ingredient
	for _, i := range churn.Ingredients()[1:] {
		if slices.ContainsFunc(folds, func(f fold) bool { return f.train.differ(i) }) {
			out = append(out, i)
		}
	}
	return out
}

// differ reports whether the examples differ in an ingredient.
func (x *Examples) differ(i churn.Ingredient) bool {
	return slices.ContainsFunc(i.Terms(), func(t churn.Term) bool {
		return slices.ContainsFunc(x.rows, func(r fit.Row) bool { return r.X[t] != x.rows[0].X[t] })
	})
}
