package fit

import (
	"fmt"
	"math"
	"testing"

	"tidemark/internal/stat"
)

// outcome is a Result without its model.
type outcome struct {
	estimates []Estimate
	ll        float64
	customers int
	converged bool
	warnings  []Warning
}

func outcomeOf[M any](t testing.TB, r Result[M]) outcome {
	t.Helper()
	t.Logf("%d customers in %d groups: %d iterations, %d evaluations", r.Customers, r.Groups, r.Iterations, r.Evaluations)
	return outcome{r.Estimates, r.LogLikelihood, r.Customers, r.Converged, r.Warnings}
}

func attempt(t testing.TB, model string, groups []Group[stat.Rhythm]) (outcome, error) {
	t.Helper()
	switch model {
	case "NBD":
		r, err := NBD(t.Context(), groups, Options{})
		return outcomeOf(t, r), err
	case "BG/NBD":
		r, err := BGNBD(t.Context(), groups, Options{})
		return outcomeOf(t, r), err
	case "MBG/NBD":
		r, err := MBGNBD(t.Context(), groups, Options{})
		return outcomeOf(t, r), err
	case "Pareto/NBD":
		r, err := ParetoNBD(t.Context(), groups, Options{})
		return outcomeOf(t, r), err
	}
	return outcome{}, fmt.Errorf("no model %q", model)
}

func fitted(t testing.TB, model string, groups []Group[stat.Rhythm]) outcome {
	t.Helper()
	got, err := attempt(t, model, groups)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// near fails unless got is within tol of want. NaN is near nothing.
func near(t testing.TB, what string, got, want, tol float64) {
	t.Helper()
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.10g, want %.10g within %g", what, got, want, tol)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestSBGOfRegularCustomers(t *testing.T) {
	got, err := SBG(t.Context(), Cohort([]int{1000, 631, 468, 382, 326, 289, 262, 241}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "customers", got.Customers, 1000)
	near(t, "log-likelihood", got.LogLikelihood, -1680.2652, 6e-5)
	near(t, "a", got.Model.A, .7041, 6e-5)
	near(t, "b", got.Model.B, 1.1820, 6e-5)
	near(t, "standard error of a", got.Estimates[0].StandardError, .07, .03)
	equal(t, "warnings", len(got.Warnings), 0)
}
