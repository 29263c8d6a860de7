package pipeline

import (
	"strings"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// scorers are the engines of the tests: a simple one whose results are easy to see, and the real one.
func scorers(t *testing.T) []scorer {
	t.Helper()
	parse := func(source []byte) score.Model {
		m, err := model.Parse(source)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	// Another model gives tiers for less, and alerts earlier.
	lenient := []byte(strings.NewReplacer("general: 30", "general: 5", "potential: 60", "potential: 10", "high: 90", "high: 20",
		"{up: 0.5, down: 0.3, floor: 0.65}", "{up: 0.4, down: 0.3, floor: 0.55}").Replace(string(model.Default())))
	first := engineOf(t, parse(model.Default()), nil)
	return []scorer{toyScorer(), {
		name: "score", engine: first,
		next: func(from event.Instant) Engine {
			return engineOf(t, parse(lenient), first).Effective(from)
		},
		encode: func(p score.Profile) []byte { return p.Append(nil) }, decode: score.Decode, base: first.Model().Base,
	}}
}

func engineOf(t *testing.T, m score.Model, previous *score.Engine) *score.Engine {
	t.Helper()
	engine, err := score.NewEngine(m, event.NewCalendar(nil), avro.Identify, previous)
	if err != nil {
		t.Fatal(err)
	}
	return engine
}
