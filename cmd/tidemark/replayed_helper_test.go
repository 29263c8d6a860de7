package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
)

// replayOf returns the result of `tidemark replay` on a log.
func replayOf(t *testing.T, args ...string) servicetest.Replayed {
	t.Helper()
	dir := t.TempDir()
	scores, transitions := filepath.Join(dir, "scores.csv"), filepath.Join(dir, "transitions.jsonl")
	counters := filepath.Join(dir, "counters.csv")
	must(t, append([]string{"replay", "--scores", scores, "--transitions", transitions, "--calibration", counters}, args...)...)
	r := servicetest.Replayed{Scores: readScores(t, scores), Forecasts: readCounters(t, counters)}
	readTransitions(t, transitions, &r)
	return r
}

func readScores(t *testing.T, name string) map[string]map[string]string {
	t.Helper()
	rows := csvRows(t, name)
	scores := map[string]map[string]string{}
	for _, row := range rows[1:] {
		fields := map[string]string{}
		for i, column := range rows[0] {
			fields[column] = row[i]
		}
		scores[row[0]] = fields
	}
	return scores
}

func readTransitions(t *testing.T, name string, r *servicetest.Replayed) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	r.IDs, r.KeptBack, r.Withheld = map[string]string{}, map[string]string{}, map[string][]int64{}
	for line := range strings.Lines(string(raw)) {
		var told struct {
			Topic    string
			Sequence int64
			Event    struct {
				ID        string `json:"event_id"`
				Customer  string `json:"customer_id"`
				Direction string
				State     string
			}
			Published  bool
			KeptBackAs string `json:"kept_back_as"`
		}
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		kind := told.Topic + " " + told.Event.Direction + told.Event.State
		if told.KeptBackAs == "CONTROL_GROUP" && !told.Published {
			r.KeptBack[told.Event.ID] = kind
			r.Withheld[told.Event.Customer] = append(r.Withheld[told.Event.Customer], told.Sequence)
			continue
		}
		if !told.Published {
			t.Fatalf("not published, want all published but the alerts of the control group: %s", line)
		}
		r.IDs[told.Event.ID] = kind
	}
}

func readCounters(t *testing.T, name string) map[string]int64 {
	t.Helper()
	counters := map[string]int64{}
	for _, row := range csvRows(t, name)[1:] {
		n, err := strconv.ParseInt(row[1], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		counters[row[0]] = n
	}
	return counters
}
