package learn

import (
	"testing"

	"tidemark/internal/judge"
)

// By customer a recipe changes only where it is sure by two standard errors; out of time one is enough.
func TestTrialIsSureByCustomer(t *testing.T) {
	of := func(mean, standardError float64) judge.Gain {
		return judge.Gain{Value: mean, StandardError: standardError}
	}
	for _, row := range []struct {
		why                 string
		outOfTime           bool
		gain                judge.Gain
		gains, worse, alone bool
	}{
		{"out of time, one and a half errors above", true, of(.003, .002), true, false, false},
		{"by customer, one and a half errors above", false, of(.003, .002), false, false, false},
		{"by customer, three errors above", false, of(.006, .002), true, false, false},
		{"out of time, one and a half errors below", true, of(-.003, .002), false, true, true},
		{"by customer, one and a half errors below", false, of(-.003, .002), false, false, false},
		{"by customer, three errors below", false, of(-.006, .002), false, true, true},
		{"out of time, nothing", true, of(0, .002), false, false, true},
	} {
		trial := Trial{OutOfTime: row.outOfTime}
		if gains, worse, alone := trial.gains(row.gain), trial.worse(row.gain), trial.alone(row.gain); gains != row.gains || worse != row.worse || alone != row.alone {
			t.Errorf("%s: got gains %t, worse %t, alone %t; want %t, %t, %t", row.why, gains, worse, alone, row.gains, row.worse, row.alone)
		}
	}
}
