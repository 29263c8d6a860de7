// Package learn fits what the churn risk is made of to what customers did: the purchase model, and the stack over it. All of it
// is out of time: what is known at a cut is held against what came after.
package learn

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/history"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// Case is a customer at a cut.
type Case struct {
	Customer string
	Pattern  clv.Pattern
	Traits   churn.Traits
	// Later is what was bought within the watch.
	Later history.Bought
}

// Left reports whether the customer bought nothing within the watch: what a churn risk is the probability of.
func (c *Case) Left() bool { return c.Later.Days == 0 }

// Look takes down the cases of a log at cuts.
func Look(ctx context.Context, e *score.Engine, events []event.Event, cuts []panel.Cut) ([][]Case, error) {
	p, err := panel.Look(ctx, e, events, cuts, func(r *panel.Row) Case {
		return Case{r.Customer, r.Pattern, e.Traits(&r.Facts, r.Pattern), r.Later}
	})
	return p.Rows, err
}

// Recall takes down the case of a customer at a cut from a history of the end of its watch; false where no purchase stood then. It
// is the log's, with two exceptions. An order that has been cancelled or placed again since the cut counts as it stands now. And what
// was said and looked at by the cut is forgotten, all or in part: the case has none of it. The watch is at most a year long: else the
// purchases of the year before the cut are not all remembered.
func Recall(e *score.Engine, customer string, h *history.Summary, cut panel.Cut) (Case, bool) {
	f := e.Facts(h, cut.At)
	if f.PurchaseDays == 0 {
		return Case{}, false
	}
	pattern := e.Pattern(&f, cut.At)
	traits := e.Traits(&f, pattern)
	traits.Mood, traits.Engagement, traits.Lately = churn.Mood{Refunded: traits.Refunded}, 0, 0
	return Case{customer, pattern, traits, h.Between(cut.At, cut.At.Add(cut.Watch))}, true
}

const (
	// blocks is how many cuts a stack is fitted to at most, apart how far they lie apart. More of them make a small shop's stack
	// steadier; the oldest say less of today.
	blocks = 3
	apart  = 28 * 24 * time.Hour
	// least is how much of a log must lie before a cut.
	least = 60 * 24 * time.Hour
)

// ErrShort is the error of a log that is too short to learn from.
var ErrShort = errors.New("the log is too short")

// Cuts are those to learn from at an instant, of a log that begins at first: the newest is the horizon back, so that its watch
// ends at that instant, and up to two more lie four weeks apart before it, each with at least sixty days of log before it.
func Cuts(first, until event.Instant, horizon time.Duration) ([]panel.Cut, error) {
	var cuts []panel.Cut
	for n := range blocks {
		at := until.Add(-horizon - time.Duration(n)*apart)
		if at < first.Add(least) {
			break
		}
		cuts = append(cuts, panel.Cut{At: at, Watch: horizon})
	}
	if cuts == nil {
		return nil, fmt.Errorf("%w: it begins at %s, and a churn stack at %s for %g days needs it from %s on",
			ErrShort, first, until, horizon.Hours()/24, until.Add(-horizon-least))
	}
	return cuts, nil
}

// Purchases fits MBG/NBD to cases, in a unit of so many days.
func Purchases(ctx context.Context, cases []Case, unitDays float64) (fit.Result[stat.MBGNBD], error) {
	rhythms := make([]stat.Rhythm, len(cases))
	for i, c := range cases {
		rhythms[i] = c.Pattern.Rhythm(unitDays)
	}
	return fit.MBGNBD(ctx, fit.Groups(rhythms), fit.Options{})
}

// Spending fits Gamma-Gamma to cases who bought again and paid for it.
func Spending(ctx context.Context, cases []Case) (fit.Result[stat.GammaGamma], error) {
	var spends []stat.Spend
	for _, c := range cases {
		if p := c.Pattern; p.SpendDays > 0 {
			spends = append(spends, p.Spends())
		}
	}
	return fit.GammaGamma(ctx, fit.Groups(spends), fit.Options{})
}

// NoPurchase is the risk of a case by a purchase model alone.
func NoPurchase(m stat.PurchaseModel, unitDays float64, c *Case, horizon time.Duration) churn.Risk {
	return clv.Model{Purchase: m, UnitDays: unitDays}.NoPurchase(c.Pattern, horizon.Hours()/24)
}
