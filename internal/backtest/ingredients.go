package backtest

import (
	"context"
	"fmt"
	"math"

	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// IngredientGain is what an ingredient of the stack adds to all the others: a whole stack, which leaves nothing out, against a stack that was
// fitted without the ingredient, to the same cases, and forecasts the same customers.
type IngredientGain struct {
	Name string `json:"name"`
	// Cutoffs is the number of cutoffs at which the whole stack gives the ingredient a weight. At the others it adds nothing.
	Cutoffs int `json:"cutoffs"`
	// AUC is the AUC of the whole stack less that of the stack without the ingredient, LogLoss the log loss of the stack without the
	// ingredient less that of the whole: the means over the cutoffs. Both are above 0 where the ingredient pays.
	AUC     Interval `json:"auc_gain"`
	LogLoss Interval `json:"log_loss_gain"`
}

// Verdict says in words whether the ingredient pays. The log loss decides: a risk is a probability, and the AUC does not see one that is
// too high for all.
func (g *IngredientGain) Verdict() string {
	switch {
	case g.Cutoffs == 0:
		return "not in this log"
	case g.LogLoss.Low > 0:
		return "pays"
	case g.LogLoss.High < 0:
		return "harms"
	}
	return "may be chance"
}

// without holds the risks of the whole stack, and those of stacks without one ingredient each, by the name of the ingredient. Where the whole stack gives an ingredient no
// weight, the stack without it is the whole stack, and its risks are not here. failed are the ingredients without which nothing could be fitted.
type without struct {
	whole  []float64
	risks  map[string][]float64
	failed map[string]bool
}

// ingredientNames are the names in the order in which they are shown. The purchase model is in every stack.
func ingredientNames() []string {
	var names []string
	for _, i := range churn.Ingredients() {
		if i != churn.PurchaseModel {
			names = append(names, i.String())
		}
	}
	return append(names, knowsSeason)
}

// leaveOut fits a stack without each of the ingredients to what was known at the cutoff, and forecasts the customers. A fit that fails is
// among the warnings. leaveOut returns the error of ctx.
func (f *forecasts) leaveOut(ctx context.Context, e *score.Engine, l *whole, o Options) (without, error) {
	w := without{risks: map[string][]float64{}, failed: map[string]bool{}}
	keep := func(name string, risks []float64, err error) {
		if w.risks[name] = risks; err != nil {
			delete(w.risks, name)
			w.failed[name] = true
			f.warnings = append(f.warnings, fmt.Sprintf("churn without %s: %s", name, err))
		}
	}
	by := learn.Recipe{Over: f.trial.Recipe().Over}
	examples, err := learn.NewExamples(ctx, f.blocks, o.Horizon, o.UnitDays)
	var stack churn.Stack
	if err == nil {
		stack, _, err = examples.Fit(ctx, by)
	}
	if err != nil { // without a whole stack nothing is judged here
		for _, name := range ingredientNames() {
			keep(name, nil, err)
		}
		return w, ctx.Err()
	}
	w.whole = risksOf(&stack, &f.bought, f.cases, o)
	for _, i := range churn.Ingredients() {
		if ctx.Err() != nil {
			return w, ctx.Err()
		}
		if i == churn.PurchaseModel || !stack.Weighs(i.Terms()...) {
			continue
		}
		o.tell("fitting without "+i.String(), 0)
		less, _, err := examples.Fit(ctx, learn.Recipe{Without: []churn.Ingredient{i}, Over: by.Over})
		keep(i.String(), risksOf(&less, &f.bought, f.cases, o), err)
	}
	if f.season != nil && ctx.Err() == nil {
		o.tell("fitting without season", 0)
		risks, err := f.withoutSeason(ctx, e, l, o)
		keep(knowsSeason, risks, err)
	}
	return w, ctx.Err()
}

func risksOf(s *churn.Stack, bought *learn.Buying, cases []learn.Case, o Options) []float64 {
	risks := make([]float64, len(cases))
	for i := range cases {
		risks[i] = learn.Risk(s, bought.Of(&cases[i]), o.UnitDays, &cases[i], o.Horizon)
	}
	return risks
}

// withoutSeason are the risks of the same customers if the days are counted on the calendar, and no cut is added for the season.
func (f *forecasts) withoutSeason(ctx context.Context, e *score.Engine, l *whole, o Options) ([]float64, error) {
	cuts, err := learn.Cuts(l.first, f.at, o.Horizon)
	if err != nil {
		return nil, err
	}
	rows, err := learn.Look(ctx, e.InSeason(nil).Mixing(f.bought.Regular), l.events, append(cuts, panel.Cut{At: f.at, Window: o.Horizon}))
	if err != nil {
		return nil, err
	}
	cases := rows[len(cuts)]
	examples, err := learn.NewExamples(ctx, rows[:len(cuts)], o.Horizon, o.UnitDays)
	if err != nil {
		return nil, err
	}
	stack, _, err := examples.Fit(ctx, learn.Recipe{Over: f.trial.Recipe().Over})
	if err != nil {
		return nil, err
	}
	bought, err := learn.Buy(ctx, cases, o.UnitDays)
	if err != nil {
		return nil, err
	}
	return risksOf(&stack, &bought, cases, o), nil
}

// leftOut collects the comparisons of all cutoffs.
type leftOut struct {
	sets    map[string][]judge.Set
	cutoffs map[string]int
}

// add takes in a cutoff.
func (a *leftOut) add(f *forecasts, w without) {
	if a.sets == nil {
		a.sets, a.cutoffs = map[string][]judge.Set{}, map[string]int{}
	}
	whole := f.set(Stack, func(*learn.Case) bool { return true })
	whole.Scores = w.whole
	for _, name := range ingredientNames() {
		if w.failed[name] {
			continue
		}
		s := whole
		s.Rival = w.whole
		if risks, ok := w.risks[name]; ok {
			s.Rival = risks
			a.cutoffs[name]++
		}
		a.sets[name] = append(a.sets[name], s)
	}
}

// gains are the gains of the ingredients, in the order in which they are shown.
func (a *leftOut) gains() []IngredientGain {
	var all []IngredientGain
	for _, name := range ingredientNames() {
		g := IngredientGain{Name: name, Cutoffs: a.cutoffs[name]}
		if g.Cutoffs > 0 {
			g.AUC, g.LogLoss = intervalOf(judge.AUCDifference(a.sets[name]...)), intervalOf(judge.Estimate(judge.LogLossGain(a.sets[name]...)))
		} else {
			none := Number(math.NaN())
			g.AUC, g.LogLoss = Interval{none, none, none}, Interval{none, none, none}
		}
		all = append(all, g)
	}
	return all
}

// IngredientWords say what the gains are.
const IngredientWords = "Each stack lacks one ingredient of a whole stack and is fitted anew; gain is what the whole stack does better, the mean over the cutoffs. " +
	"In the 95 % intervals a customer at several cutoffs counts as one case. The log loss decides whether an ingredient pays."

// gainTable shows the ingredients. Without them the section has no table.
func (r *Result) gainTable() section {
	s := section{ID: "ingredients", Title: "What each ingredient of the stack adds", Words: []string{IngredientWords}}
	t := table{
		Words: 1, Caption: "Gains of AUC (no unit) and of log loss (per customer); above 0 is good.",
		Head: []string{"ingredient", "at cutoffs", "gain of AUC", "from", "to", "gain of log loss", "from", "to", "verdict"},
	}
	for i := range r.Ingredients {
		g := &r.Ingredients[i]
		t.Rows = append(t.Rows, []string{
			g.Name, fmt.Sprintf("%d of %d", g.Cutoffs, len(r.Cutoffs)), signed(4, g.AUC.Value), signed(4, g.AUC.Low), signed(4, g.AUC.High),
			signed(5, g.LogLoss.Value), signed(5, g.LogLoss.Low), signed(5, g.LogLoss.High), g.Verdict(),
		})
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{t}
	}
	return s
}
