package judge_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/judge"
)

// cellsOf groups cases by their forecast's place between edges.
func cellsOf(forecasts []float64, happened []bool, place func(p float64) int) []judge.Cell {
	cells := map[int]judge.Cell{}
	var places []int
	for i, p := range forecasts {
		k := place(p)
		c, ok := cells[k]
		if !ok {
			places = append(places, k)
		}
		c.Cases++
		c.Forecast += p
		if happened[i] {
			c.Happened++
		}
		cells[k] = c
	}
	slices.Sort(places)
	var all []judge.Cell
	for _, k := range places {
		all = append(all, cells[k])
	}
	return all
}

// Where all cases of a cell have one forecast, nothing is lost.
func TestCellsOfEqualForecastsAreTheCases(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var forecasts []float64
		var happened []bool
		for range rapid.IntRange(0, 60).Draw(t, "cases") {
			forecasts = append(forecasts, float64(rapid.IntRange(1, 9).Draw(t, "tenths"))/10)
			happened = append(happened, rapid.Bool().Draw(t, "happened"))
		}
		cells := cellsOf(forecasts, happened, func(p float64) int { return int(math.Round(10 * p)) })
		set := judge.Set{Scores: forecasts, Happened: happened}
		got, _ := judge.CellsAUC(cells)
		want := judge.AUC(set)
		near(t, "AUC", got.Value, want.Value, 1e-12)
		if !math.IsNaN(want.StandardError) {
			near(t, "its standard error", got.StandardError, want.StandardError, 1e-12)
		}
		line, exact := judge.CellsLine(cells), judge.CalibrationLine(forecasts, happened)
		near(t, "slope", line.Slope.Value, exact.Slope.Value, 1e-6*(1+math.Abs(exact.Slope.Value)))
		near(t, "its standard error", line.Slope.StandardError, exact.Slope.StandardError, 1e-5*(1+exact.Slope.StandardError))
		if len(forecasts) > 0 {
			top, all := judge.CellsTop(cells, .1), judge.TopShare(forecasts, happened, nil, .1)
			near(t, "lift", top.Lift, all.Lift, 1e-12)
			near(t, "captured", top.Captured, all.Captured, 1e-12)
		}
	})
}

// Of cells a quarter of a unit of log-odds wide little is lost: 20,000 forecasts of a spread like that of churn risks.
func TestCellsOfLikeForecasts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 5))
	var forecasts []float64
	var happened []bool
	for range 20_000 {
		odds := .8 + 1.3*r.NormFloat64()
		forecasts = append(forecasts, 1/(1+math.Exp(-odds)))
		happened = append(happened, r.Float64() < 1/(1+math.Exp(.3-.7*odds)))
	}
	cells := cellsOf(forecasts, happened, func(p float64) int { return int(math.Floor(4 * math.Log(p/(1-p)))) })
	exact := judge.AUC(judge.Set{Scores: forecasts, Happened: happened})
	got, within := judge.CellsAUC(cells)
	near(t, "AUC", got.Value, exact.Value, .002)
	near(t, "AUC, by its own bound", got.Value, exact.Value, within)
	if within > .04 {
		t.Errorf("the AUC is known within %.4f, want at most .04", within)
	}
	line, all := judge.CellsLine(cells), judge.CalibrationLine(forecasts, happened)
	near(t, "slope", line.Slope.Value, all.Slope.Value, .005)
	near(t, "its standard error", line.Slope.StandardError, all.Slope.StandardError, .0005)
	near(t, "lift", judge.CellsTop(cells, .1).Lift, judge.TopShare(forecasts, happened, nil, .1).Lift, .01)
}

func TestCellsOfNothing(t *testing.T) {
	auc, within := judge.CellsAUC(nil)
	near(t, "AUC", auc.Value, nan, 0)
	near(t, "within", within, nan, 0)
	near(t, "slope", judge.CellsLine(nil).Slope.Value, nan, 0)
	one := []judge.Cell{{Cases: 5, Happened: 5, Forecast: 4}}
	auc, _ = judge.CellsAUC(one)
	near(t, "AUC where it happened to all", auc.Value, nan, 0)
	near(t, "slope where it happened to all", judge.CellsLine(one).Slope.Value, nan, 0)
}
