package score_test

import (
	"math/rand/v2"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
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
			m, err := model.Parse(modeltest.Quiet())
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

// A window is to be answered within the time in which asking helps. It ends long before the customer counts as lost, and its alert says
// so; the model's lapse ends the window earlier only where it is shorter.
func TestTheWindowEndsAtItsActBy(t *testing.T) {
	start := 18_300 * day
	for _, row := range []struct {
		why            string
		opens, lapses  event.Instant
		actBy, longest event.Instant // silences
	}{
		{"the default model", 55 * day, 365 * day, 165 * day, 165 * day},
		{"an early lapse", 40 * day, 90 * day, 90 * day, 90 * day},
	} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) {
			m.Churn.SecondOrder, m.Churn.Lapse = row.opens.Sub(0), row.lapses.Sub(0)
		})
		p := apply(t, e, e.New("c"), order("a", start, 6000))
		var window []*score.ChurnAlert
		for p = e.Schedule(p); p.Due != event.Never; p = e.Schedule(p) {
			var transitions []score.Transition
			p, transitions = e.Review(p, p.Due)
			for _, x := range transitions {
				if a, ok := x.(*score.ChurnAlert); ok {
					window = append(window, a)
				}
			}
		}
		if len(window) != 2 {
			t.Fatalf("%s: %d alerts, want a RAISED and a RESOLVED", row.why, len(window))
		}
		raised, over := window[0], window[1]
		if raised.AsOf != start+row.opens || raised.ActBy != start+row.actBy {
			t.Errorf("%s: raised %s, act by %s; want %s and %s", row.why, raised.AsOf, raised.ActBy, start+row.opens, start+row.actBy)
		}
		if over.AsOf != start+row.longest || over.Resolve != score.ByLapse || over.State != score.Resolved {
			t.Errorf("%s: %s (%s) at %s, want RESOLVED (LAPSED) at %s", row.why, over.State, over.Resolve, over.AsOf, start+row.longest)
		}
	}
}

// Nobody plans for a purchase in 21 years: an instant that lies more than five years ahead is not said. What lies nearer is.
func TestNextPurchaseIsExpectedWithinFiveYears(t *testing.T) {
	e := shipped(t)
	near, far := 0, 0
	for seed := range uint64(scaled(200)) {
		l := newLedger(t, e)
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 6))) {
			l.apply(x)
		}
		l.advance(l.profile.AsOf + 400*day)
		for _, x := range l.transitions {
			a, ok := x.(*score.ChurnAlert)
			if !ok {
				continue
			}
			for _, next := range []event.Instant{a.ExpectedNextP50, a.ExpectedNextP90} {
				switch {
				case next == 0:
					far++
				case next > a.AsOf+5*365*day:
					t.Errorf("seed %d: %s as of %s expects a purchase by %s, want none beyond five years", seed, a.Kind, a.AsOf, next)
				case next > a.AsOf+2*365*day:
					near++
				}
			}
		}
	}
	if far < scaled(50) || near < scaled(5) {
		t.Errorf("%d instants beyond five years, %d within but beyond two: the test has lost its subject", far, near)
	}
}
