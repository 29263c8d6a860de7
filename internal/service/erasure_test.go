package service_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/embed"
	"tidemark/internal/event"
	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// buyers are orders of customers in the last weeks: each has so many.
func buyers(customers, orders int) []event.Event {
	var all []event.Event
	now := event.InstantOf(time.Now().Truncate(time.Hour))
	for c := range customers {
		for n := range orders {
			at := now.Add(-time.Duration(24*(1+n*5)+c%24) * time.Hour)
			id := fmt.Sprintf("%s order %d", buyer(c), n)
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: buyer(c), OccurredAt: at, RecordedAt: at},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: int64(1000 + 10*c), Currency: "USD"},
			})
		}
	}
	return all
}

// buyer is the id of a customer of buyers. No figure, hash or name holds it by chance.
func buyer(n int) string { return fmt.Sprintf("buyer-%05d@example.test", n) }

// erasures are requests of so many of the buyers, recorded now.
func erasures(n int) (requests []event.Event, gone []string) {
	now := event.InstantOf(time.Now())
	for c := range n {
		gone = append(gone, buyer(c))
		requests = append(requests, &event.Interaction{
			Head: event.Head{ID: fmt.Sprintf("request %d", c), Customer: buyer(c), OccurredAt: now, RecordedAt: now}, Kind: event.Erased,
		})
	}
	return requests, gone
}

// awaitErased returns when the outputs of so many erasures are published, and no output waits.
func awaitErased(t *testing.T, s *servicetest.Servers, erasures int) {
	t.Helper()
	s.AwaitCaughtUp(t)
	servicetest.Eventually(t, servicetest.Longest, "the erasures are told, and confirmed", func() bool {
		return len(s.Records(t, schemas.Erasures)) >= erasures && len(s.Waiting(t)) == 0
	})
}

// whoIsLeft returns the ids that any key of Redis holds, in its name or in its content, among those asked for.
func whoIsLeft(t *testing.T, s *servicetest.Servers, ids []string) []string {
	t.Helper()
	var all strings.Builder
	for _, key := range s.Keys(t, "") {
		content, err := s.Content(t.Context(), key)
		if err != nil {
			t.Fatalf("read %s: %v", key, err)
		}
		fmt.Fprintf(&all, "%s %s\n", key, content)
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !strings.Contains(all.String(), id) })
}

// kept is what shards hold of customers: profiles, due times and counts.
func kept(t *testing.T, s *servicetest.Servers) map[string]string {
	t.Helper()
	state := s.State(t)
	maps.DeleteFunc(state, func(key, _ string) bool {
		return !strings.HasSuffix(key, ":profiles") && !strings.HasSuffix(key, ":due") && !strings.HasSuffix(key, ":census")
	})
	editionless := map[string]string{}
	for key, content := range state {
		editionless[strings.Replace(key, fmt.Sprintf("e%d:", s.Edition), "", 1)] = content
	}
	return editionless
}

// TestErasureLeavesNothing: once the outputs of an erasure are confirmed, no key, value, log line or metric holds the id. A rebuild from
// the log with the erasures in it leaves the state of a log without the customers' earlier events, and publishes nothing of them.
func TestErasureLeavesNothing(t *testing.T) {
	const customers, requested = 90, 30
	s := servicetest.Start(t, 2)
	events := buyers(customers, 3)
	c := usual()
	c.alertMaxAge = 0 // so that both logs mute alike
	s.Send(t, events)
	m := start(t, "the service", s, c)
	s.AwaitCaughtUp(t)
	requests, gone := erasures(requested)
	if left := whoIsLeft(t, s, gone); len(left) != len(gone) {
		t.Fatalf("before: %d of %d customers are found, want all", len(left), len(gone))
	}
	s.Send(t, requests)
	awaitErased(t, s, len(gone))
	servicetest.Eventually(t, servicetest.Longest, "nobody of the erased is found in Redis", func() bool { return len(whoIsLeft(t, s, gone)) == 0 })
	_, metrics := m.look(t, "/metrics")
	_, ready := m.look(t, "/readyz")
	for _, id := range gone {
		if strings.Contains(m.said(), id) || strings.Contains(metrics, id) || strings.Contains(ready, id) {
			t.Errorf("%s is found in the log, the metrics or the readiness", id)
		}
	}

	published := len(s.Records(t, servicetest.OutputTopics...))
	if _, err := service.Rebuild(t.Context(), rebuildConfig(t, s, "")); err != nil {
		t.Fatal(err)
	}
	s.Edition = 1
	m.awaitEnd(t, s)
	if got := len(s.Records(t, servicetest.OutputTopics...)); got != published {
		t.Errorf("the rebuild has published %d outputs, want none", got-published)
	}
	if left := whoIsLeft(t, s, gone); len(left) > 0 {
		t.Errorf("after the rebuild: %v are found, want nobody of the erased", left)
	}

	other := servicetest.Start(t, 2)
	other.Send(t, event.WithoutErased(slices.Concat(events, requests)))
	never := start(t, "a service that never heard of them", other, c)
	other.AwaitCaughtUp(t)
	never.awaitEnd(t, other)
	want, got := kept(t, other), kept(t, s)
	for _, key := range servicetest.Differing(got, want) {
		t.Errorf("%s: got %.300s, want %.300s", key, got[key], want[key])
	}
}

// TestTenThousandErasures: the requests come while orders go on, and all are carried out. The others keep their state.
func TestTenThousandErasures(t *testing.T) {
	customers, requested := 12_000, 10_000
	if servicetest.RaceDetector || testing.Short() {
		customers, requested = 1_200, 1_000
	}
	kafka, err := embed.StartKafka(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(kafka.Close)
	s := servicetest.At(t, kafka.Addr(), serverstest.Redis(t, realservers.RedisOptions{}).Addr())
	s.CreateTopics(t, 2)
	s.Send(t, buyers(customers, 1))
	m := start(t, "the service", s, usual())
	requests, gone := erasures(requested)
	load := buyers(customers, 2)
	for i, chunk := range slices.Collect(slices.Chunk(requests, requested/10)) {
		s.Send(t, chunk)
		s.Send(t, load[i*len(load)/10:(i+1)*len(load)/10])
	}
	began := time.Now()
	awaitErased(t, s, len(gone))
	t.Logf("%d erasures among %d customers took %v after the last request", len(gone), customers, time.Since(began).Round(time.Millisecond))
	m.awaitEnd(t, s)
	if left := whoIsLeft(t, s, gone); len(left) > 0 {
		t.Errorf("%d of %d are found, %v among them, want nobody", len(left), len(gone), left[0])
	}
	if got, want := len(s.Keys(t, "tm:score:")), customers-len(gone); got != want {
		t.Errorf("%d customers have a view, want the %d others", got, want)
	}
}
