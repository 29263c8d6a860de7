package servicetest

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/kafka"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// OutputTopics are the topics of transitions.
var OutputTopics = kafka.TransitionTopics()

// Replayed is the result of a replay.
type Replayed struct {
	Scores map[string]map[string]string // by customer and column
	IDs    map[string]string            // by id: the topic and the direction or state
	// Unsaid are outputs of customers from before their erasures: an erasure that is applied while they wait takes them along. KeptBack are
	// the alerts that the model keeps back; a version from before the control group was kept back has published them.
	Unsaid, KeptBack map[string]string
	// Withheld are the sequence numbers of the transitions of KeptBack, by customer.
	Withheld map[string][]int64
	// Forecasts are the counters of settled churn forecasts.
	Forecasts map[string]int64
	// Uncontactable counts the customers who may be met on no channel, Merged the ids that are merged into others.
	Uncontactable, Merged int
}

// Compare compares scores, transitions and forecast counters on the servers with the replay.
func (r Replayed) Compare(t testing.TB, s *Servers) {
	t.Helper()
	r.CompareScores(t, s)
	r.CompareOutputs(t, s.Outputs(t))
	r.CompareForecasts(t, s)
	s.OutboxesAreEmpty(t)
}

// OutboxesAreEmpty checks that all outputs are published and confirmed.
func (s *Servers) OutboxesAreEmpty(t testing.TB) {
	t.Helper()
	if waiting := s.Waiting(t); len(waiting) > 0 {
		t.Errorf("outputs by shard that wait: %v, want none", waiting)
	}
}

// Waiting returns, by shard, the number of outputs in the outbox that are not published or not confirmed. It leaves out shards without
// such outputs.
func (s *Servers) Waiting(t testing.TB) map[int]int64 {
	t.Helper()
	waiting := map[int]int64{}
	for n, key := range s.ShardKeys("outbox") {
		entries, err := s.Data.LLen(t.Context(), key).Result()
		if err != nil {
			t.Fatalf("outbox of shard %d: %v", n, err)
		}
		if entries == 0 {
			continue // no such shard
		}
		if left := entries - 1; left != 0 { // the first is the sentinel
			waiting[n] = left
		}
	}
	return waiting
}

// CompareForecasts compares the counters of settled forecasts, summed over all shards, with the replay.
func (r Replayed) CompareForecasts(t testing.TB, s *Servers) {
	t.Helper()
	got := map[string]int64{}
	for _, census := range s.Hashes(t, s.ShardKeys("census")...) {
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
	if !maps.Equal(got, r.Forecasts) || len(got) < 20 {
		t.Errorf("counters of settled forecasts: %d of them, want the replay's %d, and at least 20:\n got %v\nwant %v", len(got), len(r.Forecasts), got, r.Forecasts)
	}
}

// CompareScores compares the public scores with the replay, field by field.
func (r Replayed) CompareScores(t testing.TB, s *Servers) {
	t.Helper()
	r.compareScores(t, s, func(string) bool { return true })
}

// CompareNumbers is CompareScores without the labels. Labels have memory: events that are late, as they are when the topics of a history have
// grown, may leave other labels.
func (r Replayed) CompareNumbers(t testing.TB, s *Servers) {
	t.Helper()
	labels := []string{"tier", "churn_level"}
	r.compareScores(t, s, func(field string) bool { return !slices.Contains(labels, field) })
}

func (r Replayed) compareScores(t testing.TB, s *Servers, counts func(field string) bool) {
	t.Helper()
	keys := s.Keys(t, "tm:score:")
	wrong := 0
	for i, got := range s.Hashes(t, keys...) {
		customer := strings.TrimPrefix(keys[i], "tm:score:")
		want := r.Scores[customer]
		if want == nil || len(got) != 12 {
			t.Errorf("customer %s has fields %v, want the 12 of the design, and to be in the replay", customer, slices.Sorted(maps.Keys(got)))
			wrong++
		}
		for field, value := range got {
			if counts(field) && value != want[field] {
				t.Errorf("customer %s: %s is %q, replay says %q", customer, field, value, want[field])
				wrong++
			}
		}
		if wrong > 10 {
			t.Fatal("too many differ")
		}
	}
	if len(keys) != len(r.Scores) {
		t.Errorf("%d customers have a score, want %d", len(keys), len(r.Scores))
	}
}

// ComparePopulation compares the counters of the population with the scores of the replay. An event that is applied twice would show here,
// and a view that was written before the last commit. The service has ended.
func (r Replayed) ComparePopulation(t testing.TB, s *Servers) {
	t.Helper()
	want := map[string]int{"customers": 0, "shops": 0, "test_accounts": 0, "merged_ids": r.Merged, "uncontactable": r.Uncontactable}
	for _, fields := range r.Scores {
		if fields["segment"] == "Test Account" {
			want["test_accounts"]++
			continue
		}
		want["customers"]++
		if sharedByMany(t, fields) {
			want["shops"]++
		}
		want["tier:"+fields["tier"]]++
		want["level:"+fields["churn_level"]]++
	}
	got := s.Hashes(t, "tm:population")[0]
	delete(got, "as_of")
	for name, n := range got {
		if n != strconv.Itoa(want[name]) {
			t.Errorf("population: %s is %s, want %d", name, n, want[name])
		}
		delete(want, name)
	}
	if len(want) > 0 {
		t.Errorf("population: %v are missing from %v", want, got)
	}
}

// sharedByMany reports whether a customer's id behaves like a shop by the lines of the shipped model.
func sharedByMany(t testing.TB, fields map[string]string) bool {
	t.Helper()
	orders, err := strconv.Atoi(fields["orders"])
	if err != nil {
		t.Fatal(err)
	}
	days, err := strconv.Atoi(fields["purchase_days"])
	if err != nil {
		t.Fatal(err)
	}
	return days >= 3 && orders >= 100*days
}

// CompareOutputs compares the records of the output topics with the transitions of the replay, by id.
func (r Replayed) CompareOutputs(t testing.TB, outputs map[string]*kgo.Record) {
	t.Helper()
	entries, raised := 0, 0
	for id, record := range outputs {
		want, ok := r.IDs[id]
		if !ok {
			want, ok = r.Unsaid[id]
		}
		if !ok || !strings.HasPrefix(want, record.Topic) {
			t.Fatalf("%s holds %s, which replay does not have", record.Topic, id)
		}
		if strings.HasSuffix(want, " ENTRY") {
			entries++
		}
		if strings.HasSuffix(want, " RAISED") {
			raised++
		}
	}
	for id, kind := range r.IDs {
		if outputs[id] == nil {
			t.Fatalf("%s %s is missing, and %d of %d are there", kind, id, len(outputs), len(r.IDs))
		}
	}
	if entries != len(r.Scores) {
		t.Errorf("%d ENTRY, want one for each of the %d customers", entries, len(r.Scores))
	}
	if raised == 0 {
		t.Error("no RAISED, want some: a log without them shows nothing")
	}
}

// Outputs reads the output topics to their ends and returns the records by id. Two records with one id must be equal.
func (s *Servers) Outputs(t testing.TB) map[string]*kgo.Record {
	t.Helper()
	found := map[string]*kgo.Record{}
	repeated := 0
	for _, record := range s.Records(t, OutputTopics...) {
		id := HeaderOf(record, "ce_id")
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

// PublishedIsCommitted checks that every published transition is committed.
func (s *Servers) PublishedIsCommitted(t testing.TB) {
	t.Helper()
	published := s.Published(t) // read first, because the committed transitions only become more
	committed := s.Committed(t)
	for customer, n := range published {
		if n > committed[customer] {
			t.Fatalf("transition %d of customer %s is published, and %d are committed", n, customer, committed[customer])
		}
	}
}

// Published returns, by customer, the sequence number of the last published transition. The first one is 1.
func (s *Servers) Published(t testing.TB) map[string]int64 {
	t.Helper()
	last := map[string]int64{}
	for _, r := range s.Records(t, OutputTopics...) {
		sequence, err := strconv.ParseInt(HeaderOf(r, "sequence"), 10, 64)
		if err != nil {
			t.Fatalf("sequence of %s: %v", HeaderOf(r, "ce_id"), err)
		}
		customer := string(r.Key)
		last[customer] = max(last[customer], sequence)
	}
	return last
}

// Committed returns, by customer, the sequence number of the last transition in the profile.
func (s *Servers) Committed(t testing.TB) map[string]int64 {
	t.Helper()
	last := map[string]int64{}
	for _, profiles := range s.Hashes(t, s.ShardKeys("profiles")...) {
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
