package learn

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tidemark/internal/fit"
	"tidemark/internal/judge"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// Regularity says whether the mixture of regularities forecasts better than k = 1.
type Regularity struct {
	// Gain is the mean gain of log loss of P(no purchase within the horizon) out of time: both models were fitted to what was known at the
	// cut, and judged by what came after the cut.
	Gain judge.Gain
	// Judged is the number of customers that the gain is taken over. Unknown is the number of customers whose gaps the history does not know.
	Judged, Unknown int
	// Random says that the mixture of today's customers has weight for k = 1 alone, and so is none.
	Random bool
	// Fit is the mixture, fitted to today's customers. It is nil where the gain may be chance, where Unknown is more than a tenth of all, and
	// where Random is true.
	Fit *fit.Result[stat.Regular]
}

// mostUnknown is the share of customers with unknown gaps from which on no mixture is fitted: those whose gaps a former format has forgotten
// are the oldest customers, and the others do not stand for them.
const mostUnknown = .1

func (r Regularity) String() string {
	of := fmt.Sprintf("gain of log loss %.5f ± %.5f over %d customers", r.Gain.Value, r.Gain.StandardError, r.Judged)
	switch {
	case r.Fit != nil && r.Judged == 0:
		return fmt.Sprintf("regular customers: %s, as in the base", Shares(r.Fit.Model))
	case r.Fit != nil:
		return fmt.Sprintf("regular customers: %s: %s", Shares(r.Fit.Model), of)
	case r.Random:
		return "regular customers: k = 1 alone: the customers buy at random"
	case r.Judged == 0:
		return fmt.Sprintf("regular customers: k = 1 alone: the gaps of %d customers are not known until a rebuild", r.Unknown)
	}
	return "regular customers: k = 1 alone: " + of + " may be chance"
}

// Shares are the shares of customers by regularity, in words. Shares that would round to 0 are left out.
func Shares(m stat.Regular) string {
	var shares []string
	for i, share := range m.Weights {
		if share >= .0005 {
			shares = append(shares, fmt.Sprintf("%.1f %% with k = %d", 100*share, stat.Regularities[i]))
		}
	}
	return strings.Join(shares, ", ")
}

// Regular decides on the mixture by hold-out. cases are of a cut whose window is the horizon, customers are today's patterns. The unit of
// time is in days. The likelihood decides nothing: it is higher for any mixture. Errors: those of fit.Purchases.
func Regular(ctx context.Context, cases []Case, customers []clv.Pattern, unitDays float64, horizon time.Duration) (Regularity, error) {
	var r Regularity
	now, unknown := paced(customers, unitDays)
	then, forgotten := paced(Patterns(cases), unitDays)
	if r.Unknown = unknown; float64(max(unknown, forgotten)) > mostUnknown*float64(len(customers)) || len(then) == 0 {
		return r, nil
	}
	one, mixture, err := both(ctx, then)
	if err != nil {
		return r, err
	}
	var before, after []float64
	var left []bool
	for i := range cases {
		h, known := cases[i].Pattern.Paced(unitDays)
		if !known {
			continue
		}
		span := (horizon.Hours()/24 + cases[i].WindowShift) / unitDays
		before, after = append(before, one.NoPurchase(h.Rhythm, span)), append(after, mixture.Model.NoPurchase(h, span))
		left = append(left, cases[i].Left())
	}
	if r.Judged, r.Gain = len(left), judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: left}); !r.Gain.Better() {
		return r, nil
	}
	if _, mixture, err = both(ctx, now); err == nil {
		r.take(mixture)
	}
	return r, err
}

// take takes the mixture of today's customers.
func (r *Regularity) take(m fit.Result[stat.Regular]) {
	if r.Random = m.Model.Weights[0] == 1; !r.Random {
		r.Fit = &m
	}
}

// Buying is what Buy would fit to today's customers; nil without a mixture.
func (r *Regularity) Buying(unitDays float64) *Buying {
	if r.Fit == nil {
		return nil
	}
	b := buyingOf(r.Fit, unitDays)
	return &b
}

// Mixture fits the mixture to today's customers, without asking whether it forecasts better: that has been decided before. Fit is nil where the
// gaps of too many customers are unknown. Errors: those of fit.Purchases.
func Mixture(ctx context.Context, customers []clv.Pattern, unitDays float64) (Regularity, error) {
	var r Regularity
	known, unknown := paced(customers, unitDays)
	if r.Unknown = unknown; float64(unknown) > mostUnknown*float64(len(customers)) {
		return r, nil
	}
	_, mixture, err := both(ctx, known)
	if err == nil {
		r.take(mixture)
	}
	return r, err
}

// paced are the patterns of the customers whose gaps are known, and the number of the others.
func paced(patterns []clv.Pattern, unitDays float64) (known []stat.Paced, unknown int) {
	for _, p := range patterns {
		if h, ok := p.Paced(unitDays); ok {
			known = append(known, h)
		} else {
			unknown++
		}
	}
	return known, unknown
}

// both fits the model for k = 1 and the mixture.
func both(ctx context.Context, customers []stat.Paced) (stat.PurchaseModel, fit.Result[stat.Regular], error) {
	rhythms := make([]stat.Rhythm, len(customers))
	for i, h := range customers {
		rhythms[i] = h.Rhythm
	}
	one, err := fit.Purchases(ctx, fit.Groups(rhythms), false, fit.Options{})
	if err != nil {
		return nil, fit.Result[stat.Regular]{}, err
	}
	mixture, err := fit.Regular(ctx, fit.Groups(customers), one.Model, fit.Options{})
	return one.Model, mixture, err
}
