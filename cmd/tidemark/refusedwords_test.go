package main

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/service"
)

// TestRefusedEventsInWords: what fit leaves out is told apart by the way on, and the currencies are named.
func TestRefusedEventsInWords(t *testing.T) {
	engine, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	const rates = "left out: events without a rate: INR 3, EUR before 1999-01-01 2; add these currencies under rates in the model file, with a rate from a date on\n"
	unrated := map[event.Currency]int{"EUR": 2, "INR": 3}
	for _, row := range []struct {
		refused int
		noRate  map[event.Currency]int
		want    string
	}{
		{0, nil, ""},
		{4, nil, "left out: 4 events, too old for the model, or too late\n"},
		{5, unrated, rates},
		{6, unrated, rates + "left out: 1 events, too old for the model, or too late\n"},
	} {
		if got := refusedWords(row.refused, row.noRate, engine); got != row.want {
			t.Errorf("%d refused, without a rate %v: got %q, want %q", row.refused, row.noRate, got, row.want)
		}
	}
}
