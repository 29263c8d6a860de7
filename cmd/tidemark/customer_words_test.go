package main

import (
	"fmt"
	"testing"
	"time"

	"tidemark/internal/event"
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

// inWords are the passages of the page of a customer, as lines.
func inWords(s subject) []string {
	var lines []string
	for _, p := range s.glance(s.profile.AsOf) {
		lines = append(lines, p.about+": "+p.text)
	}
	return lines
}
