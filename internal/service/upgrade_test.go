package service_test

import (
	"maps"
	"strconv"
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/release"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// saidBefore returns the ids that a replay of today gives to what the release itself had said before the cut and left in its outboxes. Such
// an output keeps the bytes and the id of the release. It is known by its customer, sequence, topic and instant.
func saidBefore(t *testing.T, r release.Release, source string, outputs map[string]*kgo.Record) map[string]bool {
	t.Helper()
	left := map[string]bool{}
	name := func(customer, sequence, topic, at string) string {
		return customer + " " + sequence + " " + topic + " " + at
	}
	for _, o := range outputs {
		left[name(string(o.Key), servicetest.HeaderOf(o, "sequence"), o.Topic, servicetest.HeaderOf(o, "ce_time"))] = true
	}
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, _ := r.Events(t)
	kept := map[string]bool{}
	result := replay.Run(engine, events, release.AsOf)
	for _, x := range result.Transitions() {
		s := x.Common()
		topic, _ := avro.TransitionJSON(x)
		if s.AsOf < release.Cut && left[name(s.Customer, strconv.FormatInt(s.Sequence, 10), topic, s.AsOf.String())] {
			kept[s.ID] = true
		}
	}
	return kept
}

// lost are the counters that the profiles of a release can no longer bring to the values of a replay, by release: package release says what
// the profiles lack. It shows in the risk of one forecast of gil.
var lost = map[int]map[string]int64{
	1: {"forecast:558b96b9:2026h1:uncontacted:21:risk": 573_076, "forecast:558b96b9:2026h1:uncontacted:error": 5_144_670},
}

// alertedMore is how many churn alerts a release had said of gil by its cut that a replay of today does not say. Releases 1 to 3 knew of no
// rhythm, and gil buys every 120 days; see package release.
var alertedMore = map[int]int{1: 4, 2: 4, 3: 4}

// alertsOfGil counts the churn alerts of gil by the cut: among the outputs, and in a replay of today.
func alertsOfGil(t *testing.T, r release.Release, source string, outputs map[string]*kgo.Record) (said, replayed int) {
	t.Helper()
	for _, o := range outputs {
		if string(o.Key) == "gil" && o.Topic == schemas.ChurnAlerts && servicetest.HeaderOf(o, "ce_time") < release.Cut.String() {
			said++
		}
	}
	engine, err := service.NewEngine([]byte(source), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	events, _ := r.Events(t)
	result := replay.Run(engine, events, release.AsOf)
	for _, x := range result.Transitions() {
		topic, _ := avro.TransitionJSON(x)
		if s := x.Common(); s.Customer == "gil" && topic == schemas.ChurnAlerts && s.AsOf < release.Cut {
			replayed++
		}
	}
	return said, replayed
}

// TestUpgrade is an upgrade from each release: the keys that the release left in Redis, with outputs in the outboxes that nobody has
// published, and the log. Today's service goes on and ends with the result of a replay, but for what is lost: nothing else is lost, nothing is counted twice.
func TestUpgrade(t *testing.T) {
	for _, r := range release.All(t) {
		t.Run(r.Name(), func(t *testing.T) {
			kafka, redis := pool.Kafka(t, realservers.Kafka4), serverstest.Redis(t, realservers.RedisOptions{})
			s := servicetest.At(t, kafka.Addr(), redis.Addr())
			s.DeleteTopics(t)
			s.CreateTopics(t, 1)
			keys := r.Keys(t)
			if err := keys.Restore(t.Context(), s.Data); err != nil {
				t.Fatal(err)
			}
			events, before := r.Events(t)
			s.Send(t, events)
			s.CommitOffsets(t, s.Applied(t)) // as the release has left them

			c := usual()
			c.asOf, c.alertMaxAge, c.untilCaughtUp = release.AsOf, 0, true
			m := start(t, "the service", s, c)
			servicetest.Eventually(t, servicetest.Within, "the service has caught up", func() bool { return !m.running() })
			if m.err != nil {
				t.Fatalf("the service ended with %v", m.err)
			}

			source := string(keys["tm:model"].Hash["source"])
			want := replayOf(t, r.Log(t), source, release.AsOf)
			want.CompareScores(t, s)
			outputs := s.Outputs(t)
			var kept map[string]bool
			if r.Number < release.Newest(t).Number { // what today's program says has today's ids
				kept = saidBefore(t, r, source, outputs)
			}
			for id, kind := range want.IDs {
				if outputs[id] == nil && !kept[id] {
					t.Errorf("%s %s is missing", kind, id)
				}
			}
			maps.DeleteFunc(outputs, func(id string, _ *kgo.Record) bool { return want.Unsaid[id] != "" }) // an erasure takes along what waits
			more := alertedMore[r.Number]
			if len(outputs) != len(want.IDs)+more {
				t.Errorf("%d outputs, want the %d of the replay and %d more", len(outputs), len(want.IDs), more)
			}
			if said, replayed := alertsOfGil(t, r, source, outputs); said != replayed+more {
				t.Errorf("%d churn alerts of gil by the cut, want the %d of a replay and %d more", said, replayed, more)
			}
			maps.Copy(want.Forecasts, lost[r.Number])
			want.CompareForecasts(t, s)
			want.ComparePopulation(t, s)
			for n := range release.Shards {
				if waiting := s.Waiting(t)[n]; waiting != 0 {
					t.Errorf("%d outputs of shard %d wait, want none", waiting, n)
				}
			}
			engine, err := service.NewEngine([]byte(source), "UTC", nil)
			if err != nil {
				t.Fatal(err)
			}
			applied := len(events) - before
			for _, x := range events[before:] {
				if engine.Refers(x, score.Accepted) != nil {
					applied++ // the message to the referrer
				}
			}
			if got := m.metric(t, "tidemark_events_total", `result="applied"`); int(got) != applied {
				t.Errorf("events applied: %v, want %d: the release had applied the others", got, applied)
			}
			p := shard.Partition{Topic: event.Purchases}
			if got, want := s.Applied(t)[p], s.Ends(t, string(event.Purchases))[string(event.Purchases)][0]; got != want {
				t.Errorf("mark of the purchases: %d, want the end, %d", got, want)
			}
		})
	}
}
