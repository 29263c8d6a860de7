package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/kafka"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// outputTopics are those of transitions.
var outputTopics = kafka.TransitionTopics()

// replayed is what a replay of a log came to.
type replayed struct {
	scores map[string]map[string]string // by customer and column
	ids    map[string]string            // topic and direction or state by id
	// forecasts are the counters of settled churn forecasts.
	forecasts map[string]int64
}

func replayOf(t *testing.T, args ...string) replayed {
	t.Helper()
	dir := t.TempDir()
	scores, transitions := filepath.Join(dir, "scores.csv"), filepath.Join(dir, "transitions.jsonl")
	counters := filepath.Join(dir, "counters.csv")
	must(t, append([]string{"replay", "--scores", scores, "--transitions", transitions, "--calibration", counters}, args...)...)
	return replayed{readScores(t, scores), readTransitions(t, transitions), readCounters(t, counters)}
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

func readTransitions(t *testing.T, name string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]string{}
	for line := range strings.Lines(string(raw)) {
		var told struct {
			Topic string
			Event struct {
				ID        string `json:"event_id"`
				Direction string
				State     string
			}
			Published bool
		}
		if err := json.Unmarshal([]byte(line), &told); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if !told.Published {
			t.Fatalf("not published, want all published: %s", line)
		}
		ids[told.Event.ID] = told.Topic + " " + told.Event.Direction + told.Event.State
	}
	return ids
}

// compare holds what the servers hold to the replay.
func (r replayed) compare(t *testing.T, s *servers) {
	t.Helper()
	r.compareScores(t, s)
	r.compareOutputs(t, s.outputs(t))
	r.compareForecasts(t, s)
	s.outboxesAreEmpty(t)
}

// outboxesAreEmpty checks that nothing waits to be published, or to be confirmed.
func (s *servers) outboxesAreEmpty(t *testing.T) {
	t.Helper()
	if waiting := s.waiting(t); len(waiting) > 0 {
		t.Errorf("outputs by shard that wait: %v, want none", waiting)
	}
}

// waiting counts the outputs in the outboxes of the shards that have any: to be published, or to be confirmed.
func (s *servers) waiting(t *testing.T) map[int]int64 {
	t.Helper()
	waiting := map[int]int64{}
	for n := range endToEndShards {
		entries, err := s.data.LLen(t.Context(), fmt.Sprintf("tm:{%02d}:outbox", n)).Result()
		if err != nil {
			t.Fatalf("outbox of shard %d: %v", n, err)
		}
		if left := entries - 1; left != 0 { // the first is the sentinel
			waiting[n] = left
		}
	}
	return waiting
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

// compareForecasts holds the counters of settled forecasts, over all shards, to the replay's.
func (r replayed) compareForecasts(t *testing.T, s *servers) {
	t.Helper()
	got := map[string]int64{}
	for _, census := range s.hashes(t, shardKeys("census")...) {
		for name, value := range census {
			n, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				t.Fatalf("census, %s: %v", name, err)
			}
			if strings.HasPrefix(name, watch.Prefix) {
				got[name] += n
			}
		}
	}
	if !maps.Equal(got, r.forecasts) || len(got) < 20 {
		t.Errorf("counters of settled forecasts: %d of them, want the replay's %d, and at least 20:\n got %v\nwant %v", len(got), len(r.forecasts), got, r.forecasts)
	}
}

// compareScores holds the public scores to the replay's, field by field.
func (r replayed) compareScores(t *testing.T, s *servers) {
	t.Helper()
	keys := s.keys(t, "tm:score:")
	wrong := 0
	for i, got := range s.hashes(t, keys...) {
		customer := strings.TrimPrefix(keys[i], "tm:score:")
		want := r.scores[customer]
		if want == nil || len(got) != 12 {
			t.Errorf("customer %s has fields %v, want the 12 of the design, and to be in the replay", customer, slices.Sorted(maps.Keys(got)))
			wrong++
		}
		for field, value := range got {
			if value != want[field] {
				t.Errorf("customer %s: %s is %q, replay says %q", customer, field, value, want[field])
				wrong++
			}
		}
		if wrong > 10 {
			t.Fatal("too many differ")
		}
	}
	if len(keys) != len(r.scores) {
		t.Errorf("%d customers have a score, want %d", len(keys), len(r.scores))
	}
}

// compareOutputs holds the output topics to the replay's transitions by id.
func (r replayed) compareOutputs(t *testing.T, outputs map[string]*kgo.Record) {
	t.Helper()
	entries, raised := 0, 0
	for id, record := range outputs {
		want, ok := r.ids[id]
		if !ok || !strings.HasPrefix(want, record.Topic) {
			t.Fatalf("%s holds %s, which replay does not tell", record.Topic, id)
		}
		if strings.HasSuffix(want, " ENTRY") {
			entries++
		}
		if strings.HasSuffix(want, " RAISED") {
			raised++
		}
	}
	for id, kind := range r.ids {
		if outputs[id] == nil {
			t.Fatalf("%s %s is missing, and %d of %d are there", kind, id, len(outputs), len(r.ids))
		}
	}
	if entries != len(r.scores) {
		t.Errorf("%d ENTRY, want one for each of the %d customers", entries, len(r.scores))
	}
	if raised == 0 {
		t.Error("no RAISED, want some: a log without them shows nothing")
	}
}

// outputs reads the output topics to their ends, by id. The same id twice must be the same message.
func (s *servers) outputs(t *testing.T) map[string]*kgo.Record {
	t.Helper()
	found := map[string]*kgo.Record{}
	repeated := 0
	for _, record := range s.records(t, outputTopics...) {
		id := headerOf(record, "ce_id")
		if before := found[id]; before != nil {
			repeated++
			if before.Topic != record.Topic || string(before.Value) != string(record.Value) || string(before.Key) != string(record.Key) {
				t.Errorf("%s stands in the log with two payloads", id)
			}
		}
		found[id] = record
	}
	t.Logf("%d outputs, %d of them repeated", len(found), repeated)
	return found
}

// publishedIsCommitted holds what is published to what is committed, now: none may be out that is not committed.
func (s *servers) publishedIsCommitted(t *testing.T) {
	t.Helper()
	published := s.published(t) // first: what is committed only grows
	committed := s.committed(t)
	for customer, n := range published {
		if n > committed[customer] {
			t.Fatalf("transition %d of customer %s is published, and %d are committed", n, customer, committed[customer])
		}
	}
}

// published is the last transition of each customer that is out, counted from 1.
func (s *servers) published(t *testing.T) map[string]int64 {
	t.Helper()
	last := map[string]int64{}
	for _, r := range s.records(t, outputTopics...) {
		sequence, err := strconv.ParseInt(headerOf(r, "sequence"), 10, 64)
		if err != nil {
			t.Fatalf("sequence of %s: %v", headerOf(r, "ce_id"), err)
		}
		customer := string(r.Key)
		last[customer] = max(last[customer], sequence)
	}
	return last
}

// committed is the last transition of each customer of some partition indexes, of all if none is given, that its profile
// counts.
func (s *servers) committed(t *testing.T, indexes ...int) map[string]int64 {
	t.Helper()
	last := map[string]int64{}
	for n, profiles := range s.hashes(t, shardKeys("profiles")...) {
		if len(indexes) > 0 && !slices.Contains(indexes, n%endToEndPartitions) {
			continue
		}
		for customer, encoded := range profiles {
			if customer == "" { // the sentinel
				continue
			}
			profile, err := score.Decode([]byte(encoded))
			if err != nil {
				t.Fatalf("profile of %s: %v", customer, err)
			}
			last[customer] = profile.Sequence
		}
	}
	return last
}
