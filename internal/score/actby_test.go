package score_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// Silence alone escalates an episode, or lets it lapse, at the very millisecond that its alert named, and not before; where the
// alert named none it does neither. The action of the alert is due by then.
func TestSilenceEscalatesAtActBy(t *testing.T) {
	sooner := 0
	for _, row := range []struct {
		why    string
		zone   event.Calendar
		change func(*score.Model)
	}{
		{"the default model", event.Calendar{}, nil},
		{"with a stack, in a zone", inZone(t, "Europe/Berlin"), func(m *score.Model) { m.Stack = stacked() }},
		{"a stack that makes much of the rhythm, which changes as purchases are forgotten", event.Calendar{}, func(m *score.Model) {
			m.Stack = stacked()
			m.Stack.Weights[churn.Rhythm] *= 5
			m.Churn.MinStay = 40 * 24 * time.Hour
		}},
		{"an early lapse", event.Calendar{}, func(m *score.Model) {
			m.Churn.Lapse, m.Churn.SecondOrder = 50*24*time.Hour, 20*24*time.Hour
		}},
	} {
		e := newEngine(t, row.zone, row.change)
		seen := map[string]int{}
		for seed := range uint64(scaled(200)) {
			p := e.New("c")
			for _, x := range newLife(rand.New(rand.NewPCG(seed, 3))) {
				for p = e.Schedule(p); p.Due <= x.At(); p = e.Schedule(p) {
					var transitions []score.Transition
					p, transitions = e.Review(p, p.Due)
					holdsActBy(t, e, p, transitions, seen)
				}
				var transitions []score.Transition
				p, transitions, _ = e.Apply(p, x)
				holdsActBy(t, e, p, transitions, seen)
			}
		}
		t.Logf("%s: %v", row.why, seen)
		sooner += seen["due sooner"]
		for _, outcome := range []string{"ESCALATED", "RESOLVED", "after an easing"} {
			if least := scaled(20); seen[outcome] < least {
				t.Errorf("%s: %d alerts were followed by %s, want at least %d", row.why, seen[outcome], outcome, least)
			}
		}
	}
	if least := scaled(20); sooner < least {
		t.Errorf("%d alerts whose action was due sooner than the model says, want at least %d", sooner, least)
	}
}

// windowLapses lives through the silence of a one-time buyer.
func windowLapses(t *testing.T, e *score.Engine, p score.Profile, raised *score.ChurnAlert) {
	t.Helper()
	if got, _ := e.Review(p, raised.ActBy-1); got.Second != p.Second {
		t.Errorf("the window of %s is %+v a millisecond before %s, want it open", raised.AsOf, got.Second, raised.ActBy)
	}
	_, transitions := e.Review(p, raised.ActBy)
	for _, x := range transitions {
		if a, ok := x.(*score.ChurnAlert); ok && a.Kind == score.SecondOrderWindow && a.AsOf == raised.ActBy && a.Resolve == score.ByLapse {
			return
		}
	}
	t.Errorf("the window of %s has not lapsed at %s: %v", raised.AsOf, raised.ActBy, ids(transitions))
}

// holdsActBy runs the reviews of the silence after a step that gave an alert.
func holdsActBy(t *testing.T, e *score.Engine, p score.Profile, transitions []score.Transition, seen map[string]int) {
	t.Helper()
	if len(transitions) == 0 {
		return
	}
	alert, ok := transitions[len(transitions)-1].(*score.ChurnAlert)
	if !ok {
		return
	}
	if due := alert.AsOf.Add(time.Duration(alert.Action.DueHours) * time.Hour); due > alert.ActBy {
		t.Errorf("%s of %s is to be answered by %s, after it is to be acted upon by %s", alert.State, alert.AsOf, due, alert.ActBy)
	}
	if alert.ActBy < alert.AsOf.Add(72*time.Hour) && alert.Action.DueHours > 0 {
		seen["due sooner"]++
	}
	if alert.Kind == score.SecondOrderWindow && (alert.State == score.Raised || alert.State == score.Updated) {
		windowLapses(t, e, p, alert)
		return
	}
	if alert.Level == churn.None {
		if alert.ActBy != event.Never {
			t.Errorf("%s of %s is to be acted upon by %s, want never: it is over", alert.State, alert.AsOf, alert.ActBy)
		}
		return
	}
	silenceKeeps(t, e, p, alert.ActBy, seen)
	if alert.Level < churn.Critical { // as another model might have left it: it eases after its stay
		p.Episode.Level, p.Episode.Since, p.Due = churn.Critical, p.AsOf, score.Unscheduled
		if _, transitions := e.Review(p, p.AsOf+1); len(transitions) > 0 {
			return // as none would leave it
		}
		silenceKeeps(t, e, p, e.Explain(p, p.AsOf).WayBack.ActBy, seen)
	}
}

// silenceKeeps lives through a silence that is to make an episode escalate, or lapse, at an instant.
func silenceKeeps(t *testing.T, e *score.Engine, p score.Profile, actBy event.Instant, seen map[string]int) {
	t.Helper()
	at, how, eased := event.Never, "", false
	for q := e.Schedule(p); how == "" && q.Due != event.Never; q = e.Schedule(q) {
		var transitions []score.Transition
		q, transitions = e.Review(q, q.Due)
		for _, x := range transitions {
			next, ok := x.(*score.ChurnAlert)
			switch {
			case !ok:
			case next.State == score.Escalated, next.Resolve == score.ByLapse:
				at, how = next.AsOf, next.State.String()
			case next.State == score.Resolved:
				how = "an end without a lapse"
			default:
				eased = true
			}
		}
	}
	if actBy != at {
		t.Errorf("%s as of %s: act by %s, but silence leads to %s at %s", p.Episode.Level, p.AsOf, actBy, how, at)
		return
	}
	if seen[how]++; eased {
		seen["after an easing"]++
	}
	if at == event.Never {
		return
	}
	crossed := func(until event.Instant) bool {
		_, transitions := e.Review(p, until)
		for _, x := range transitions {
			if next, ok := x.(*score.ChurnAlert); ok && (next.State == score.Escalated || next.Resolve == score.ByLapse) {
				return true
			}
		}
		return false
	}
	if crossed(at-1) || !crossed(at) {
		t.Errorf("%s as of %s: a review a millisecond before %s crosses %t, one then %t, want false and true", p.Episode.Level, p.AsOf, at, crossed(at-1), crossed(at))
	}
}
