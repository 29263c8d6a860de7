package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// A broker that refuses for longer than the client library tries is waited for.
func TestImportWaitsForKafka(t *testing.T) {
	s := startServers(t, 2)
	const refusals = 40 // four for each of at most six batches, and then some
	faults := s.embedded.kafka.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: refusals})
	got := must(t, append([]string{"import", file(t, smallLog), "--format", "jsonl"}, s.kafkaFlags()...)...)
	if want := "5 events published\n"; got != want {
		t.Errorf("it said %q, want %q", got, want)
	}
	if hits := faults.Hits(); hits != refusals {
		t.Errorf("%d refusals, want all %d", hits, refusals)
	}
}

func TestProgressSaysWhatIsWaitedFor(t *testing.T) {
	var terminal bytes.Buffer
	shown := newProgress(&terminal, "publishing")
	shown.wait(5_000, 70_000, "kafka (network)")
	if terminal.Len() != 0 {
		t.Errorf("it drew %q, want nothing where there is no terminal", terminal.String())
	}
	shown.w = &terminal
	shown.wait(5_000, 70_000, "kafka (network)")
	if got, want := terminal.String(), "publishing waiting for kafka (network), 5000 of 70k done"; !strings.Contains(got, want) {
		t.Errorf("it drew %q, want %q", got, want)
	}
}
