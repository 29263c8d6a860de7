package score_test

import (
	"fmt"
	"math"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// stacked is a churn stack with something of everything, as a fit might give it.
func stacked() churn.Stack {
	s := churn.Stack{Intercept: -.4, MaxTenure: 300}
	for term, weight := range map[churn.Term]float64{
		churn.Base: .6, churn.Silence: .1, churn.Silence14: .2, churn.Silence60: .5, churn.SilenceDays: .2, churn.Rhythm: .3, churn.Repeats: -.2, churn.Once: .3,
		churn.Tenure: .05, churn.Spend: -.1, churn.LastOrder: .05, churn.Items: -.2, churn.LastItems: -.1,
	} {
		s.Weights[term] = weight
	}
	return s
}

// A stack moves the churn risk, and nothing else of a score. Each factor says what its trait is worth.
func TestStackedRisk(t *testing.T) {
	const spendWeight, itemsWeight = -.25, .5
	plain := newEngine(t, event.Calendar{}, nil)
	e := newEngine(t, event.Calendar{}, func(m *score.Model) {
		m.Stack.Intercept = -.7
		m.Stack.Weights[churn.Spend], m.Stack.Weights[churn.LastItems] = spendWeight, itemsWeight
		m.Reference.Spend, m.Reference.LastItems = 100, 1
	})
	var life []event.Event
	for i := range 4 {
		at := (18_300 + event.Instant(20*i)) * day
		life = append(life, &event.Purchase{
			Head: event.Head{ID: fmt.Sprint(i), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: fmt.Sprint("o", i),
			Amount: event.Money{Minor: 5000, Currency: "USD"}, Items: make([]event.Item, 3),
		})
	}
	at := (18_300 + event.Instant(100)) * day
	was, is := plain.Score(fold(t, plain, life), at), e.Score(fold(t, e, life), at)
	odds := math.Log(was.NoPurchase/(1-was.NoPurchase)) - .7 + spendWeight*math.Log(200) + itemsWeight*math.Log(4)
	if want := 1 / (1 + math.Exp(-odds)); math.Abs(is.Risk-want) > 2e-6 {
		t.Errorf("risk: want %v, got %v", want, is.Risk)
	}
	if is.NoPurchase != was.NoPurchase || is.Points != was.Points || is.Current != was.Current {
		t.Errorf("beside the risk: want %+v, got %+v", was, is)
	}
	told := map[string]score.Factor{}
	sum := int32(0)
	for _, f := range e.Explain(fold(t, e, life), at).Factors {
		told[f.Name], sum = f, sum+f.LogOdds
	}
	if want := churn.LogOdds(is.Risk); sum != want {
		t.Errorf("the factors add up to %d, want %d", sum, want)
	}
	for name, want := range map[string]score.Factor{
		"spend": {Name: "spend", Raw: 200, LogOdds: int32(math.Round(1000 * spendWeight * math.Log(2)))},
		"items": {Name: "items", Raw: 12, LogOdds: int32(math.Round(1000 * itemsWeight * math.Log(2)))},
	} {
		if got := told[name]; got.Raw != want.Raw || max(got.LogOdds-want.LogOdds, want.LogOdds-got.LogOdds) > 1 {
			t.Errorf("factor %s: want %+v within one, got %+v", name, want, got)
		}
	}
	if got := told["rhythm"].LogOdds; max(got, -got) > 1 {
		t.Errorf("a rhythm without a weight: want nothing, got %d", got)
	}
}
