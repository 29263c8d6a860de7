package main

import (
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/season"
)

// `fit --season auto` finds the season of a shop, judges it by the last year, and writes it with a purchase model in its time. Later fits keep
// the season, or take it away.
func TestFitOfASeason(t *testing.T) {
	t.Parallel()
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[10], x[11] = 3000, 4000
	clock, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	const first, until = event.Day(17_532), 4 * 365 // from 2018-01-01 on
	log := logOf(t, 300, func(_ int, r *rand.Rand) []bought {
		born, usual := r.IntN(until*3/4), 5000*r.ExpFloat64()+1000
		var all []bought
		for time := 0.; ; time += 40 * r.ExpFloat64() {
			day := born + int(clock.Calendar(first+event.Day(born), time))
			if day >= until || r.Float64() < .06 {
				return all
			}
			all = append(all, bought{day, around(r, usual)})
		}
	})
	out := t.TempDir() + "/model.yaml"
	got := tidemark(t, "fit", log, "--format", "jsonl", "--season", "auto", "--churn-stack", "--out", out)
	got.says(t, 0, "season     of ", "the years before tell when customers bought in the last one", "busiest from ", "as they stood at 20")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, string(raw))
	december, june := m.Season.Pace(first+350), m.Season.Pace(first+170)
	if !(december > 2.5*june) {
		t.Errorf("a day of December counts as %.2f days, one of June as %.2f; want four times as much", december, june)
	}
	if kept := parsed(t, must(t, "fit", log, "--format", "jsonl", "--model", out)); !slices.Equal(kept.Season.Index(), m.Season.Index()) || kept.Value.Purchase != m.Value.Purchase {
		t.Errorf("a fit in the season of the base: %v with %+v, want %v with %+v", kept.Season.Index(), kept.Value.Purchase, m.Season.Index(), m.Value.Purchase)
	}
	plain := parsed(t, must(t, "fit", log, "--format", "jsonl", "--model", out, "--season", "never"))
	if plain.Season != nil || plain.Value.Purchase == m.Value.Purchase {
		t.Errorf("a fit without a season: %v, and %+v as in a season", plain.Season.Index(), plain.Value.Purchase)
	}
	young := tidemark(t, "fit", log, "--format", "jsonl", "--season", "auto", "--as-of", "2018-12-01", "--accept-degenerate")
	young.says(t, 0, "season     none: the log holds 3", "and a season needs a year")
	if strings.Contains(young.out, "\nseason:") {
		t.Error("the model of a young shop has a season")
	}
	tidemark(t, "fit", "--from-redis", "--season", "auto").says(t, 2, "--season is fitted to a log")
}
