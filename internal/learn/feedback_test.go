package learn_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/judge"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

const day = event.Instant(24 * 60 * 60 * 1000)

// outspoken simulates customers for up to 400 days. They buy about every 20 days, answer now and then, complain, return goods
// and visit. The worse a customer is treated, the more likely the customer leaves.
func outspoken(n int) []event.Event {
	const from = 18_300 * day
	r := rand.New(rand.NewPCG(3, 4))
	var all []event.Event
	for i := range n {
		customer := fmt.Sprint("c", i)
		head := func(at event.Instant) event.Head {
			return event.Head{ID: fmt.Sprint(customer, "-", len(all)), Customer: customer, OccurredAt: at, RecordedAt: at}
		}
		luck, open := r.NormFloat64(), 0. // how well the customer is treated, and what the customer has not said yet
		for at := from + event.Instant(r.Int64N(int64(200*day))); at < from+400*day; at += event.Instant((.2 + r.ExpFloat64()) * 20 * float64(day)) {
			order := fmt.Sprint("o", len(all))
			soon := func() event.Instant { return at + 1 + event.Instant(r.Int64N(int64(3*day))) }
			money := event.Money{Minor: 2000 + r.Int64N(3000), Currency: "USD"}
			all = append(all, &event.Purchase{Head: head(at), Kind: event.Order, OrderID: order, Amount: money})
			if r.IntN(3) == 0 {
				answer := min(max(math.Round(3+luck+r.NormFloat64()), 1), 5)
				all = append(all, &event.Feedback{Head: head(soon()), Kind: event.CSAT, Score: answer, Min: 1, Max: 5, Scored: true})
			}
			if r.NormFloat64() > 1+luck {
				complained := soon()
				all = append(all, &event.Feedback{Head: head(complained), Kind: event.Complaint, OrderID: order, About: event.AboutDelivery})
				if open++; r.IntN(2) == 0 {
					all = append(all, &event.Feedback{Head: head(complained + day), Kind: event.ComplaintResolved, OrderID: order})
					open--
				}
			}
			if r.NormFloat64() > 1.5+luck {
				all = append(all, &event.Purchase{Head: head(soon()), Kind: event.Refund, OrderID: order, Amount: money})
			}
			for range r.IntN(4) {
				all = append(all, &event.Interaction{Head: head(soon()), Kind: event.ProductView})
			}
			if r.Float64() < 1/(1+math.Exp(3+1.5*luck-open)) {
				break // no more visits either
			}
			for range r.IntN(3) {
				all = append(all, &event.Interaction{Head: head(at + event.Instant(r.Int64N(int64(40*day)))), Kind: event.CartAdd})
			}
		}
	}
	return all
}

func engine(t *testing.T) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// A case from a history equals the case from the log, without the feedback and interactions of before the cut.
func TestRecall(t *testing.T) {
	const window = 90 * 24 * time.Hour
	e, events, cut := engine(t), outspoken(300), panel.Cut{At: 18_600*day + 7, Window: window}
	until := cut.At.Add(window)
	events = slices.DeleteFunc(events, func(x event.Event) bool { return x.Common().OccurredAt > until })
	tester := events[0].Common().Customer // a test account is a case in neither
	events = append(events, &event.Interaction{
		Head: event.Head{ID: "word", Customer: tester, OccurredAt: until - 1, RecordedAt: until - 1},
		Kind: event.Attributes, Attributes: map[string]string{history.TestAccountKey: "true"},
	})
	blocks, err := learn.Look(t.Context(), e, events, []panel.Cut{cut})
	if err != nil {
		t.Fatal(err)
	}
	if slices.ContainsFunc(blocks[0], func(c learn.Case) bool { return c.Customer == tester }) {
		t.Errorf("%s is a case, want test accounts left out", tester)
	}
	told, refunded := map[string]learn.Case{}, 0
	for _, c := range blocks[0] {
		c.Traits.Mood, c.Traits.Engagement, c.Traits.Lately = churn.Mood{Refunded: c.Traits.Refunded}, 0, 0
		told[c.Customer] = c
		if c.Traits.Refunded > 0 {
			refunded++
		}
	}
	recalled := 0
	for _, life := range event.Lives(events) {
		var h history.Summary
		for _, x := range life {
			h, _ = e.Observe(h, x)
		}
		customer := life[0].Common().Customer
		got, ok := learn.Recall(e, customer, &h, cut)
		want, there := told[customer]
		if ok != there || got != want {
			t.Errorf("customer %s: want %+v, %t, got %+v, %t", customer, want, there, got, ok)
		}
		if ok {
			recalled++
		}
	}
	if recalled < 250 || recalled == 300 || refunded < 50 {
		t.Errorf("%d cases, %d with a refund: the test has lost its subject", recalled, refunded)
	}
}

// If the log holds feedback, refunds and interactions, these get weights. Each weight has the sign of what the customers do.
// Together the weights tell leavers better, out of time and among customers who bought within a month, than purchases alone.
func TestStackLearnsFromFeedback(t *testing.T) {
	e := engine(t)
	const window = 90 * 24 * time.Hour
	begin, test := 18_300*day, panel.Cut{At: 18_600 * day, Window: window}
	cuts, err := learn.Cuts(begin, test.At, window)
	if err != nil {
		t.Fatal(err)
	}
	events := outspoken(1500)
	blocks, err := learn.Look(t.Context(), e, events, append(cuts, test))
	if err != nil {
		t.Fatal(err)
	}
	blocks, tested := blocks[:len(cuts)], slices.DeleteFunc(blocks[len(cuts)], func(c learn.Case) bool { return c.Traits.Silent > 30 })
	fitted := func() (s churn.Stack, risks []float64) {
		s, _, err := learn.Stack(t.Context(), blocks, window, 7)
		if err != nil {
			t.Fatal(err)
		}
		bought, err := learn.Purchases(t.Context(), blocks[0], 7)
		if err != nil {
			t.Fatal(err)
		}
		for i := range tested {
			risks = append(risks, s.Risk(tested[i].Traits, learn.NoPurchase(bought.Model, 7, &tested[i], window)))
		}
		return s, risks
	}
	s, risks := fitted()
	if err := s.Check(); err != nil {
		t.Error(err)
	}
	for term, sign := range map[churn.Term]float64{
		churn.Satisfaction: -1, churn.OpenComplaints: 1, churn.Refunded: 1, churn.EngagementTrend: -1,
	} {
		if s.Weights[term]*sign <= 0 {
			t.Errorf("%s weighs %v, want the sign of %v", term, s.Weights[term], sign)
		}
	}
	if s.Weights[churn.NPS] != 0 {
		t.Errorf("nps, of which nobody was asked, weighs %v", s.Weights[churn.NPS])
	}
	for _, cases := range append(blocks, tested) {
		for i := range cases {
			cases[i].Traits.Mood, cases[i].Traits.Engagement, cases[i].Traits.Lately = churn.Mood{}, 0, 0
		}
	}
	set := judge.Set{Scores: risks}
	_, set.Rival = fitted()
	for i := range tested {
		set.Happened = append(set.Happened, tested[i].Left())
	}
	gain := judge.AUCDifference(set)
	low, _ := gain.Interval()
	t.Logf("of %d customers, AUC %.3f, %.3f more than without (from %.3f); weights %v", len(tested), judge.AUC(set).Value, gain.Value, low, s.Weights)
	if low <= .02 {
		t.Errorf("what customers say adds %.4f to the AUC, at least %.4f; want at least .02", gain.Value, low)
	}
}
