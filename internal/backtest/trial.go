package backtest

import (
	"context"

	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// Trial is what a hold-out before a cutoff said of the stack and its ingredients; see learn.Decide. Gains are of log loss.
type Trial struct {
	Customers int  `json:"customers"`
	OutOfTime bool `json:"out_of_time"`
	// Whole is the gain of the stack over the purchase model alone. Plain says that the purchase model was left alone.
	Whole Gain `json:"gain"`
	Plain bool `json:"purchase_model_alone"`
	// Over is the gain of a stack that is drawn to the purchase model over one whose weights are drawn to 0 alike.
	Over Gain `json:"over"`
	// Ingredients are those that the shop has.
	Ingredients []Ingredient `json:"ingredients,omitempty"`
}

// Gain is a mean gain of log loss with its standard error.
type Gain struct {
	Value         Number `json:"value"`
	StandardError Number `json:"standard_error"`
}

// Ingredient is what an ingredient brought beside the others, and whether it was left out.
type Ingredient struct {
	Name    string `json:"name"`
	Gain    Gain   `json:"gain"`
	LeftOut bool   `json:"left_out"`
}

func trialOf(t learn.Trial) Trial {
	gain := func(g judge.Gain) Gain { return Gain{Number(g.Value), Number(g.StandardError)} }
	out := Trial{Customers: t.Customers, OutOfTime: t.OutOfTime, Whole: gain(t.Whole), Plain: t.Plain, Over: gain(t.Over)}
	for _, p := range t.Ingredients {
		out.Ingredients = append(out.Ingredients, Ingredient{p.Ingredient.String(), gain(p.Gain), p.LeftOut})
	}
	return out
}

// decide fits the stack of the ingredients that paid before the cutoff.
func (f *forecasts) decide(ctx context.Context, e *score.Engine, l *whole, o Options) (churn.Stack, error) {
	earlier, err := learn.LookEarlier(ctx, e, l.events, l.first, f.at, o.Horizon)
	if err != nil {
		return churn.Stack{}, err
	}
	d, err := learn.Decide(ctx, f.blocks, earlier, o.Horizon, o.UnitDays)
	f.trial = d.Trial
	f.warn("churn", d.Fit.Warnings)
	return d.Stack, err
}
