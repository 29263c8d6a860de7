package service_test

import (
	"encoding/json"
	"slices"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/watch"
)

// replayOf replays a log of lines of JSON with a model. An empty source is the default model.
func replayOf(t *testing.T, file, source string, asOf event.Instant) servicetest.Replayed {
	t.Helper()
	if source == "" {
		source = string(model.Default())
	}
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	log, err := dataset.Read(dataset.JSONL, []string{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	result := replay.Run(engine, log.Events, asOf)
	r := servicetest.Replayed{Scores: map[string]map[string]string{}, IDs: map[string]string{}, Unsaid: map[string]string{}, KeptBack: map[string]string{}, Withheld: map[string][]int64{}, Forecasts: map[string]int64{}}
	public := map[score.Transition]bool{} // alerts of the control group are not
	unsaid := map[score.Transition]bool{}
	for _, c := range result.Everybody() {
		profile := c.Profile
		for i, published := range profile.Publish(c.Transitions, result.AsOf, 0) {
			public[c.Transitions[i]] = published
		}
		for i, told := range c.Transitions {
			later := func(t score.Transition) bool { return t.Common().Cause == score.ByErasure }
			unsaid[told] = !later(told) && slices.ContainsFunc(c.Transitions[i:], later)
		}
	}
	for _, c := range result.Customers {
		fields, row := map[string]string{}, engine.Score(c.Profile, result.AsOf)
		for i, value := range row.Row() {
			fields[score.Columns()[i]] = value
		}
		r.Scores[c.Profile.Customer] = fields
		watch.Count(r.Forecasts, c.Outcomes)
		if c.Profile.Uncontactable && !c.Profile.Test {
			r.Uncontactable++
		}
	}
	r.Merged = len(result.Merged)
	for _, told := range result.Transitions() {
		of := r.IDs
		switch {
		case unsaid[told]:
			of = r.Unsaid
		case !public[told]:
			of = r.KeptBack
			c := told.Common()
			r.Withheld[c.Customer] = append(r.Withheld[c.Customer], c.Sequence)
		}
		topic, line := avro.TransitionJSON(told)
		var said struct {
			ID               string `json:"event_id"`
			Direction, State string
		}
		if err := json.Unmarshal(line, &said); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		of[said.ID] = topic + " " + said.Direction + said.State
	}
	return r
}
