package switchover_test

import (
	"context"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/release"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/switchover"
)

// pages holds the profiles of one shard.
type pages [][]byte

func (p pages) Scan(context.Context, int, uint64, int) ([][]byte, uint64, error) { return p, 0, nil }

// TestWhoDoesNotCount: merged ids and test accounts are no customers of the outlook.
func TestWhoDoesNotCount(t *testing.T) {
	e, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	at := event.InstantOf(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
	lived := func(id string, more *event.Interaction) []byte {
		p := e.New(id)
		events := []event.Event{&event.Purchase{Kind: event.Order, OrderID: "o", Amount: event.Money{Minor: 4000, Currency: "USD"}}}
		if more != nil {
			events = append(events, more)
		}
		for n, x := range events {
			h := x.Common()
			h.ID, h.Customer, h.OccurredAt, h.RecordedAt = id+string(rune('0'+n)), id, at.Add(time.Duration(n)*time.Hour), at.Add(time.Duration(n)*time.Hour)
			var verdict score.Verdict
			if p, _, verdict = e.Apply(p, x); verdict != score.Accepted {
				t.Fatalf("%s: %s", id, verdict)
			}
		}
		return p.Append(nil)
	}
	all := pages{
		lived("ann", nil), lived("old", &event.Interaction{Kind: event.MergedInto, OtherCustomer: "ann"}),
		lived("test", &event.Interaction{Kind: event.Attributes, Attributes: map[string]string{"test_account": "true"}}),
	}
	got, err := switchover.Look(t.Context(), all, 1, switchover.Switch{Now: e, Next: e, At: at.Add(2 * time.Hour)}, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	counted := 0
	for _, row := range got.Tiers {
		for _, n := range row {
			counted += n
		}
	}
	if got.Customers != 1 || counted != 1 {
		t.Errorf("%d customers, %d in the table of tiers; want ann alone", got.Customers, counted)
	}
}

// TestWhoseGapsAreUnknown counts, under a model with a mixture of regularities, the customers of former formats whose gaps are forgotten. Under
// other models nobody asks.
func TestWhoseGapsAreUnknown(t *testing.T) {
	now, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	next, err := service.NewEngine(append(model.Default(), "regular: {weights: {1: .5, 13: .5}}\n"...), "UTC", now)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range release.All(t) {
		var all pages
		for _, stored := range r.Profiles(t) {
			if stored.Customer == "gil" && stored.When == "end" {
				all = append(all, []byte(stored.Encoded))
			}
		}
		want := 0
		if r.Number <= 3 {
			want = 1
		}
		got, err := switchover.Look(t.Context(), all, 1, switchover.Switch{Now: now, Next: next, At: release.AsOf}, func(int) {})
		if err != nil || got.Customers != 1 || got.Irregular != want {
			t.Errorf("release %d: %d of %d customers have unknown gaps, %v; want %d of 1", r.Number, got.Irregular, got.Customers, err, want)
		}
		if got, err = switchover.Look(t.Context(), all, 1, switchover.Switch{Now: now, Next: now, At: release.AsOf}, func(int) {}); err != nil || got.Irregular != 0 {
			t.Errorf("release %d: without a mixture %d customers have unknown gaps, %v; want none counted", r.Number, got.Irregular, err)
		}
	}
}
