package learn_test

import (
	"errors"
	"math"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/learn"
	"tidemark/internal/panel"
	"tidemark/internal/score/churn"
	"tidemark/internal/season"
	"tidemark/internal/stat"
)

func TestSeasonalCuts(t *testing.T) {
	const aDay = 24 * time.Hour
	first := event.InstantOf(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC))
	for _, row := range []struct {
		why            string
		until, horizon int   // days: the end of the log after the first event, the length of the windows
		want           []int // the cuts, in days after the first event
	}{
		{"a year is not known", 400, 90, []int{310, 282, 254}},
		{"sixty days of log before the window of last year", 425, 90, []int{335, 307, 279, 60}},
		{"three years at most", 3000, 90, []int{2910, 2882, 2854, 2635, 2270, 1905}},
		{"a window of a year", 800, 365, []int{435, 407, 379, 70}},
		{"windows of last year are not over", 1200, 366, []int{834, 806, 778}},
	} {
		until, horizon := first.Add(time.Duration(row.until)*aDay), time.Duration(row.horizon)*aDay
		cuts, err := learn.SeasonalCuts(first, until, horizon)
		var got []int
		for _, c := range cuts {
			if got = append(got, int(c.At.Sub(first)/aDay)); c.Window != horizon || c.At.Add(c.Window) > until {
				t.Errorf("%s: a window of %v from day %d on, want %v that end by day %d", row.why, c.Window, got[len(got)-1], horizon, row.until)
			}
		}
		if err != nil || !slices.Equal(got, row.want) {
			t.Errorf("%s: got %v, %v, want %v", row.why, got, err, row.want)
		}
	}
	if _, err := learn.SeasonalCuts(first, first.Add(90*aDay), 90*aDay); !errors.Is(err, learn.ErrShort) {
		t.Errorf("of a log of 90 days: got %v, want ErrShort", err)
	}
}

// A case knows its window by the season. The risk over the window differs from that over average days as the purchase model's do.
func TestCasesInASeason(t *testing.T) {
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[11], x[0] = 4000, 200
	clock, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	const horizon = 90 * 24 * time.Hour
	e, events := engine(t), outspoken(60)
	cut := []panel.Cut{{At: 18_628 * day, Window: horizon}} // 2021-01-01: a slow season begins
	plain, err := learn.Look(t.Context(), e, events, cut)
	if err != nil {
		t.Fatal(err)
	}
	seasonal, err := learn.Look(t.Context(), e.InSeason(clock), events, cut)
	if err != nil {
		t.Fatal(err)
	}
	m := stat.MBGNBD{R: 1, Alpha: 30, A: .5, B: 2}
	stack := churn.Plain()
	stack.Intercept, stack.Weights[churn.Base] = .3, .5
	if len(seasonal[0]) < 30 || len(seasonal[0]) != len(plain[0]) {
		t.Fatalf("%d cases in a season, %d without: want the same 30 at least", len(seasonal[0]), len(plain[0]))
	}
	for i := range seasonal[0] {
		c, without := &seasonal[0][i], &plain[0][i]
		if without.WindowShift != 0 || without.Pattern.AgeShift != 0 || without.Pattern.LastShift != 0 {
			t.Fatalf("without a season: %+v", without)
		}
		if got, want := learn.Risk(&stack, m, 1, without, horizon), stack.Risk(without.Traits, learn.NoPurchase(m, 1, without, horizon)); got != want {
			t.Fatalf("without a season: a risk of %v, want %v", got, want)
		}
		if c.WindowShift > -20 {
			t.Fatalf("90 days from January on are %v seasonal days longer than 90, want them 20 shorter at least", c.WindowShift)
		}
		average := *c
		average.WindowShift = 0
		ahead, usual := learn.NoPurchase(m, 1, c, horizon), learn.NoPurchase(m, 1, &average, horizon)
		got, label := learn.Risk(&stack, m, 1, c, horizon), stack.Risk(c.Traits, usual)
		if moved, want := logOdds(got)-logOdds(label), logOdds(ahead)-logOdds(usual); !(got > label) || math.Abs(moved-want) > 1e-9 {
			t.Fatalf("a slow season moves the log-odds by %v, want the %v of the purchase model", moved, want)
		}
	}
}

func logOdds(p float64) float64 { return math.Log(p / (1 - p)) }
