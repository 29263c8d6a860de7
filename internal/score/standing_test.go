package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/standing"
)

// fuller returns a life with what newLife leaves out: categories, discounts and costs of orders, outreach and its answers, troubles with
// payments, an expert's class. Every eighth customer buys nothing.
func fuller(r *rand.Rand, life []event.Event) []event.Event {
	prospect := r.IntN(8) == 0
	var all []event.Event
	for _, x := range life {
		p, buys := x.(*event.Purchase)
		if buys && prospect {
			continue
		}
		if buys && p.Kind == event.Order {
			q := *p
			if r.IntN(3) > 0 {
				q.Items = []event.Item{{Category: []string{"tea", "cups", "pots"}[r.IntN(3)], Quantity: 1, AmountMinor: q.Amount.Minor}}
			}
			for _, part := range []*event.OptionalMinor{&q.Discount, &q.ServiceCost, &q.AcquisitionCost} {
				if r.IntN(3) == 0 {
					*part = event.Minor(r.Int64N(500))
				}
			}
			x = &q
		}
		all = append(all, x)
		at := x.Common().OccurredAt + event.Instant(r.Int64N(int64(3*day)))
		head := event.Head{ID: fmt.Sprintf("f%d", len(all)), Customer: "c", OccurredAt: at, RecordedAt: at}
		touch := func(kind event.InteractionKind) *event.Interaction {
			return &event.Interaction{Head: head, Kind: kind, Channel: []string{"email", "web", "app"}[r.IntN(3)]}
		}
		switch r.IntN(9) {
		case 0:
			sent := touch(event.OutreachSent)
			sent.Cost = event.Minor(r.Int64N(5000))
			all = append(all, sent)
		case 1:
			all = append(all, touch(event.OfferRedeemed))
		case 2:
			all = append(all, touch([]event.InteractionKind{event.PageView, event.CartAdd, event.CheckoutStart, event.Login}[r.IntN(4)]))
		case 3:
			kind := []event.PurchaseKind{event.PaymentFailed, event.PaymentOverdue, event.Paid}[r.IntN(3)]
			all = append(all, &event.Purchase{Head: head, Kind: kind, OrderID: "o0", Amount: event.Money{Minor: 100, Currency: "USD"}})
		case 4:
			said := touch(event.Attributes)
			said.Channel, said.Attributes = "", map[string]string{"expert_class": []string{"high", "MEDIUM", "low", "?"}[r.IntN(4)]}
			all = append(all, said)
		}
	}
	slices.SortStableFunc(all, event.Compare)
	return all
}

// standingEngine has a number on each line of a model file that the entries of how a customer stands read, and that has no default.
func standingEngine(t testing.TB) *score.Engine {
	return newEngine(t, event.Calendar{}, func(m *score.Model) {
		m.Standing.DiscountShare, m.Methods.Acquisition = standing.Of(.02), 20
		m.Population = &clv.Population{Customers: 9, Median: 80, Medians: map[string]float64{"north/toys": 60}, TopContribution: 50, PositiveContribution: 1e6, NewCustomer: 30}
	})
}

// standingEntries are the entries of how a customer stands, engages, earns and buys: they follow one another in the table.
func standingEntries() []catalogue.Entry {
	all := catalogue.All()
	place := func(name string) int {
		return slices.IndexFunc(all, func(e catalogue.Entry) bool { return e.Name == name })
	}
	return all[place("repeat_share") : place("trial_rate")+1]
}

// TestRarerEntriesKeepTheirWord holds the entries of how a customer stands to their range, to their word on silence, and to being known of somebody.
func TestRarerEntriesKeepTheirWord(t *testing.T) {
	e := standingEngine(t)
	entries := standingEntries()
	known, words := map[string]int{}, map[string]map[string]int{}
	for seed := range uint64(scaled(10_000)) {
		r := rand.New(rand.NewPCG(seed, 47))
		life := fuller(r, newLife(r))
		if len(life) == 0 {
			continue
		}
		p := fold(t, e, life[:1+r.IntN(len(life))])
		at := p.AsOf + event.Instant(event.Tolerance.Milliseconds()) + event.Instant(r.Int64N(int64(200*day)))
		facts := e.Facts(p.Whole(), at)
		later := at + event.Instant(r.Int64N(max(1, int64(min(facts.Until, facts.UntilTouches, at+400*day)-at))))
		views := make([]*catalogue.View, 3)
		for i, when := range []event.Instant{at, later, at + 800*day} {
			s := e.Score(p, when)
			views[i] = s.View()
		}
		for _, entry := range entries {
			if entry.Kind == catalogue.Word {
				var text [3]string
				for i, v := range views {
					word, is := entry.Word(v)
					if is && word == "" || !is && word != "" {
						t.Errorf("life %d: %s is %q, known %t", seed, entry.Name, word, is)
					}
					text[i] = word
				}
				if text[0] != "" {
					known[entry.Name]++
					if words[entry.Name] == nil {
						words[entry.Name] = map[string]int{}
					}
					words[entry.Name][text[0]]++
				}
				if entry.Silence <= catalogue.Steps && text[0] != text[1] || entry.Silence == catalogue.Still && text[0] != text[2] {
					t.Errorf("life %d: %s, which %s in silence: %q", seed, entry.Name, entry.Silence, text)
				}
				continue
			}
			var x [3]float64
			var is [3]bool
			for i, v := range views {
				x[i], is[i] = entry.Number(v)
				if is[i] && !(x[i] >= entry.Low && x[i] <= entry.High) || math.IsNaN(x[i]) || math.IsInf(x[i], 0) || !is[i] && x[i] != 0 && entry.Kind != catalogue.Flag {
					t.Errorf("life %d: %s is %v, %t; want a number in [%v, %v]", seed, entry.Name, x[i], is[i], entry.Low, entry.High)
				}
			}
			if is[0] {
				known[entry.Name]++
			}
			wrong := false
			switch entry.Silence {
			case catalogue.Still:
				wrong = x != [3]float64{x[0], x[0], x[0]} || is != [3]bool{is[0], is[0], is[0]}
			case catalogue.Steps:
				wrong = x[0] != x[1] || is[0] != is[1]
			case catalogue.Falls:
				wrong = is[0] && is[1] && x[1] > x[0]
			case catalogue.Rises:
				wrong = is[0] && is[1] && x[1] < x[0]
			case catalogue.Moves:
			}
			if wrong {
				t.Errorf("life %d: %s, which %s in silence: %v %v at %s, %s and long after", seed, entry.Name, entry.Silence, x, is, at, later)
			}
		}
		if t.Failed() {
			return
		}
	}
	for _, entry := range entries {
		if known[entry.Name] == 0 {
			t.Errorf("%s is known of nobody: the lives have lost a subject", entry.Name)
		}
	}
	for name, want := range map[string]int{"stage": 7, "quadrant": 4, "class": 3, "risk_grade": 3} {
		if len(words[name]) < want {
			t.Errorf("%s has the words %v, want %d different ones", name, words[name], want)
		}
	}
}

// TestPartsOfTheValueAddUp: the first purchase and the repeat purchases are the historic value, of every customer who has one.
func TestPartsOfTheValueAddUp(t *testing.T) {
	e := standingEngine(t)
	number := func(v *catalogue.View, name string) (float64, bool) { return catalogue.Find(name).Number(v) }
	seen := 0
	for seed := range uint64(scaled(500)) {
		r := rand.New(rand.NewPCG(seed, 48))
		life := fuller(r, newLife(r))
		if len(life) == 0 {
			continue
		}
		p := fold(t, e, life)
		s := e.Score(p, p.AsOf)
		v := s.View()
		first, known := number(v, "clv_first_purchase")
		repeat, _ := number(v, "clv_repeat")
		if historic, is := number(v, "clv_historic"); known && !is || known && math.Abs(first+repeat-historic) > 1e-9 {
			t.Fatalf("life %d: %v first and %v repeat, %t; historic value %v, %t", seed, first, repeat, known, historic, is)
		}
		if known {
			seen++
		}
	}
	if seen < scaled(300) {
		t.Errorf("%d customers with a value: too few to prove anything", seen)
	}
}

// TestATestAccountHasNoStanding: what ranks customers says nothing of a test account.
func TestATestAccountHasNoStanding(t *testing.T) {
	e := standingEngine(t)
	p := fold(t, e, append(placed("a", 18_300*day, 1, 1, 2), word("word", 18_310*day, "true")))
	s := e.Score(p, p.AsOf+day)
	v := s.View()
	for _, entry := range standingEntries() {
		if entry.Kind == catalogue.Word {
			if word, known := entry.Word(v); known {
				t.Errorf("%s of a test account is %q, want nothing", entry.Name, word)
			}
		} else if x, known := entry.Number(v); known {
			t.Errorf("%s of a test account is %v, want nothing", entry.Name, x)
		}
	}
}

// TestNumbersOfALongLife: what depends on days that are sealed, and on costs whose interactions are folded, is known to the cent. By hand: 40 orders
// of 100 USD, 60 days apart. Serving cost 5.00 in the first year (7 orders) and 3.00 later. A mail of 1.50 follows each order a day later. The first 36
// orders are tea, the last four cups.
func TestNumbersOfALongLife(t *testing.T) {
	e := standingEngine(t)
	var life []event.Event
	for i := range 40 {
		at := 12_000*day + event.Instant(i)*60*day
		category, service := "tea", int64(300)
		if i < 7 {
			service = 500
		}
		if i > 35 {
			category = "cups"
		}
		head := event.Head{ID: fmt.Sprintf("o%d", i), Customer: "c", OccurredAt: at, RecordedAt: at}
		life = append(life, &event.Purchase{
			Head: head, Kind: event.Order, OrderID: head.ID, Amount: event.Money{Minor: 10_000, Currency: "USD"}, ServiceCost: event.Minor(service),
			Items: []event.Item{{Category: category, Quantity: 1, AmountMinor: 10_000}},
		})
		head.ID, head.OccurredAt, head.RecordedAt = head.ID+"m", at+day, at+day
		life = append(life, &event.Interaction{Head: head, Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(150)})
	}
	p := fold(t, e, life)
	stored, err := score.Decode(p.Append(nil))
	if err != nil {
		t.Fatal(err)
	}
	s := e.Score(stored, p.AsOf)
	v := s.View()
	// 365 days up to the day after the last order hold 7 orders, 0 to 360 days before the last, and 7 mails, the last of them of today.
	margin := e.Model().Value.Margin
	for name, want := range map[string]float64{
		"contribution_365d": 700*margin - 7*3 - 7*1.5, "trial_rate": .5, "categories_bought": 2, "clv_saved_service": (5 - 3) * 7,
	} {
		got, known := catalogue.Find(name).Number(v)
		if !known || math.Abs(got-want) > 1e-9 {
			t.Errorf("%s is %v, %t; want %v", name, got, known, want)
		}
	}
	if got, known := catalogue.Find("quadrant").Word(v); !known || got != "GOLD" {
		t.Errorf("the quadrant is %q, %t; want GOLD: long, and above the population's 50", got, known)
	}
}
