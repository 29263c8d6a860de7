package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/kafka"
	"tidemark/internal/realdata"
)

const (
	endToEndPartitions = 4
	endToEndShards     = 16
	endToEndWithin     = 8 * time.Minute // the machine may be busy; on a quiet one it takes a tenth of it
)

// TestEmbeddedEndToEnd loads CDNOW into two members of one group, kills one of them in the middle, and replaces it. What
// comes out is what replay says. Under the race detector it is one customer in ten.
func TestEmbeddedEndToEnd(t *testing.T) {
	file, format, asOf, batch := realdata.File(t, "cdnow/CDNOW_master.txt"), "cdnow", "1998-06-30", "500"
	customers := 23570
	if raceDetector || testing.Short() {
		file, format, batch, customers = realdata.File(t, "cdnow/CDNOW_sample.txt"), "cdnow-sample", "50", 2357
	}
	replayed := replayOf(t, file, "--format", format, "--as-of", asOf, "--alert-max-age", "0")
	if len(replayed.scores) != customers {
		t.Fatalf("replay: %d customers, want %d", len(replayed.scores), customers)
	}

	s := startServers(t, endToEndPartitions)
	must(t, append([]string{"import", file, "--format", format}, s.kafkaFlags()...)...)
	member := func(name string) *process {
		return start(t, name, append([]string{
			"run", "--clock", "event", "--as-of", asOf, "--alert-max-age", "0", "--exit-when-caught-up", "--batch-events", batch,
			"--shards", strconv.Itoa(endToEndShards), "--admin", "", "--kafka-session-timeout", "3s", "--kafka-client-id", name,
		}, s.flags()...)...)
	}
	first, second := member("first"), member("second")
	s.awaitMiddle(t, first, second)
	first.kill()
	third := member("third")
	for _, m := range []*process{second, third} {
		if got := m.code(t, endToEndWithin); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", m.name, got)
		}
	}

	replayed.compareScores(t, s.redis.Server())
	replayed.compareOutputs(t, s.outputs(t))
	for n := range endToEndShards {
		left, err := s.redis.Server().List(fmt.Sprintf("tm:{%02d}:outbox", n))
		if err != nil || len(left) != 1 {
			t.Errorf("shard %d: %d entries in the outbox, %v, want the sentinel alone", n, len(left), err)
		}
	}
}

// awaitMiddle returns when 20 to 80 % of the events are committed, and both members have committed some.
func (s *servers) awaitMiddle(t *testing.T, members ...*process) {
	t.Helper()
	cluster := s.cluster(t)
	var done, all int64
	eventually(t, endToEndWithin, "both members have committed in the middle of the log", func() bool {
		progress, err := cluster.Progress(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		done, all = 0, 0
		of := make([]int64, endToEndPartitions)
		for _, p := range progress {
			committed := s.applied(p.Partition.Index, string(p.Partition.Topic))
			done, all = done+committed, all+p.End
			of[p.Partition.Index] += committed
		}
		if 10*done > 8*all {
			t.Fatalf("%d of %d events are committed: the middle has been missed", done, all)
		}
		owned := 0
		for _, m := range members {
			share := m.share()
			owned += len(share)
			if !slices.ContainsFunc(share, func(index int) bool { return of[index] > 0 }) {
				return false
			}
		}
		return owned == endToEndPartitions && 10*done >= 2*all
	})
	t.Logf("%d of %d events are committed", done, all)
}

// applied is how far the shards have got in a partition: the highest of their marks.
func (s *servers) applied(index int, topic string) int64 {
	var highest int64
	for n := range 64 {
		var mark int64
		_, _ = fmt.Sscan(s.redis.Server().HGet(fmt.Sprintf("tm:{%02d}:meta", n), fmt.Sprintf("m:%s:%d", topic, index)), &mark)
		highest = max(highest, mark)
	}
	return highest
}

func (s *servers) cluster(t *testing.T) *kafka.Cluster {
	t.Helper()
	cluster, err := kafka.NewCluster(kafka.Config{Brokers: []string{s.kafka.Addr()}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(cluster.Close)
	return cluster
}

// replayed is what a replay of a log came to.
type replayed struct {
	scores map[string]map[string]string // by customer and column
	ids    map[string]string            // topic and direction or state by id
}

func replayOf(t *testing.T, args ...string) replayed {
	t.Helper()
	dir := t.TempDir()
	scores, transitions := filepath.Join(dir, "scores.csv"), filepath.Join(dir, "transitions.jsonl")
	must(t, append([]string{"replay", "--scores", scores, "--transitions", transitions}, args...)...)
	return replayed{readScores(t, scores), readTransitions(t, transitions)}
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

// compareScores holds the public scores to the replay's, field by field.
func (r replayed) compareScores(t *testing.T, redis *miniredis.Miniredis) {
	t.Helper()
	wrong, seen := 0, 0
	for _, key := range redis.Keys() {
		customer, ok := strings.CutPrefix(key, "tm:score:")
		if !ok {
			continue
		}
		seen++
		want := r.scores[customer]
		got, _ := redis.HKeys(key)
		if slices.Sort(got); want == nil || len(got) != 12 {
			t.Errorf("customer %s has fields %v, want the 12 of the design, and to be in the replay", customer, got)
			wrong++
		}
		for _, field := range got {
			if value := redis.HGet(key, field); value != want[field] {
				t.Errorf("customer %s: %s is %q, replay says %q", customer, field, value, want[field])
				wrong++
			}
		}
		if wrong > 10 {
			t.Fatal("too many differ")
		}
	}
	if seen != len(r.scores) {
		t.Errorf("%d customers have a score, want %d", seen, len(r.scores))
	}
}

// compareOutputs holds the output topics to the replay's transitions by id.
func (r replayed) compareOutputs(t *testing.T, outputs map[string]*kgo.Record) {
	t.Helper()
	entries := 0
	for id, record := range outputs {
		want, ok := r.ids[id]
		if !ok || !strings.HasPrefix(want, record.Topic) {
			t.Fatalf("%s holds %s, which replay does not tell", record.Topic, id)
		}
		if strings.HasSuffix(want, " ENTRY") {
			entries++
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
}

// outputs reads the output topics to their ends, by id. The same id twice must be the same message.
func (s *servers) outputs(t *testing.T) map[string]*kgo.Record {
	t.Helper()
	found := map[string]*kgo.Record{}
	repeated := 0
	for _, record := range s.records(t, kafka.TierChanges, kafka.ChurnAlerts) {
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

// records reads topics from their beginning to their present ends.
func (s *servers) records(t *testing.T, topics ...string) []*kgo.Record {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.kafka.Addr()), kgo.ConsumeTopics(topics...), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	left := int64(0)
	for _, topic := range topics {
		for _, p := range s.kafka.Broker().PartitionInfos(topic) {
			left += p.HighWatermark
		}
	}
	var all []*kgo.Record
	for int64(len(all)) < left {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err0(); err != nil {
			t.Fatalf("read %v: %v, with %d of %d records read", topics, err, len(all), left)
		}
		all = append(all, fetches.Records()...)
	}
	return all
}

func headerOf(r *kgo.Record, key string) string {
	for _, h := range r.Headers {
		if h.Key == key {
			return string(h.Value)
		}
	}
	return ""
}
