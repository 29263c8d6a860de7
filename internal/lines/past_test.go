package lines

import (
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/season"
)

// In a shop with a season the stack of a cutoff is learnt as that of the fit is: also from the same season of the years before.
func TestPastStacksKnowTheSeason(t *testing.T) {
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[11], x[1] = 1500, 500
	clock, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	var events []event.Event
	for _, life := range yearlyLives() {
		events = append(events, life...)
	}
	l := &past{events, event.Lives(slices.Clone(events)), on(0)}
	e := engineOf(t, func(m *score.Model) { m.Season = clock })
	plain := churn.Plain()
	o := Options{AsOf: on(900), Horizon: 91 * day, UnitDays: 7, FitStack: true, Stack: &plain}
	m, err := pastModel(t.Context(), e, l, on(800), &o)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		why    string
		cutsOf func(first, until event.Instant, horizon time.Duration) ([]panel.Cut, error)
		same   bool
	}{
		{"of the last months alone", learn.Cuts, false},
		{"of the season of other years too", learn.SeasonalCuts, true},
	} {
		cuts, err := row.cutsOf(l.first, on(800), o.Horizon)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := learn.Look(t.Context(), e, events, cuts)
		if err != nil {
			t.Fatal(err)
		}
		examples, err := learn.NewExamples(t.Context(), rows, o.Horizon, o.UnitDays)
		if err != nil {
			t.Fatal(err)
		}
		stack, _, err := examples.Fit(t.Context(), o.Recipe)
		if err != nil || (stack == m.Stack) != row.same {
			t.Errorf("%s: the same stack %v (%v), want %v", row.why, stack == m.Stack, err, row.same)
		}
	}
}
