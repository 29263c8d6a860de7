package score_test

import (
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// A model that is the first to ask for second orders asks those whose time is still to come, and not all the others at once; one
// that asks sooner than the one before asks those in between.
func TestSecondOrdersOfANewModel(t *testing.T) {
	start := 18_300 * day
	for _, row := range []struct {
		why                     string
		before, after           event.Instant // the windows, 0 for none
		silent                  event.Instant // when the new model comes
		atOnce, later, inSilent bool
	}{
		{"the time has passed, and nobody had asked", 0, 55 * day, 80 * day, false, false, false},
		{"the time is to come", 0, 55 * day, 20 * day, false, true, true},
		{"the time comes sooner than it did", 55 * day, 40 * day, 45 * day, true, false, true},
		{"it was asked already", 40 * day, 55 * day, 45 * day, false, false, true},
	} {
		windowed := func(hash string, window event.Instant, previous *score.Engine) *score.Engine {
			m, err := model.Parse(model.Default())
			if err != nil {
				t.Fatal(err)
			}
			m.Hash, m.Churn.SecondOrder = hash, window.Sub(0)
			e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, previous)
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		old := windowed("0123456789abcdef", row.before, nil)
		e := windowed("feedfacefeedface", row.after, old)
		p := apply(t, old, old.New("c"), order("a", start, 6000))
		p, _ = old.Review(p, start+row.silent)
		raised := func(transitions []score.Transition) bool {
			for _, x := range transitions {
				if a, ok := x.(*score.ChurnAlert); ok && a.Kind == score.SecondOrderWindow && a.State == score.Raised {
					return true
				}
			}
			return false
		}
		p, transitions := e.Review(p, start+row.silent)
		if raised(transitions) != row.atOnce {
			t.Errorf("%s: raised with the new model %v, want %v", row.why, raised(transitions), row.atOnce)
		}
		p, transitions = e.Review(p, start+100*day)
		if raised(transitions) != row.later || p.Second.Open != row.inSilent {
			t.Errorf("%s: raised later %v, open %v; want %v, %v", row.why, raised(transitions), p.Second.Open, row.later, row.inSilent)
		}
	}
}
