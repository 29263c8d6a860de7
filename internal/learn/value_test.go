package learn_test

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

const hours = event.Instant(3_600_000)

// moody is a log of customers who say how they feel, and buy by it for the next seven months: promoters four times as often as detractors, and
// for three times as much. Where nothing moves them, they say it, and buy all alike.
func moody(customers int, moves bool) []event.Event {
	r := rand.New(rand.NewPCG(11, 5))
	var events []event.Event
	for n := range customers {
		id := fmt.Sprintf("c%04d", n)
		head := func(kind string, at event.Instant) event.Head {
			return event.Head{ID: fmt.Sprintf("%s-%s-%d", id, kind, at), Customer: id, OccurredAt: at, RecordedAt: at}
		}
		day := func(d float64) event.Instant { return event.Instant(17_000*24+24*d) * hours }
		for mood := -210 * r.Float64(); mood < 800; mood += 210 {
			happy := r.IntN(2) == 0
			score := 2.
			if happy {
				score = 10
			}
			from := max(0, mood)
			events = append(events, &event.Feedback{Head: head("nps", day(from)), Kind: event.NPS, Score: score, Max: 10, Scored: true})
			every, amount := 60., 40.
			if moves && !happy {
				every, amount = 200, 20
			} else if moves {
				every, amount = 50, 60
			}
			for at := from + every*r.ExpFloat64(); at < min(mood+210, 800); at += every * r.ExpFloat64() {
				paid := int64(100 * amount * math.Exp(.3*r.NormFloat64()))
				events = append(events, &event.Purchase{
					Head: head("o", day(at)), Kind: event.Order, OrderID: fmt.Sprintf("%s-%f", id, at), Amount: event.Money{Minor: paid, Currency: "USD"},
				})
			}
		}
	}
	slices.SortFunc(events, func(a, b event.Event) int { return cmp.Compare(a.At(), b.At()) })
	return events
}

// engineOf is that of the default model with a horizon of the value.
func engineOf(t *testing.T, horizonDays int) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	m.Value.HorizonDays = horizonDays
	e, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// What customers say is learnt where it matters, and the value leads: out of time it is better in all three. Where it does not matter the value
// does not lead, and hardly differs from the models'.
func TestValueIsLearntWhereThereIsSomethingToLearn(t *testing.T) {
	e := engineOf(t, 91)
	base := e.Model().Value
	for _, moves := range []bool{true, false} {
		events := moody(700, moves)
		first, last := event.Span(events)
		w, err := learn.Learn(t.Context(), e, events, first, last, base, 100)
		if err != nil {
			t.Fatal(err)
		}
		if w.Gain == nil {
			t.Fatalf("moves %v: nothing was judged: %s", moves, w.Why)
		}
		if w.Learnt.Leads != moves || w.Learnt.Leads != w.Gain.Better() {
			t.Errorf("moves %v: leads %v; %s", moves, w.Learnt.Leads, w.Why)
		}
		whether, amount := w.Learnt.Whether.Weights[clv.NPS], w.Learnt.Amount.Weights[clv.NPS]
		if moves != (whether > .3) || moves != (amount > .2) {
			t.Errorf("moves %v: the answer weighs %v on whether and %v on how much", moves, whether, amount)
		}
		if words := "becomes the predicted value"; strings.Contains(w.Why, words) != moves {
			t.Errorf("moves %v: it says %q", moves, w.Why)
		}
		if off := w.Gain.After.RMSE/w.Gain.Before.RMSE - 1; !moves && math.Abs(off) > .05 {
			t.Errorf("where nothing moves customers the RMSE differs by %.1f %%", 100*off)
		}
	}
}

// A log of less than two horizons gives a value, and says that nobody can tell whether it is better.
func TestValueOfAShortLogDoesNotLead(t *testing.T) {
	e, events := engineOf(t, 365), moody(300, true)
	first, last := event.Span(events)
	w, err := learn.Learn(t.Context(), e, events, first, last, e.Model().Value, 100)
	if err != nil {
		t.Fatal(err)
	}
	if w.Gain == nil {
		t.Fatalf("800 days are two horizons: %s", w.Why)
	}
	if w, err = learn.Learn(t.Context(), e, events, first, last.Add(-100*24*3600e9), e.Model().Value, 100); err != nil {
		t.Fatal(err)
	}
	if w.Gain != nil || w.Learnt.Leads || !strings.Contains(w.Why, "cannot be told") {
		t.Errorf("700 days: leads %v; %s", w.Learnt.Leads, w.Why)
	}
	if _, err := learn.Learn(t.Context(), e, events, first, first.Add(400*24*3600e9), e.Model().Value, 100); !errors.Is(err, learn.ErrShort) {
		t.Errorf("400 days: got %v, want ErrShort", err)
	}
}

// With next to no case the ridge leaves what the models say: the weights are drawn to the models, not to 0.
func TestFewCasesLeaveTheModels(t *testing.T) {
	block := make([]learn.Case, 40)
	for i := range block {
		repeats := i % 4
		c := learn.Case{
			Pattern: clv.Pattern{Repeats: repeats, Last: float64(60 * repeats), Age: 300, SpendDays: repeats, Spend: float64(repeats * (20 + i))},
			Traits:  churn.Traits{Repeats: repeats, Tenure: float64(60 * repeats), Silent: float64(300 - 60*repeats), Spend: float64((repeats + 1) * (20 + i)), LastOrder: 20},
		}
		if i%4 == 3 {
			c.Later = history.Bought{Days: 1, Net: 2000}
		}
		block[i] = c
	}
	base := engineOf(t, 91).Model().Value
	v, err := learn.Value(t.Context(), [][]learn.Case{block}, base, 100)
	if err != nil {
		t.Fatal(err)
	}
	for _, term := range clv.Terms() {
		want := [2]float64{}
		if term == clv.Buys {
			want[0] = 1
		}
		if term == clv.Forecast {
			want[1] = 1
		}
		if got := [2]float64{v.Learnt.Whether.Weights[term], v.Learnt.Amount.Weights[term]}; math.Abs(got[0]-want[0]) > .3 || math.Abs(got[1]-want[1]) > .3 {
			t.Errorf("%s: got the weights %v, want about %v", term, got, want)
		}
	}
	for i := range block {
		block[i].Later = history.Bought{}
	}
	if _, err := learn.Value(t.Context(), [][]learn.Case{block}, base, 100); !errors.Is(err, learn.ErrNoValue) {
		t.Errorf("nobody brought anything: got %v, want ErrNoValue", err)
	}
}
