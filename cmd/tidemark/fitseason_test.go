//go:build !race

// Fits and backtests check figures here. The race detector sees the same code in the tests of packages fit, learn, lines and backtest, and takes
// ten times as long.

package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/season"
)

// christmasLog writes a log of four years from 2018 on, of a shop that sells most in November and December.
func christmasLog(t *testing.T, customers int) string {
	t.Helper()
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[10], x[11] = 3000, 4000
	clock, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	const until = 4 * 365
	return logOf(t, customers, func(_ int, r *rand.Rand) []bought {
		born, usual := r.IntN(until*3/4), 5000*r.ExpFloat64()+1000
		var all []bought
		for time := 0.; ; time += 40 * r.ExpFloat64() {
			day := born + int(clock.Calendar(first2018+event.Day(born), time))
			if day >= until || r.Float64() < .06 {
				return all
			}
			all = append(all, bought{day, around(r, usual)})
		}
	})
}

// first2018 is 2018-01-01.
const first2018 = event.Day(17_532)

// `fit --season auto` finds the season of a shop, judges it by the last year, and writes it with a purchase model in its time. Later fits keep
// the season, or take it away.
func TestFitOfASeason(t *testing.T) {
	t.Parallel()
	log := christmasLog(t, 300)
	out := t.TempDir() + "/model.yaml"
	got := tidemark(t, "fit", log, "--format", "jsonl", "--season", "auto", "--churn-stack", "--out", out)
	got.says(t, 0, "season     of ", "the years before tell when customers bought in the last one", "busiest from ", "as they stood at 20")
	raw, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	m := parsed(t, string(raw))
	december, june := m.Season.Pace(first2018+350), m.Season.Pace(first2018+170)
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

// An autumn is no drift: forecasts of a model with the season hold from January to June and from July to December. Those of a model without it
// do not.
func TestASeasonIsNoDrift(t *testing.T) {
	t.Parallel()
	log := christmasLog(t, 600)
	for _, row := range []struct {
		season string
		drifts bool
	}{{"auto", false}, {"keep", true}} {
		fitted := file(t, must(t, "fit", log, "--format", "jsonl", "--season", row.season, "--as-of", "2021-01-01"))
		drifted := 0
		for _, until := range []string{"2021-06-30", "2021-12-31"} {
			var got summary
			judged := must(t, "replay", log, "--format", "jsonl", "--model", fitted, "--as-of", until, "--drift-settled", "300", "--drift-slope", "9", "--json")
			if err := json.Unmarshal([]byte(judged), &got); err != nil {
				t.Fatal(err)
			}
			q := got.Forecasts[0]
			t.Logf("--season %s, until %s: %d settled, %.3f forecast, %.3f gone: %q", row.season, until, q.Fair.Settled, *q.Fair.Forecast, *q.Fair.Gone, q.Drift)
			drifted += len(q.Drift)
		}
		if (drifted > 0) != row.drifts {
			t.Errorf("--season %s: drift is found %d times, want it found: %t", row.season, drifted, row.drifts)
		}
	}
}
