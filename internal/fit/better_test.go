package fit

import (
	"math"
	"testing"
)

func TestGained(t *testing.T) {
	happened := []bool{true, false, true, true}
	same := Gained([]float64{.5, .5, .5, .5}, []float64{.5, .5, .5, .5}, happened)
	if same != (Gain{}) || same.Better() {
		t.Errorf("a forecast against itself: %+v, want nothing", same)
	}
	better := Gained([]float64{.5, .5, .5, .5}, []float64{.8, .2, .8, .8}, happened)
	near(t, "gain", better.Mean, math.Log(1.6), 1e-12)
	near(t, "standard error of equal gains", better.StandardError, 0, 1e-7)
	if !better.Better() {
		t.Errorf("a forecast that is right more often: %+v, want it better", better)
	}
	chance := Gained([]float64{.5, .5, .5, .5}, []float64{.9, .9, .9, .4}, happened)
	if chance.Better() {
		t.Errorf("a forecast that is right by chance: %+v, want it not better", chance)
	}
	if rounding := (Gain{9e-14, 4e-14}); rounding.Better() {
		t.Errorf("a gain of rounding: %+v, want it not better", rounding)
	}
	if sure := Gained([]float64{.5}, []float64{0}, []bool{true}); math.IsInf(sure.Mean, 0) || sure.Better() {
		t.Errorf("a forecast that was sure and wrong: %+v, want a finite loss", sure)
	}
}

// A customer who is judged twice is one case: the standard error does not fall.
func TestGainedByCustomer(t *testing.T) {
	before, after := []float64{.5, .5, .5, .5}, []float64{.8, .4, .7, .9}
	happened := []bool{true, false, true, false}
	once := Gained(before, after, happened)
	same := GainedByCustomer(before, after, happened, []int{2, 0, 1, 3})
	near(t, "gain", same.Mean, once.Mean, 1e-12)
	near(t, "standard error", same.StandardError, once.StandardError, 1e-12)
	twice := GainedByCustomer(append(before, before...), append(after, after...), append(happened, happened...), []int{0, 1, 2, 3, 0, 1, 2, 3})
	near(t, "gain of the same customers twice", twice.Mean, once.Mean, 1e-12)
	near(t, "standard error of the same customers twice", twice.StandardError, once.StandardError, 1e-12)
	if none := GainedByCustomer(nil, nil, nil, nil); none != (Gain{}) {
		t.Errorf("nobody judged: got %+v, want nothing", none)
	}
}

func TestGainInDoubt(t *testing.T) {
	for _, row := range []struct {
		why             string
		gain            Gain
		probable, worse bool
	}{
		{"above its error", Gain{.003, .002}, true, false},
		{"within its error", Gain{.001, .002}, false, false},
		{"too small to be seen", Gain{5e-5, 1e-5}, false, false},
		{"a loss within its error", Gain{-.001, .002}, false, false},
		{"a loss beyond its error", Gain{-.003, .002}, false, true},
		{"nothing", Gain{}, false, false},
	} {
		if row.gain.Probable() != row.probable || row.gain.Worse() != row.worse {
			t.Errorf("%s: %+v probable %v, worse %v", row.why, row.gain, row.gain.Probable(), row.gain.Worse())
		}
	}
}
