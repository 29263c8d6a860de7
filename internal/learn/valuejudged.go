package learn

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/judge"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// Worth is a learnt value, and how good such a value was on the past.
type Worth struct {
	Valued
	// Cuts are the cuts that the value is learnt from.
	Cuts []panel.Cut
	// Gain is by how much a value that was learnt a horizon earlier told better than MBG × Gamma-Gamma what came within the last horizon; nil where
	// the log is too short to tell, or nothing was to be learnt then.
	Gain *judge.AmountGain
	// Why says in words what Gain says, or why there is none.
	Why string
}

// Learn fits a learnt value to a log up to an instant, and judges it out of time: what is learnt a horizon earlier is held against the last
// horizon. Where it was better by the log loss of whether a customer brings money, by the RMSE and by the rank (Gini), each by more than
// chance, the value leads. base gives horizon, discount and unit of time.
//
//	    learnt from here      judged here: Gain
//	├───── horizon ─────┼───── horizon ─────┤ until
//	                         learnt from here: Learnt
//
// Errors: ErrShort, those of Value, and the error of ctx.
func Learn(ctx context.Context, e *score.Engine, events []event.Event, first, until event.Instant, base clv.Model, scale float64) (Worth, error) {
	horizon := time.Duration(base.HorizonDays) * 24 * time.Hour
	cuts, err := Cuts(first, until, horizon)
	if err != nil {
		return Worth{}, err
	}
	earlier, tooShort := earlierCuts(first, until.Add(-horizon), horizon)
	rows, err := Look(ctx, e, events, append(append([]panel.Cut{}, cuts...), earlier...))
	if err != nil {
		return Worth{}, err
	}
	v, err := Value(ctx, rows[:len(cuts)], base, scale)
	if err != nil {
		return Worth{}, err
	}
	w := Worth{Valued: v, Cuts: cuts}
	if tooShort {
		w.Why = fmt.Sprintf("whether it is better cannot be told: that takes two horizons of %d days, and %g days of log before; the predicted value stays that of the models",
			base.HorizonDays, least.Hours()/24)
		return w, nil
	}
	past, err := Value(ctx, rows[len(cuts):], base, scale)
	if errors.Is(err, ErrNoValue) {
		w.Why = "whether it is better cannot be told: a horizon earlier nothing was to be learnt; the predicted value stays that of the models"
		return w, nil
	}
	if err != nil {
		return Worth{}, err
	}
	gain, err := gained(ctx, &past.Learnt, rows[0], base, scale)
	if err != nil {
		return Worth{}, err
	}
	w.Gain, w.Learnt.Leads = &gain, gain.Better()
	w.Why = gainWords(&gain, cuts[0].At)
	return w, nil
}

// earlierCuts are the cuts to learn from at an instant; true where the log is too short for one.
func earlierCuts(first, until event.Instant, horizon time.Duration) ([]panel.Cut, bool) {
	cuts, err := Cuts(first, until, horizon)
	return cuts, err != nil
}

// gained compares a learnt value with the models that are fitted to what was known at the cut of cases.
func gained(ctx context.Context, l *clv.Learnt, cases []Case, base clv.Model, scale float64) (judge.AmountGain, error) {
	m, err := ForecastOf(ctx, cases, base)
	if err != nil {
		return judge.AmountGain{}, err
	}
	var models, learnt judge.Amounts
	var came []float64
	for i := range cases {
		c := &cases[i]
		p, spend := modelsValue(&m, c)
		models.Probability, models.Expected = append(models.Probability, p), append(models.Expected, spend)
		v := LearntValue(l, &m, c)
		learnt.Probability, learnt.Expected = append(learnt.Probability, v.Probability), append(learnt.Expected, v.Spend())
		came = append(came, Brought(c, scale))
	}
	random := rand.New(rand.NewPCG(1, 1))
	return judge.GainedAmounts(models, learnt, came, random.Float64), ctx.Err()
}

// modelsValue is the probability of a purchase within the window of a case, and the expected spend, by the models alone.
func modelsValue(m *clv.Model, c *Case) (buys, spend float64) {
	days := float64(m.HorizonDays) + c.WindowShift
	return 1 - m.NoPurchase(c.Pattern, days), m.ExpectedWithin(c.Pattern, days) * m.SpendPerDay(c.Pattern)
}

// LearntValue is the learnt value of a case within its window, under the models that were known at its cut.
func LearntValue(l *clv.Learnt, m *clv.Model, c *Case) clv.Value {
	var ahead clv.Shift
	if c.WindowShift != 0 {
		ahead.Odds, ahead.Amount = windowShift(m, c)
	}
	return l.Within(TermsOf(m, c), ahead)
}

// gainWords says in words how good a learnt value was.
func gainWords(g *judge.AmountGain, at event.Instant) string {
	verdict := "it was not better in all three by more than chance, so the predicted value stays that of the models"
	if g.Better() {
		verdict = "it was better in all three, and becomes the predicted value"
	}
	return fmt.Sprintf("of %d customers at %s, against MBG × Gamma-Gamma: log loss %.4f for %.4f (gain %+.4f to %+.4f), RMSE %.2f for %.2f (%+.2f to %+.2f), Gini %.3f for %.3f (%+.3f to %+.3f): %s",
		g.Cases, at.Time().Format(time.DateOnly), g.After.LogLoss, g.Before.LogLoss, g.Low.LogLoss, g.High.LogLoss,
		g.After.RMSE, g.Before.RMSE, g.Low.RMSE, g.High.RMSE, g.After.Gini, g.Before.Gini, g.Low.Gini, g.High.Gini, verdict)
}
