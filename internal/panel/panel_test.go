package panel_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/realdata"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

const day = 24 * time.Hour

func engine(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func date(s string) event.Instant {
	at, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return event.InstantOf(at)
}

func purchase(customer, at string, kind event.PurchaseKind, order string, minor int64, currency event.Currency) event.Event {
	when := date(at).Add(12 * time.Hour)
	return &event.Purchase{
		Head: event.Head{ID: customer + at + kind.String(), Customer: customer, OccurredAt: when, RecordedAt: when},
		Kind: kind, OrderID: order, Amount: event.Money{Minor: minor, Currency: currency},
	}
}

// byHand is a log in no order, with a repetition.
var byHand = []event.Event{
	purchase("zoe", "2026-01-20", event.Order, "z1", 700, "USD"),
	purchase("ann", "2026-03-01", event.Order, "a3", 3000, "USD"),
	purchase("ann", "2026-01-01", event.Order, "a1", 1000, "USD"),
	purchase("ann", "2026-01-15", event.Order, "a2", 2000, "USD"),
	purchase("ann", "2026-01-01", event.Order, "a1", 1000, "USD"),
	purchase("ann", "2026-03-09", event.Refund, "a3", 500, "USD"),
	purchase("bob", "2026-01-10", event.Order, "b1", 5000, "USD"),
	purchase("bob", "2026-02-10", event.Cancel, "b1", 0, "USD"),
	purchase("cid", "2026-02-20", event.Order, "c1", 900, "USD"),
	purchase("dan", "2026-01-05", event.Order, "d1", 900, "JPY"), // the model has no rate
	purchase("eva", "2026-01-05", event.Order, "e1", 100, "EUR"), // at 1.11
}

// seen is a row in short.
type seen struct {
	customer string
	days     int
	spend    int64
	age      float64
	later    history.Bought
}

func short(r *panel.Row) seen {
	return seen{r.Customer, r.Facts.PurchaseDays, r.Facts.Spend, r.Pattern.Age, r.Later}
}

func TestLookAtAHandfulOfCustomers(t *testing.T) {
	cuts := []panel.Cut{
		{At: date("2026-03-01"), Window: 7 * day},
		{At: date("2026-02-01"), Window: 60 * day},
		{At: date("2026-02-01")},
		{At: date("2026-01-15").Add(12 * time.Hour), Window: day}, // the instant of an order
		{At: date("2025-01-01"), Window: 30 * day},
	}
	want := [][]seen{
		{ // bob's order has been called off, ann's refund is yet to come
			{"ann", 2, 3000, 59, history.Bought{Days: 1, Net: 3000}},
			{"cid", 1, 900, 9, history.Bought{}},
			{"eva", 1, 111, 55, history.Bought{}},
			{"zoe", 1, 700, 40, history.Bought{}},
		},
		{ // cid is yet to come; what bob will call off still stands
			{"ann", 2, 3000, 31, history.Bought{Days: 1, Net: 2500}},
			{"bob", 1, 5000, 22, history.Bought{}},
			{"eva", 1, 111, 27, history.Bought{}},
			{"zoe", 1, 700, 12, history.Bought{}},
		},
		{
			{"ann", 2, 3000, 31, history.Bought{}},
			{"bob", 1, 5000, 22, history.Bought{}},
			{"eva", 1, 111, 27, history.Bought{}},
			{"zoe", 1, 700, 12, history.Bought{}},
		},
		{
			{"ann", 2, 3000, 14.5, history.Bought{}}, {"bob", 1, 5000, 5.5, history.Bought{}}, {"eva", 1, 111, 10.5, history.Bought{}},
		},
		nil,
	}
	got, err := panel.Look(t.Context(), engine(t), byHand, cuts, short)
	if err != nil {
		t.Fatal(err)
	}
	for k := range cuts {
		if !slices.Equal(got.Rows[k], want[k]) {
			t.Errorf("cut %d at %v:\n got %+v\nwant %+v", k, cuts[k].At, got.Rows[k], want[k])
		}
	}
	if got.Refused != 1 {
		t.Errorf("%d events refused, want 1: yen have no rate", got.Refused)
	}
	if want := map[event.Currency]int{"JPY": 1}; !maps.Equal(got.NoRate, want) {
		t.Errorf("without a rate: %v, want %v", got.NoRate, want)
	}
}

func TestLookRefuses(t *testing.T) {
	for _, window := range []time.Duration{-1, panel.MaxWindow + 1} {
		if _, err := panel.Look(t.Context(), engine(t), byHand, []panel.Cut{{At: date("2026-02-01"), Window: window}}, short); err == nil {
			t.Errorf("a window of %v: got no error", window)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := panel.Look(ctx, engine(t), byHand, []panel.Cut{{At: date("2026-02-01")}}, short); !errors.Is(err, context.Canceled) {
		t.Errorf("called off: got %v, want %v", err, context.Canceled)
	}
}

func sample(t testing.TB) []event.Event {
	return read(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
}

func read(t testing.TB, format dataset.Format, name string) []event.Event {
	t.Helper()
	log, err := dataset.Read(format, []string{realdata.File(t, name)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return log.Events
}

func keep(r *panel.Row) panel.Row { return *r }

// Figures of the sample that others have published: those of the calibration and the 39 weeks after it.
func TestLookAtCDNOW(t *testing.T) {
	cut := panel.Cut{At: date("1997-09-30"), Window: 39 * 7 * day}
	got, err := panel.Look(t.Context(), engine(t), sample(t), []panel.Cut{cut}, keep)
	if err != nil {
		t.Fatal(err)
	}
	type figures struct{ customers, again, repeats, later int }
	var is figures
	for _, r := range got.Rows[0] {
		is.customers++
		is.repeats += r.Pattern.Repeats
		is.later += r.Later.Days
		if r.Pattern.Repeats > 0 {
			is.again++
		}
	}
	if want := (figures{2357, 946, 2457, 1882}); is != want {
		t.Errorf("customers, those who bought again, their repeats, purchases after: got %+v, want %+v", is, want)
	}
}

// What is known at a cut is what a replay up to it knows, whatever other cuts there are and however the log lies.
func TestLookKnowsWhatReplayKnows(t *testing.T) {
	events := sample(t)
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
	e := engine(t)
	cuts := []panel.Cut{{At: date("1998-03-01")}, {At: date("1997-09-30"), Window: 90 * day}, {At: date("1997-10-01").Add(7 * time.Hour)}}
	got, err := panel.Look(t.Context(), e, events, cuts, keep)
	if err != nil {
		t.Fatal(err)
	}
	for k, cut := range cuts {
		want := replay.Run(e, events, cut.At).Customers
		if len(got.Rows[k]) != len(want) {
			t.Fatalf("at %v: got %d customers, want %d", cut.At, len(got.Rows[k]), len(want))
		}
		for i, r := range got.Rows[k] {
			p := want[i].Profile
			if r.Customer != p.Customer || r.Facts != p.History.Facts(cut.At, event.Calendar{}) {
				t.Fatalf("customer %s at %v: got %+v, want customer %s with the facts of the replay", r.Customer, cut.At, r.Facts, p.Customer)
			}
		}
	}
}

// One run is 23,570 customers with 69,659 orders; the cuts are months apart, each with a window of 90 days.
func BenchmarkLookAtCDNOW(b *testing.B) {
	events, e := read(b, dataset.CDNOW, "cdnow/CDNOW_master.txt"), engine(b)
	for _, n := range []int{1, 12} {
		b.Run(fmt.Sprint(n, " cuts"), func(b *testing.B) {
			var cuts []panel.Cut
			for i := range n {
				cuts = append(cuts, panel.Cut{At: date("1998-03-31").Add(-time.Duration(30*i) * day), Window: 90 * day})
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := panel.Look(b.Context(), e, events, cuts, short); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
