package judge_test

import (
	"math"
	"testing"

	"tidemark/internal/judge"
)

func TestCounts(t *testing.T) {
	for _, c := range []struct {
		name             string
		forecast, actual []float64
		want             judge.Accuracy
	}{
		{
			"by hand",
			[]float64{1, 2, 3},
			[]float64{0, 2, 6},
			judge.Accuracy{
				Cases: 3, Actual: 8, Forecast: 6, Bias: -.25, Deviance: (2 + 2*(6*math.Ln2-3)) / 3, MAE: 4. / 3, RMSE: math.Sqrt(10. / 3),
				MSLE: (math.Ln2*math.Ln2 + math.Pow(math.Log(7./4), 2)) / 3, Correlation: 6 / math.Sqrt(2*(64./9+4./9+100./9)),
			},
		},
		{
			"nothing forecast, something came",
			[]float64{0, 1},
			[]float64{1, 1},
			judge.Accuracy{Cases: 2, Actual: 2, Forecast: 1, Bias: -.5, Deviance: math.Log(1e6) - 1 + 1e-6, MAE: .5, RMSE: math.Sqrt(.5), MSLE: math.Ln2 * math.Ln2 / 2, Correlation: nan},
		},
		{
			"nothing forecast, nothing came",
			[]float64{0, 0},
			[]float64{0, 0},
			judge.Accuracy{Cases: 2, Bias: nan, Deviance: 2e-6, Correlation: nan},
		},
		{
			"amounts may be below nothing",
			[]float64{10, 20},
			[]float64{-.5, 20},
			judge.Accuracy{Cases: 2, Actual: 19.5, Forecast: 30, Bias: 30/19.5 - 1, Deviance: nan, MAE: 5.25, RMSE: 10.5 / math.Sqrt2, MSLE: math.Pow(math.Log(22), 2) / 2, Correlation: 1},
		},
		{"nobody", nil, nil, judge.Accuracy{Bias: nan, Deviance: nan, MAE: nan, RMSE: nan, MSLE: nan, Correlation: nan}},
	} {
		got := judge.Counts(c.forecast, c.actual)
		for _, m := range []struct {
			name      string
			got, want float64
		}{
			{"cases", float64(got.Cases), float64(c.want.Cases)},
			{"actual", got.Actual, c.want.Actual},
			{"forecast", got.Forecast, c.want.Forecast},
			{"bias", got.Bias, c.want.Bias},
			{"deviance", got.Deviance, c.want.Deviance},
			{"MAE", got.MAE, c.want.MAE},
			{"RMSE", got.RMSE, c.want.RMSE},
			{"MSLE", got.MSLE, c.want.MSLE},
			{"correlation", got.Correlation, c.want.Correlation},
		} {
			near(t, c.name+": "+m.name, m.got, m.want, 1e-14)
		}
	}
}

func TestByClass(t *testing.T) {
	forecast := []float64{.1, 1, .2, 5, .3, 2}
	actual := []float64{0, 1, 0, 9, 3, 3}
	got := judge.ByClass(forecast, actual, []int{0, 1, 0, 7, 0, 1})
	want := []judge.Class{
		{Class: 0, Cases: 3, Actual: 1, Forecast: .2, StandardError: 1},
		{Class: 1, Cases: 2, Actual: 2, Forecast: 1.5, StandardError: 1},
		{Class: 7, Cases: 1, Actual: 9, Forecast: 5, StandardError: nan},
	}
	if len(got) != len(want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	for i, w := range want {
		if got[i].Class != w.Class || got[i].Cases != w.Cases {
			t.Errorf("line %d: got class %d of %d, want %d of %d", i, got[i].Class, got[i].Cases, w.Class, w.Cases)
		}
		near(t, "actual", got[i].Actual, w.Actual, 1e-15)
		near(t, "forecast", got[i].Forecast, w.Forecast, 1e-15)
		near(t, "standard error", got[i].StandardError, w.StandardError, 1e-15)
	}
}

func TestHolds(t *testing.T) {
	for _, c := range []struct {
		name string
		of   judge.Class
		want bool
	}{
		{"as it came", judge.Class{Actual: 1, Forecast: 1}, true},
		{"14 % too low, and surely so", judge.Class{Actual: 1, Forecast: .86, StandardError: .01}, true},
		{"16 % too high, and surely so", judge.Class{Actual: 1, Forecast: 1.16, StandardError: .01}, false},
		{"30 % too high, of few", judge.Class{Actual: 1, Forecast: 1.3, StandardError: .16}, true},
		{"nothing came, something was forecast", judge.Class{Actual: 0, Forecast: .1}, false},
		{"one case", judge.Class{Actual: 1, Forecast: 2, StandardError: nan}, false},
		{"one case, met", judge.Class{Actual: 1, Forecast: 1.1, StandardError: nan}, true},
	} {
		if got := c.of.Holds(); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}
