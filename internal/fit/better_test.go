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
