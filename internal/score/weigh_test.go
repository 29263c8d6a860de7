package score_test

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/value"
)

// scaleOf returns a scale by which a scorecard may weigh an entry; false where it may not.
func scaleOf(e *catalogue.Entry) (value.Scale, bool) {
	high := map[catalogue.Kind]float64{catalogue.Money: 500, catalogue.Count: 6}[e.Kind]
	switch {
	case e.High <= 1:
		high = 1
	case high == 0:
		high = 200
	}
	for _, s := range []value.Scale{{Method: value.MinMax, High: high}, {Method: value.Remaining, High: high}} {
		if e.Weighable(s) == nil {
			return s, true
		}
	}
	return value.Scale{}, false
}

// weighables are the entries that a scorecard may weigh.
func weighables() []*catalogue.Entry {
	var all []*catalogue.Entry
	for _, e := range catalogue.All() {
		if _, ok := scaleOf(&e); ok {
			all = append(all, catalogue.Find(e.Name))
		}
	}
	return all
}

// weighing makes the scorecard of a model weigh an entry beside its own indicators.
func weighing(e *catalogue.Entry) func(*score.Model) {
	return func(m *score.Model) {
		scale, _ := scaleOf(e)
		lines := slices.DeleteFunc(slices.Clone(m.Scorecard.Lines), func(l value.Line) bool { return string(l.Indicator) == e.Name })
		sum := .4
		for _, l := range lines {
			sum += l.Weight
		}
		lines = append(lines, value.Line{Indicator: value.Indicator(e.Name), Weight: .4, Scale: scale})
		for i := range lines {
			lines[i].Weight /= sum
		}
		m.Scorecard.Lines = lines
	}
}

// weigher is an engine that weighs an entry. Its model knows all that an entry may read.
func weigher(t testing.TB, entry *catalogue.Entry) *score.Engine {
	return newEngine(t, event.Calendar{}, func(m *score.Model) {
		weighing(entry)(m)
		if entry.Reads&catalogue.ReadsMore != 0 {
			valued(m)
		}
	})
}

// TestAWeighedEntryIsWhatIsShown: a scorecard weighs the number that the views of a customer show, and is without it where they are.
func TestAWeighedEntryIsWhatIsShown(t *testing.T) {
	for i, entry := range weighables() {
		e, known := weigher(t, entry), 0
		for seed := range uint64(max(scaled(40), 12)) {
			r := rand.New(rand.NewPCG(seed, uint64(700+i)))
			life := richer(r, newLife(r))
			p := fold(t, e, life[:1+r.IntN(len(life))])
			at := p.AsOf + event.Instant(r.Int64N(int64(200*day)))
			s := e.Score(p, at)
			if !s.Bought {
				continue
			}
			want, shown := entry.Number(s.View())
			if shown {
				known++
			}
			near := 1e-6 // of what a contribution rounds its values to
			if entry.Kind == catalogue.Money {
				near = .005
			}
			scale, _ := scaleOf(entry)
			better, _ := scale.Of(want)
			got := slices.IndexFunc(e.Explain(p, at).Indicators, func(c score.Contribution) bool { return c.Indicator == entry.Name })
			if got < 0 { // it contributes nothing
				if shown && better > near {
					t.Errorf("%s, life %d: not weighed, shown as %v", entry.Name, seed, want)
				}
				continue
			}
			if raw := e.Explain(p, at).Indicators[got].RawAfter; math.IsNaN(raw) == shown || shown && math.Abs(raw-want) > near {
				t.Errorf("%s, life %d: weighed as %v, shown as %v, known %v", entry.Name, seed, raw, want, shown)
			}
		}
		if known == 0 && !undrawn[entry.Name] {
			t.Errorf("%s: known of no buyer, so it is nothing to weigh", entry.Name)
		}
	}
}

// TestNextCrossingUnderAnyWeighedEntry: whatever entry a scorecard weighs, the crossing that is searched for is the one that a walk over every
// midnight and breakpoint meets first.
func TestNextCrossingUnderAnyWeighedEntry(t *testing.T) {
	entries := weighables()
	if len(entries) < 40 {
		t.Fatalf("%d entries may be weighed, want at least 40", len(entries))
	}
	profiles, crossed := max(scaled(2000)/len(entries), 4), 0
	for i, entry := range entries {
		e := weigher(t, entry)
		w := walker{engine: e, touches: true}
		for seed := range profiles {
			r := rand.New(rand.NewPCG(uint64(seed), uint64(100+i)))
			life := richer(r, newLife(r))
			p := w.someday(r, fold(t, e, life[:1+r.IntN(len(life))]))
			got, ok := e.NextCrossing(p, p.AsOf)
			if ok && got <= p.AsOf+60*day {
				crossed++
			}
			check(t, w, p, seed, got, ok, 60*day)
		}
		if t.Failed() {
			t.Fatalf("with %s weighed", entry.Name)
		}
	}
	if crossed*5 < profiles*len(entries) {
		t.Errorf("%d of %d profiles cross something, want a fifth", crossed, profiles*len(entries))
	}
}

// TestEveryFactOfAWeighedEntryIsCompared changes one fact after the other: where the score changes with it, feels.same tells the two apart.
func TestEveryFactOfAWeighedEntryIsCompared(t *testing.T) {
	for _, entry := range weighables() {
		e := newEngine(t, event.Calendar{}, weighing(entry))
		p, _ := weekly(t, e)
		at := p.AsOf + 20*day
		usual := e.Facts(&p.History, at)
		usual.Experience = history.Experience{NPSScore: 9, NPSKnown: true, CSATMean: .5, CSATCount: 2, Complaints: 2, OpenComplaints: 1, RefundAmount365: 100}
		usual.CSATLatest = .25
		for path, change := range leaves(reflect.TypeFor[history.Facts](), nil, "") {
			if strings.HasPrefix(path.top, "Until") {
				continue
			}
			changed := usual
			for range 40 { // so that a small share of the score shows in whole points
				change(reflect.ValueOf(&changed).Elem())
			}
			was, is := bearing(e, &usual, at), bearing(e, &changed, at)
			if was.points != is.points && e.Same(&usual, &changed) {
				t.Errorf("%s: %s bears on the score, %d before and %d after, and feels.same passes over it: name it in Reads", entry.Name, path, was.points, is.points)
			}
		}
	}
}

// TestWhatNoScorecardMayWeigh names the entry and the reason.
func TestWhatNoScorecardMayWeigh(t *testing.T) {
	for _, row := range []struct {
		name   string
		scale  value.Scale
		reason string
	}{
		{"segment", value.Scale{Method: value.MinMax, High: 1}, "it is a word"},
		{"value_score", value.Scale{Method: value.MinMax, High: 1}, "made of the score"},
		{"expected_orders", value.Scale{Method: value.MinMax, High: 1}, "silence may raise it and may lower it"},
		{"spend_365d", value.Scale{Method: value.Remaining, High: 1}, "more is better"},
		{"recency_days", value.Scale{Method: value.MinMax, High: 1}, "less is better"},
		{"tenure_days", value.Scale{Method: value.MinMax, High: 1}, "in silence a score must only fall"},
		{"prospect_score", value.Scale{Method: value.MinMax, High: 100}, "who has not bought has no score"},
		{"purchasing_power", value.Scale{Method: value.MinMax, High: 1}, "what was said of the customer"},
		{"days_since_complaint", value.Scale{Method: value.MinMax, High: 1}, "in silence a score must only fall"},
		{"shoe_size", value.Scale{Method: value.MinMax, High: 1}, `"shoe_size" is unknown`},
	} {
		m := shipped(t).Model()
		m.Scorecard.Lines = slices.Clone(m.Scorecard.Lines)
		m.Scorecard.Lines[0] = value.Line{Indicator: value.Indicator(row.name), Weight: m.Scorecard.Lines[0].Weight, Scale: row.scale}
		if err := m.Check(); err == nil || !strings.Contains(err.Error(), row.name) || !strings.Contains(err.Error(), row.reason) {
			t.Errorf("%s by %s: error %v, want one that names it and says %q", row.name, row.scale.Method, err, row.reason)
		}
	}
}

// richer adds to a life what newLife has none of: items, costs, trouble with payments, outreach, and words on the customer.
func richer(r *rand.Rand, life []event.Event) []event.Event {
	var more []event.Event
	for i, x := range life {
		p, ok := x.(*event.Purchase)
		if !ok {
			continue
		}
		if p.Kind == event.Order && r.IntN(2) == 0 {
			p.Items = []event.Item{{Category: "a", Quantity: 1}, {Category: "b", Quantity: 2}}[:1+r.IntN(2)]
			p.Discount, p.ServiceCost = event.Minor(int64(r.IntN(500))), event.Minor(int64(r.IntN(900)))
			p.AcquisitionCost = event.Minor(int64(r.IntN(2)) * 3000)
		}
		at := p.OccurredAt + event.Instant(r.Int64N(int64(20*day)))
		head := event.Head{ID: "m" + p.ID, Customer: p.Customer, OccurredAt: at, RecordedAt: at + 1}
		switch r.IntN(8) {
		case 0:
			kind := []event.PurchaseKind{event.PaymentFailed, event.PaymentOverdue, event.Paid, event.Chargeback}[i%4]
			more = append(more, &event.Purchase{Head: head, Kind: kind, OrderID: p.OrderID, Amount: event.Money{Minor: 500, Currency: "USD"}})
		case 1:
			more = append(more, &event.Interaction{Head: head, Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(int64(50 + r.IntN(500)))})
		case 2:
			said := map[string]string{"owner": "Ada", "industry": "retail", "size": "50", "growth": "high", "credit_grade": "B", "expert_class": "HIGH", "preferred_channel": "web"}
			more = append(more, &event.Interaction{Head: head, Kind: event.Attributes, Attributes: said})
		case 3:
			more = append(more, &event.Interaction{Head: head, Kind: event.OfferRedeemed, Channel: "app"})
		}
	}
	life = append(life, more...)
	slices.SortFunc(life, event.Compare)
	return life
}
