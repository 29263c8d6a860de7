package main

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
)

// The topics are deleted and created again, first between two runs and then under a running service. Each time they then hold more records
// than before, so that no offset is out of range.
func TestEmbeddedRecreated(t *testing.T) { recreated(t, startServers(t, 1)) }

func TestRealRecreated(t *testing.T) { recreated(t, startRealServers(t, 1)) }

func recreated(t *testing.T, s *servers) {
	doctor := append([]string{"doctor"}, s.flags()...)
	catchUp := append([]string{"run", "--exit-when-caught-up", "--admin", ""}, s.flags()...)
	s.order(t, "old", 20)
	must(t, catchUp...)
	tidemark(t, doctor...).says(t, 0, "1 of 4 input partitions have been read before, and are the same")

	s.DeleteTopics(t)
	s.CreateTopics(t, 1)
	s.order(t, "new", 30)
	loud := []string{"customer.purchases.v1, partition 0", "offset 20", "deleted and created again", "--on-data-loss continue", "tidemark rebuild"}
	tidemark(t, doctor...).says(t, 1, append(loud, "FAIL  logs")...)
	tidemark(t, catchUp...).says(t, 1, append(loud, "data loss (recreated)")...)
	s.scored(t, map[string]int{"old": 20, "new": 0})

	must(t, append(slices.Clone(catchUp), "--on-data-loss", "continue")...)
	s.scored(t, map[string]int{"old": 20, "new": 30})
	tidemark(t, doctor...).says(t, 0, "1 of 4 input partitions have been read before, and are the same")

	ctx, stop := context.WithTimeout(t.Context(), servicetest.Longest)
	defer stop()
	ended := make(chan answer, 1)
	go func() {
		ended <- tidemarkUntil(ctx, append([]string{"run", "--admin", "", "--drain-within", "30s"}, s.flags()...)...)
	}()
	s.order(t, "more", 1)
	servicetest.Eventually(t, servicetest.Longest, "the service runs", func() bool { return s.Score(t, "more0", "tier") != "" })
	s.DeleteTopics(t)
	s.CreateTopics(t, 1)
	s.order(t, "third", 50)
	got := <-ended
	got.says(t, 1, "data loss (recreated)", "--on-data-loss continue")
	s.scored(t, map[string]int{"third": 0})
	must(t, append(slices.Clone(catchUp), "--on-data-loss", "continue")...)
	s.scored(t, map[string]int{"old": 20, "new": 30, "more": 1, "third": 50})
}

// order sends one order each of so many customers, whose ids begin with a text.
func (s *servers) order(t *testing.T, begin string, customers int) {
	t.Helper()
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Millisecond)
	at := event.InstantOf(now)
	records := make([]*kgo.Record, customers)
	for n := range records {
		id := fmt.Sprint(begin, n)
		records[n] = servicetest.Encoded(t, codec, &event.Purchase{
			Head: event.Head{ID: id, Customer: id, OccurredAt: at, RecordedAt: at},
			Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 5000, Currency: "USD"},
		}, now)
	}
	s.Produce(t, records...)
}

// scored checks how many customers are scored whose ids begin with a text.
func (s *servers) scored(t *testing.T, want map[string]int) {
	t.Helper()
	for begin, n := range want {
		if got := len(s.Keys(t, "tm:score:"+begin)); got != n {
			t.Errorf("customers %s…: %d are scored, want %d", begin, got, n)
		}
	}
}
