package pipeline

import (
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// scorers are the engines that the promises are tested with: one that can be seen through, and the one that serves.
func scorers(t *testing.T) []scorer {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	engine, err := score.NewEngine(m, event.NewCalendar(nil), avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return []scorer{toyScorer(), {
		name: "score", engine: engine,
		encode: func(p score.Profile) []byte { return p.Append(nil) }, decode: score.Decode,
	}}
}
