package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestInsistKeepsOrder has the broker refuse the first batch for longer than the library tries. Nothing may stand in the log
// before it.
func TestInsistKeepsOrder(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	outputs := customers(event.Purchases, 3*publishBatch)
	outputs[1].Value = make([]byte, publishBytes-1_000) // does not fit into one batch with all the rest
	outputs[2].Value = make([]byte, publishBytes+1)     // travels alone
	faults := broker.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: publishAttempts + 1})
	waits := 0
	if err := publisher.Insist(bounded(t), outputs, bound, func(error) { waits++ }); err != nil {
		t.Fatalf("refused %d times: %v, want no error", publishAttempts+1, err)
	}
	if waits != 1 || faults.Hits() != publishAttempts+1 {
		t.Errorf("%d waits after %d refusals, want 1 after %d", waits, faults.Hits(), publishAttempts+1)
	}
	log := cluster.NewLog()
	defer log.Close()
	records := readAll(t, log, purchases)
	if len(records) != len(outputs) {
		t.Fatalf("%d records, want %d", len(records), len(outputs))
	}
	for i, r := range records {
		if string(r.Key) != string(outputs[i].Key) {
			t.Fatalf("record %d is %s, want %s", i, r.Key, outputs[i].Key)
		}
	}
}

func TestInsistEnds(t *testing.T) {
	broker, cluster := withTopics(t, 1)
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	defer publisher.Close()
	good := customers(event.Purchases, 1)

	const patience = 2 * time.Second // the library's own tries take one
	faults := broker.Broker().Fault(kfake.Fault{Keys: []kmsg.Key{kmsg.Produce}, Err: kerr.NotEnoughReplicas, Count: -1})
	waits, began := 0, time.Now()
	err = publisher.Insist(bounded(t), good, patience, func(error) { waits++ })
	if ErrorClass(err) != "retriable" || !strings.Contains(err.Error(), "nothing for 2s") || waits == 0 {
		t.Errorf("refused for good: %v of class %q after %d waits, want an end after 2s and some, of class retriable", err, ErrorClass(err), waits)
	}
	if took := time.Since(began); took < patience {
		t.Errorf("refused for good: it ended after %v, want %v", took, patience)
	}

	ctx, cancel := context.WithCancel(bounded(t))
	err = publisher.Insist(ctx, good, bound, func(error) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("its context ends while it waits: %v, want %v", err, context.Canceled)
	}
	faults.Remove()

	large := []shard.Output{{ID: "1", Topic: string(event.Purchases), Value: make([]byte, 3<<20)}}
	err = publisher.Insist(bounded(t), large, bound, func(err error) { t.Errorf("it waits after %v, which does not pass", err) })
	if ErrorClass(err) != "message_too_large" {
		t.Errorf("larger than any message: %v of class %q, want message_too_large", err, ErrorClass(err))
	}
}

// feed publishes numbered outputs of a few customers, a handful of batches at a time, until it is told to stop. It returns
// how many there are. Whatever happens to the broker, it goes on.
type feed struct {
	publisher *Publisher
	first     chan struct{} // closed when something has been acknowledged
	waits     chan error    // what it waits after; closed when it has ended
	enough    chan struct{}
	done      chan error
	sent      int
}

func startFeed(t testing.TB, cluster *Cluster) *feed {
	t.Helper()
	publisher, err := cluster.NewPublisher(shard.Murmur2)
	if err != nil {
		t.Fatal(err)
	}
	f := &feed{publisher, make(chan struct{}), make(chan error, 1), make(chan struct{}), make(chan error, 1), 0}
	ctx, cancel := context.WithTimeout(t.Context(), 2*bounce)
	t.Cleanup(cancel)
	go func() {
		defer publisher.Close()
		defer close(f.waits)
		f.done <- f.run(ctx)
	}()
	return f
}

const (
	feedCustomers = 7
	// bounce is how long a broker may take to go and come back, on a busy machine.
	bounce = 2 * time.Minute
)

func (f *feed) run(ctx context.Context) error {
	waiting := func(err error) {
		select {
		case f.waits <- err:
		default:
		}
	}
	for begun := false; ; begun = true {
		outputs := make([]shard.Output, 2*publishBatch)
		for i := range outputs {
			n := f.sent + i
			outputs[i] = shard.Output{
				ID: fmt.Sprint(n), Topic: string(event.Feedbacks), Key: fmt.Append(nil, "c", n%feedCustomers), Value: fmt.Append(nil, n),
			}
		}
		if err := f.publisher.Insist(ctx, outputs, bounce, waiting); err != nil {
			return err
		}
		f.sent += len(outputs)
		if !begun {
			close(f.first)
		}
		select {
		case <-f.enough:
			return nil
		default:
		}
	}
}

// check ends the feed, and looks whether all of it is there: the first of every output in order.
func (f *feed) check(t testing.TB, log *Log, partitions int) {
	t.Helper()
	close(f.enough)
	if err := wait(t, "end of the feed", f.done); err != nil {
		t.Fatalf("publish across the bounce: %v, want no error", err)
	}
	seen, last := make(map[string]bool), make(map[string]int)
	for i := range partitions {
		for _, r := range readAll(t, log, shard.Partition{Topic: event.Feedbacks, Index: i}) {
			if seen[string(r.Value)] {
				continue
			}
			seen[string(r.Value)] = true
			var n int
			if _, err := fmt.Sscan(string(r.Value), &n); err != nil {
				t.Fatalf("value %q: %v", r.Value, err)
			}
			if before, ok := last[string(r.Key)]; ok && n < before {
				t.Fatalf("output %d of %s stands after %d", n, r.Key, before)
			}
			last[string(r.Key)] = n
		}
	}
	if len(seen) != f.sent {
		t.Errorf("%d distinct outputs in the log, want %d", len(seen), f.sent)
	}
}
