package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/model"
)

// A model with a season is in order, and its year is drawn.
func TestModelCheckDrawsTheSeason(t *testing.T) {
	t.Parallel()
	raw := string(model.Default()) + "season: {months: [500, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 2000]}\n"
	name := filepath.Join(t.TempDir(), "model.yaml")
	if err := os.WriteFile(name, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	tidemark(t, "model", "check", name).says(t, 0, "is in order", "season  ▃▅▅▅▅▅▅▅▅▅▅█", "season  JFMAMJJASOND",
		"busiest from 1 December on: 2.00 times the usual pace; quietest from 1 January on: 0.50 times")
	var drawn strings.Builder
	if err := drawSeason(&drawn, model.Default(), "# season  "); err != nil || drawn.String() != "" {
		t.Errorf("a model without a season is drawn as %q, %v", drawn.String(), err)
	}
}
