package fit

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/stat"
)

// For any customers a fit returns a usable model with standard errors, or a reason why not.
func TestFitsOfAnything(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		scale := math.Pow(10, rapid.Float64Range(-3, 4).Draw(rt, "ln scale"))
		groups := rapid.SliceOfN(rapid.Custom(func(rt *rapid.T) Group[stat.Rhythm] {
			h := stat.Rhythm{T: scale * rapid.Float64Range(0, 1).Draw(rt, "T")}
			h.X = rapid.OneOf(rapid.IntRange(0, 3), rapid.IntRange(0, 10000)).Draw(rt, "x")
			if h.X > 0 {
				h.TX = h.T * rapid.Float64Range(0, 1).Draw(rt, "t_x/T")
			}
			return Group[stat.Rhythm]{h, rapid.IntRange(1, 1000).Draw(rt, "customers")}
		}), 1, 12).Draw(rt, "groups")
		model := rapid.SampledFrom([]string{"NBD", "BG/NBD", "MBG/NBD", "Pareto/NBD"}).Draw(rt, "model")
		got, err := attempt(t, model, groups)
		if errors.Is(err, ErrNoRepeats) || errors.Is(err, ErrNoTime) {
			return
		}
		if err != nil {
			rt.Fatal(err)
		}
		if math.IsNaN(got.ll) || math.IsInf(got.ll, 0) {
			rt.Errorf("log-likelihood: got %v, want a number", got.ll)
		}
		for _, e := range got.estimates {
			if !(e.Value > 0) {
				rt.Errorf("%s: got %v, want it above 0", e.Name, e.Value)
			}
			if len(got.warnings) == 0 && !(e.StandardError > 0) {
				rt.Errorf("%s: got standard error %v and no warning", e.Name, e.StandardError)
			}
		}
	})
}

// Beyond the wall the log-likelihood is that of the wall, and the gradient is 0.
func TestHillIsLevelBeyondTheWall(t *testing.T) {
	h := hill{dim: 2, height: func(y []float64) partial {
		return partial{value: y[0] + y[1], by: [most]float64{1, 1}}
	}}
	got := h.at([]float64{wall + 1, -wall - 2})
	equal(t, "height", got.value, 0)
	equal(t, "slope", got.by, [most]float64{})
	equal(t, "slope before it", h.at([]float64{wall, 1}).by, [most]float64{1, 1})
}
