package score_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

const (
	hour = event.Instant(60 * 60 * 1000)
	day  = 24 * hour
)

// plain makes the default model the one that the tests of this package were written under: without a stack, and with lines
// that are crossed early and step by step. What the default says of churn may be chosen anew without them.
func plain(m *score.Model) {
	m.Stack = churn.Plain()
	m.Churn.Levels = [3]churn.Line{{Up: 1000, Down: 700, Floor: .4}, {Up: 1800, Down: 1400, Floor: .6}, {Up: 2600, Down: 2200, Floor: .8}}
	m.Reference = score.Reference{Pattern: clv.Pattern{Repeats: 2, Last: 150, Age: 180}}
}

// shipped is the engine of the default model as it is.
func shipped(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatalf("parse the default model: %v", err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatalf("NewEngine: %v", err)
	}
	return e
}

// newEngine returns the engine of the plain model, changed.
func newEngine(t testing.TB, c event.Calendar, change func(*score.Model)) *score.Engine {
	t.Helper()
	m, err := model.Parse(modeltest.Quiet())
	if err != nil {
		t.Fatalf("parse the default model: %v", err)
	}
	plain(&m)
	if change != nil {
		change(&m)
	}
	e, err := score.NewEngine(m, c, avro.Identify, nil)
	if err != nil {
		t.Fatalf("NewEngine: %v", err)
	}
	return e
}

func inZone(t testing.TB, name string) event.Calendar {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatalf("load zone: %v", err)
	}
	return event.NewCalendar(zone)
}

// newLife returns the events of one customer in canonical order. Some buy weekly, some once; amounts lie about the lines of
// the scorecard; refunds, cancellations and restatements meet their orders; a few events are stamped ahead of their record.
func newLife(r *rand.Rand) []event.Event {
	gaps := []float64{2, 7, 7, 20, 20, 60, 150, 400}
	gap, usual := gaps[r.IntN(len(gaps))], math.Exp(2.5+2.5*r.Float64())
	at := event.Instant(18_300+r.IntN(300))*day + event.Instant(r.Int64N(int64(day)))
	var life []event.Event
	head := func(at event.Instant) event.Head {
		h := event.Head{ID: fmt.Sprintf("e%d", len(life)), Customer: "c", OccurredAt: at, RecordedAt: at + event.Instant(r.IntN(3000))}
		if r.IntN(12) == 0 {
			h.RecordedAt = at - event.Instant(r.IntN(5*60*1000))
		}
		return h
	}
	amount := func() event.Money {
		return event.Money{Minor: int64(usual * 100 * math.Exp(r.NormFloat64()/2)), Currency: "USD"}
	}
	for n := 1 + r.IntN(25); n > 0; n-- {
		order := fmt.Sprintf("o%d", len(life))
		bought := &event.Purchase{Head: head(at), Kind: event.Order, OrderID: order, Amount: amount(), Channel: []string{"", "web", "shop"}[r.IntN(3)]}
		if r.IntN(4) == 0 {
			bought.Margin = event.Minor(int64(float64(bought.Amount.Minor) * (r.Float64() - .1)))
		}
		life = append(life, bought)
		soon := at + event.Instant(r.ExpFloat64()*gap*float64(day)/2)
		switch r.IntN(18) {
		case 0:
			life = append(life, &event.Purchase{Head: head(soon), Kind: event.Refund, OrderID: order, Amount: bought.Amount})
		case 1:
			life = append(life, &event.Purchase{Head: head(soon), Kind: event.Refund, OrderID: order, Amount: event.Money{Minor: bought.Amount.Minor / 2, Currency: "USD"}})
		case 2:
			life = append(life, &event.Purchase{Head: head(soon), Kind: event.Cancel, OrderID: order, Amount: event.Money{Currency: "USD"}})
		case 3:
			life = append(life, &event.Purchase{Head: head(soon), Kind: event.Order, OrderID: order, Amount: amount()})
		case 4:
			life = append(life, &event.Purchase{Head: head(soon), Kind: event.Refund, Amount: amount()})
		case 5:
			life = append(life, &event.Feedback{Head: head(soon), Kind: event.NPS, Score: float64(r.IntN(11)), Max: 10, Scored: true})
		case 6:
			life = append(life, &event.Interaction{Head: head(soon), Kind: event.ReferralMade})
		case 7:
			life = append(life, &event.Interaction{Head: head(soon), Kind: event.ProductView, Channel: "app"})
		case 9:
			life = append(life, &event.Interaction{Head: head(soon), Kind: event.CheckoutStart, Channel: "web"})
		case 8:
			life = append(life, &event.Feedback{Head: head(soon), Kind: event.Complaint, About: event.AboutDelivery})
			if r.IntN(2) == 0 {
				soon += event.Instant(r.ExpFloat64() * gap * float64(day) / 2)
				life = append(life, &event.Feedback{Head: head(soon), Kind: event.ComplaintResolved})
			}
		case 10:
			life = append(life, &event.Feedback{Head: head(soon), Kind: event.CSAT, Score: float64(1 + r.IntN(5)), Min: 1, Max: 5, Scored: true})
		case 11:
			said := func(value string) event.Event {
				return &event.Interaction{Head: head(soon), Kind: event.Attributes, Attributes: map[string]string{"region": "north", "test_account": value}}
			}
			life = append(life, said("true"))
			if r.IntN(8) > 0 {
				soon += event.Instant(r.ExpFloat64() * gap * float64(day))
				life = append(life, said("false"))
			}
		case 12:
			life = append(life, &event.Interaction{Head: head(soon), Kind: event.Unsubscribe, Channel: "web"})
		}
		wait := gap
		if r.IntN(3) == 0 {
			wait *= 4 * r.ExpFloat64()
		}
		at += event.Instant(wait * (.5 + r.Float64()) * float64(day))
	}
	slices.SortFunc(life, event.Compare)
	return life
}

func describe(life []event.Event) string {
	var b bytes.Buffer
	for _, x := range life {
		h := x.Common()
		fmt.Fprintf(&b, "%s (recorded %s) %s ", h.OccurredAt, h.RecordedAt, h.ID)
		switch x := x.(type) {
		case *event.Purchase:
			fmt.Fprintf(&b, "%s %s %d\n", x.Kind, x.OrderID, x.Amount.Minor)
		case *event.Interaction:
			fmt.Fprintf(&b, "%s\n", x.Kind)
		case *event.Feedback:
			fmt.Fprintf(&b, "%s %g\n", x.Kind, x.Score)
		case *event.Link: // nobody is linked
		}
	}
	return b.String()
}

// fold applies events in the order given.
func fold(t testing.TB, e *score.Engine, events []event.Event) score.Profile {
	t.Helper()
	p := e.New("c")
	for _, x := range events {
		next, _, verdict := e.Apply(p, x)
		if verdict != score.Accepted && verdict != score.Repeated {
			t.Fatalf("Apply %s: got verdict %v, want it accepted in\n%s", x.Common().ID, verdict, describe(events))
		}
		p = next
	}
	return p
}

// encode is how profiles compare.
func encode(p score.Profile) []byte { return p.Append(nil) }

// unscheduled is the encoding of p without its next review, which depends on when it was computed.
func unscheduled(p score.Profile) []byte {
	p.Due = score.Unscheduled
	return encode(p)
}

func ids(transitions []score.Transition) []string {
	var list []string
	for _, t := range transitions {
		list = append(list, t.Common().ID)
	}
	return list
}
