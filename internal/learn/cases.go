// Package learn fits the churn risk to what customers did: first the purchase model, then the churn stack over it. It learns
// out of time: what is known at a cut is compared with what came after the cut.
package learn

import (
	"context"
	"errors"
	"fmt"
	"slices"
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

// Case is what was known of a customer at a cut, and what came after.
type Case struct {
	Customer string
	Pattern  clv.Pattern
	Traits   churn.Traits
	Year     score.Year
	// Later is what the customer bought in the window, the time after the cut that counts.
	Later history.Bought
	// WindowShift is by how much longer the window is in seasonal days, in days; zero without a season.
	WindowShift float64
	// Mixed says that the engine's model has a mixture of regularities.
	Mixed bool
}

// Left reports whether the customer bought nothing in the window. A churn risk is the probability of this.
func (c *Case) Left() bool { return c.Later.Days == 0 }

// Look collects the cases of a log at cuts, without test accounts; see panel.Look, which counts them. It returns the error of ctx.
func Look(ctx context.Context, e *score.Engine, events []event.Event, cuts []panel.Cut) ([][]Case, error) {
	p, err := panel.Look(ctx, e, events, cuts, func(r *panel.Row) Case {
		traits := e.Traits(&r.Facts, r.Pattern)
		traits.LastYear = e.LastYear(&r.History, r.Cut.At, r.Cut.Window)
		return Case{r.Customer, r.Pattern, traits, e.Year(&r.Facts), r.Later, shiftOf(e, r.Cut), e.Mixed()}
	})
	return p.Rows, err
}

// Recall reconstructs the case of a customer at a cut from a history of the end of the window. It is false if no purchase stood
// at the cut, and for a test account. The case equals the case from the log, with two exceptions. An order that was cancelled or restated since the cut
// counts as it stands now. And the history forgets, in part or whole, the feedback and interactions from before the cut, so the
// case has none. The window must be at most a year long: for a longer one the history may lack purchases of the year before the
// cut, and of the same window last year (see history.Summary.LastYear).
func Recall(e *score.Engine, customer string, h *history.Summary, cut panel.Cut) (Case, bool) {
	f := e.Facts(h, cut.At)
	if f.PurchaseDays == 0 || f.TestAccount {
		return Case{}, false
	}
	pattern := e.Pattern(&f, cut.At)
	traits := e.Traits(&f, pattern)
	traits.Mood, traits.Engagement, traits.Lately = churn.Mood{Refunded: traits.Refunded}, 0, 0
	traits.LastYear = e.LastYear(h, cut.At, cut.Window)
	return Case{customer, pattern, traits, e.Year(&f), h.Between(cut.At, cut.At.Add(cut.Window)), shiftOf(e, cut), e.Mixed()}, true
}

func shiftOf(e *score.Engine, cut panel.Cut) float64 {
	days := cut.Window.Hours() / 24
	return e.Ahead(cut.At, days) - days
}

const (
	// blocks is the largest number of cuts that a stack is fitted to; apart is the time between two cuts. More cuts make the
	// stack of a small shop steadier. But the oldest cuts say less about today.
	blocks = 3
	apart  = 28 * 24 * time.Hour
	// least is the least length of the log before a cut.
	least = 60 * 24 * time.Hour
	year  = 365 * 24 * time.Hour
)

// ErrShort says that the log is too short to learn from.
var ErrShort = errors.New("the log is too short")

// Cuts returns the cuts to learn from at an instant, for a log that begins at first. The newest cut lies one horizon back, so
// that its window ends at the instant. Up to two more cuts lie four weeks apart before the newest. Each cut has at least sixty
// days of log before it. If there is no such cut, Cuts returns ErrShort.
func Cuts(first, until event.Instant, horizon time.Duration) ([]panel.Cut, error) {
	var cuts []panel.Cut
	for n := range blocks {
		at := until.Add(-horizon - time.Duration(n)*apart)
		if at < first.Add(least) {
			break
		}
		cuts = append(cuts, panel.Cut{At: at, Window: horizon})
	}
	if cuts == nil {
		return nil, fmt.Errorf("%w: it begins at %s, and who learns at %s what comes within %g days needs it from %s on",
			ErrShort, first, until, horizon.Hours()/24, until.Add(-horizon-least))
	}
	return cuts, nil
}

// SeasonalCuts returns Cuts, and up to three cuts more that lie one year, two years and three years before the instant. Their windows lie in
// the season that comes after the instant: what tells who leaves in December was to be seen in other Decembers. No two cuts lie nearer than four
// weeks: else a horizon of a year would count the newest twice. Where the horizon is longer than a year, no such window has ended. Errors: those
// of Cuts.
func SeasonalCuts(first, until event.Instant, horizon time.Duration) ([]panel.Cut, error) {
	cuts, err := Cuts(first, until, horizon)
	for n := 1; n <= blocks && horizon <= year && err == nil; n++ {
		at := until.Add(-time.Duration(n) * year)
		near := func(c panel.Cut) bool { return at.Sub(c.At).Abs() < apart } // of the newest cuts, where the horizon is nearly a year
		if at >= first.Add(least) && !slices.ContainsFunc(cuts, near) {
			cuts = append(cuts, panel.Cut{At: at, Window: horizon})
		}
	}
	return cuts, err
}

// CutsFor returns the cuts that suit an engine: SeasonalCuts where it has a season, else Cuts. Errors: those of Cuts.
func CutsFor(e *score.Engine, first, until event.Instant, horizon time.Duration) ([]panel.Cut, error) {
	if e.Model().Season != nil {
		return SeasonalCuts(first, until, horizon)
	}
	return Cuts(first, until, horizon)
}

// Purchases fits MBG/NBD to cases, or its limit where customers do not differ; see fit.Purchases. The unit of time is in days.
func Purchases(ctx context.Context, cases []Case, unitDays float64) (fit.Result[stat.PurchaseModel], error) {
	rhythms := make([]stat.Rhythm, len(cases))
	for i, c := range cases {
		rhythms[i] = c.Pattern.Rhythm(unitDays)
	}
	return fit.Purchases(ctx, fit.Groups(rhythms), false, fit.Options{})
}

// Patterns are the patterns of cases.
func Patterns(cases []Case) []clv.Pattern {
	patterns := make([]clv.Pattern, len(cases))
	for i := range cases {
		patterns[i] = cases[i].Pattern
	}
	return patterns
}

// NoPurchase is the probability that the customer of a case buys nothing within the horizon, which is the case's window, by a purchase model
// alone.
func NoPurchase(m stat.PurchaseModel, unitDays float64, c *Case, horizon time.Duration) churn.Risk {
	return clv.Model{Purchase: m, UnitDays: unitDays}.NoPurchase(c.Pattern, horizon.Hours()/24+c.WindowShift)
}

// average is NoPurchase over a horizon of average days. Without a season it is NoPurchase.
func average(m stat.PurchaseModel, unitDays float64, c *Case, horizon time.Duration) churn.Risk {
	return clv.Model{Purchase: m, UnitDays: unitDays}.NoPurchase(c.Pattern, horizon.Hours()/24)
}

// bare is the risk by a purchase model alone that labels go by: average, or under a mixture of regularities that the customer has left.
func bare(m stat.PurchaseModel, unitDays float64, c *Case, horizon time.Duration) churn.Risk {
	if c.Mixed {
		return 1 - m.Alive(c.Pattern.Rhythm(unitDays))
	}
	return average(m, unitDays, c, horizon)
}

// Risk is the probability that the customer of a case buys nothing within the horizon, which is the case's window, by a purchase model and
// the stack over it. Under a mixture of regularities the purchase model is that of the customer; see Buying.
func Risk(s *churn.Stack, m stat.PurchaseModel, unitDays float64, c *Case, horizon time.Duration) churn.Risk {
	return s.RiskAhead(c.Traits, bare(m, unitDays, c, horizon), average(m, unitDays, c, horizon), NoPurchase(m, unitDays, c, horizon))
}
