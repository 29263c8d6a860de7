package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/service"
)

func engineFor(t *testing.T, source string) *score.Engine {
	t.Helper()
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

// someone returns a customer who bought once, and then sent these events, hours apart.
func someone(t *testing.T, e *score.Engine, id string, events ...event.Event) subject {
	t.Helper()
	start := event.InstantOf(time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC))
	order := &event.Purchase{Kind: event.Order, OrderID: "o", Amount: event.Money{Minor: 4000, Currency: "USD"}, Channel: "web"}
	p := e.New(id)
	for i, x := range append([]event.Event{order}, events...) {
		h := x.Common()
		h.ID, h.Customer, h.OccurredAt = fmt.Sprint("e", i), id, start.Add(time.Duration(i)*time.Hour)
		h.RecordedAt = h.OccurredAt
		next, _, verdict := e.Apply(p, x)
		if verdict != score.Accepted {
			t.Fatalf("event %d: %s", i, verdict)
		}
		p = next
	}
	return subject{profile: p, engine: e}
}

func TestWords(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	bob := someone(t, e, "bob")
	all := strings.Join(bob.words(), "\n")
	for _, want := range []string{"bob has 1 order on 1 day", "40.00 USD", "The tier is", "since 2026-03-01T12:00:00Z", "There is no churn alert:", "one-time buyer"} {
		if !strings.Contains(all, want) {
			t.Errorf("want %q in\n%s", want, all)
		}
	}
	bob.profile.Erased = 1_000_000_000_000
	if got := strings.Join(bob.words(), "\n"); !strings.Contains(got, "erased at 2001-09-09T01:46:40Z") {
		t.Errorf("want the erasure of who had the id before in\n%s", got)
	}
}
