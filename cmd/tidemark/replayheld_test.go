package main

import (
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/service"
)

// TestReplaySaysWhomTheValueStackHolds: the summary counts buyers by the term of the value stack that holds them at an edge.
func TestReplaySaysWhomTheValueStackHolds(t *testing.T) {
	engine, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSummary(engine)
	for range 3 {
		s.add(&folded{heldValue: []string{"year_orders"}})
	}
	var text strings.Builder
	if err := s.print(&text); err != nil {
		t.Fatal(err)
	}
	if want := "value capped year_orders 3: beyond what the value stack was fitted to"; !strings.Contains(text.String(), want) {
		t.Errorf("summary: want %q in it, got\n%s", want, text.String())
	}
}
