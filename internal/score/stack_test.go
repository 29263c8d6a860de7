package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
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
		churn.NPS: -.5, churn.Satisfaction: -.7, churn.Complaints: .4, churn.OpenComplaints: .9, churn.Refunded: 1.5,
		churn.Engagement: -.2, churn.EngagementTrend: -.6,
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
	factors := map[string]score.Factor{}
	sum := int32(0)
	for _, f := range e.Explain(fold(t, e, life), at).Factors {
		factors[f.Name], sum = f, sum+f.LogOdds
	}
	if want := churn.LogOdds(is.Risk); sum != want {
		t.Errorf("the factors add up to %d, want %d", sum, want)
	}
	for name, want := range map[string]score.Factor{
		"spend": {Name: "spend", Raw: 200, LogOdds: int32(math.Round(1000 * spendWeight * math.Log(2)))},
		"items": {Name: "items", Raw: 12, LogOdds: int32(math.Round(1000 * itemsWeight * math.Log(2)))},
	} {
		if got := factors[name]; got.Raw != want.Raw || max(got.LogOdds-want.LogOdds, want.LogOdds-got.LogOdds) > 1 {
			t.Errorf("factor %s: want %+v within one, got %+v", name, want, got)
		}
	}
	if got := factors["rhythm"].LogOdds; max(got, -got) > 1 {
		t.Errorf("a rhythm without a weight: want nothing, got %d", got)
	}
}

// What customers say, give back and look at moves the risk by as much as its factor says; what they are silent on has none.
func TestFactorsOfMood(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) {
		for term, weight := range map[churn.Term]float64{
			churn.NPS: -.5, churn.Satisfaction: -.3, churn.Complaints: .2, churn.OpenComplaints: .9, churn.Refunded: 2, churn.EngagementTrend: -.4,
		} {
			m.Stack.Weights[term] = weight
		}
	})
	head := func(id string, days int) event.Head {
		at := (18_300 + event.Instant(days)) * day
		return event.Head{ID: id, Customer: "c", OccurredAt: at, RecordedAt: at}
	}
	money := func(minor int64) event.Money { return event.Money{Minor: minor, Currency: "USD"} }
	silent := []event.Event{
		&event.Purchase{Head: head("1", 0), Kind: event.Order, OrderID: "1", Amount: money(6000)},
		&event.Purchase{Head: head("2", 30), Kind: event.Order, OrderID: "2", Amount: money(4000)},
	}
	life := slices.Concat(silent, []event.Event{
		&event.Interaction{Head: head("3", 20), Kind: event.CartAdd, Weight: 9},
		&event.Feedback{Head: head("4", 40), Kind: event.NPS, Score: 10, Max: 10, Scored: true},
		&event.Feedback{Head: head("5", 41), Kind: event.Complaint},
		&event.Purchase{Head: head("6", 42), Kind: event.Refund, OrderID: "2", Amount: money(1000)},
		&event.Feedback{Head: head("7", 43), Kind: event.Review, Score: 2, Min: 1, Max: 5, Scored: true},
	})
	slices.SortFunc(life, event.Compare)
	at := (18_300 + event.Instant(70)) * day
	explain := func(life []event.Event) (factors map[string]score.Factor, sum int32, risk float64) {
		p := fold(t, e, life)
		factors = map[string]score.Factor{}
		for _, f := range e.Explain(p, at).Factors {
			factors[f.Name] = f
			sum += f.LogOdds
		}
		return factors, sum, e.Score(p, at).Risk
	}
	factors, sum, risk := explain(life)
	if want := churn.LogOdds(risk); sum != want {
		t.Errorf("the factors add up to %d, want %d", sum, want)
	}
	thousandths := func(x float64) int32 { return int32(math.Round(1000 * x)) }
	want := map[string]score.Factor{
		"nps":          {Raw: 10, LogOdds: thousandths(-.5)},
		"satisfaction": {Raw: 2.5, LogOdds: thousandths(-.3 * -.5)},
		"complaints":   {Raw: 1, LogOdds: thousandths(1.1 * math.Log(2))},
		"refunded":     {Raw: 10, LogOdds: thousandths(.2)},
		"engagement":   {Raw: 0, LogOdds: thousandths(-.4 * -math.Log(4))},
	}
	for name, w := range want {
		if got, ok := factors[name]; !ok || got.Raw != w.Raw || max(got.LogOdds-w.LogOdds, w.LogOdds-got.LogOdds) > 1 {
			t.Errorf("factor %s: want %+v within one, got %+v", name, w, got)
		}
	}
	factors, _, _ = explain(silent)
	for name := range want {
		if got, ok := factors[name]; ok {
			t.Errorf("of who says nothing: got the factor %+v, want none", got)
		}
	}
}

// After an event the labels are what a look a millisecond later finds, unless that is the instant of a crossing: what an event may
// change is looked at when it comes.
func TestLabelsAreUpToDate(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Stack = stacked() })
	factors := map[string]int{}
	for seed := range uint64(scaled(400)) {
		p := e.New("c")
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 5))) {
			next, transitions, _ := e.Apply(p, x)
			if len(transitions) > 0 && transitions[len(transitions)-1].Common().CauseEventID == x.Common().ID {
				factors[fmt.Sprintf("%T", x)]++
			}
			p = next
			late := p
			late.Due = p.AsOf + 1
			if _, transitions := e.Review(late, late.Due); len(transitions) > 0 {
				if at, _ := e.NextCrossing(p, p.AsOf); at != late.Due {
					t.Fatalf("life %d: right after %s (%T) a look tells %v", seed, x.Common().ID, x, ids(transitions))
				}
			}
		}
	}
	for kind, want := range map[string]int{"*event.Purchase": 500, "*event.Feedback": 20, "*event.Interaction": 5} {
		if got := factors[kind]; got < scaled(want) {
			t.Errorf("%ss told something in %d cases, want at least %d: the test has lost its subject", kind, got, scaled(want))
		}
	}
}
