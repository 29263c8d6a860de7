package main

import (
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
)

// A broker refuses records for longer than the client library retries. The import waits for the broker.
func TestImportWaitsForKafka(t *testing.T) {
	s := startServers(t, 2)
	const refusals = 40 // four for each of at most six batches, and then some
	faults := s.Embedded.Kafka.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: refusals})
	got := must(t, append([]string{"import", file(t, servicetest.SmallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	if want := "5 events published\n"; got != want {
		t.Errorf("it said %q, want %q", got, want)
	}
	if hits := faults.Hits(); hits != refusals {
		t.Errorf("%d refusals, want all %d", hits, refusals)
	}
}

// TestImportingAgain: the message of an import that ends half way says what another one does to what is published.
func TestImportingAgain(t *testing.T) {
	bought, looked := &event.Purchase{}, &event.Interaction{}
	if got, want := again([]event.Event{bought, bought}), "to import them again changes nothing"; got != want {
		t.Errorf("purchases: want %q, got %q", want, got)
	}
	if got := again([]event.Event{bought, looked, looked}); !strings.Contains(got, "their 2 interactions twice") || !strings.Contains(got, "7 days") {
		t.Errorf("with interactions: want their number and the days, got %q", got)
	}
}
