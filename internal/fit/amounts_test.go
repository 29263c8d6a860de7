package fit_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"tidemark/internal/fit"
)

// Amounts whose mean is e^(1 + x/2 - y) times a gamma of mean 1: the fit finds the weights within four standard errors.
func TestAmountsFindsWeights(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	var cases []fit.Amount
	for range 20_000 {
		x, y := random.NormFloat64(), random.Float64()
		cases = append(cases, fit.Amount{X: []float64{x, y}, Came: math.Exp(1+x/2-y) * random.ExpFloat64()})
	}
	r, err := fit.Amounts(t.Context(), cases, []fit.Column{{Name: "x"}, {Name: "y"}}, 0, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, .5, -1} {
		if e := r.Estimates[i]; !(math.Abs(e.Value-want) <= 4*e.StandardError) || !(e.StandardError < .05) {
			t.Errorf("%s: got %v with standard error %v, want %v", e.Name, e.Value, e.StandardError, want)
		}
	}
	if !r.Converged || len(r.Warnings) > 0 {
		t.Errorf("got converged %v with warnings %v, want a maximum without warnings", r.Converged, r.Warnings)
	}
}

// With one column that tells two kinds of cases apart, the means of the kinds are the closed form.
func TestAmountsOfTwoKindsAreTheirMeans(t *testing.T) {
	cases := []fit.Amount{{[]float64{0}, 1}, {[]float64{0}, 3}, {[]float64{1}, 10}, {[]float64{1}, 20}, {[]float64{1}, 60}}
	r, err := fit.Amounts(t.Context(), cases, []fit.Column{{Name: "kind"}}, 0, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for x, want := range []float64{2, 30} {
		if got := r.Model.Mean([]float64{float64(x)}); math.Abs(got-want) > 1e-6 {
			t.Errorf("kind %d: got %v, want the mean %v", x, got, want)
		}
	}
}

func TestAmountsKeepsToPriorsAndBounds(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	var cases []fit.Amount
	for range 500 {
		x := random.NormFloat64()
		cases = append(cases, fit.Amount{X: []float64{x, -x, 2 * x}, Came: math.Exp(-x) * random.ExpFloat64()})
	}
	r, err := fit.Amounts(t.Context(), cases, []fit.Column{{Name: "up", NonNegative: true}, {Name: "drawn", Prior: 3}, {Name: "known", Offset: true}}, 1e9, fit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Model.Coefficients; math.Abs(got[0]) > 1e-3 || math.Abs(got[1]-3) > 1e-3 || got[2] != 1 {
		t.Errorf("under a strong ridge: got %v, want the priors 0 and 3, and the 1 of an offset", got)
	}
	for i := range cases {
		cases[i].X = cases[i].X[:1]
	}
	if r, err = fit.Amounts(t.Context(), cases, []fit.Column{{Name: "up", NonNegative: true}}, 1, fit.Options{}); err != nil {
		t.Fatal(err)
	}
	if got := r.Model.Coefficients[0]; got != 0 {
		t.Errorf("amounts fall with x: got %v, want 0 where the weight may not be less", got)
	}
}

func TestAmountsRefuses(t *testing.T) {
	for _, row := range []struct {
		why  string
		came float64
		want string
	}{
		{"nothing came", 0, "above 0"},
		{"more was given back", -1, "above 0"},
		{"no number", math.NaN(), "above 0"},
		{"without end", math.Inf(1), "above 0"},
		{"a sum without end", math.MaxFloat64, "infinity"},
	} {
		cases := []fit.Amount{{[]float64{1}, 1}, {[]float64{2}, row.came}, {[]float64{3}, row.came}}
		_, err := fit.Amounts(t.Context(), cases, []fit.Column{{Name: "x"}}, 1, fit.Options{})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want it to say %q", row.why, err, row.want)
		}
	}
}
