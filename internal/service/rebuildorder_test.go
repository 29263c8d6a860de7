package service_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// lateLives returns events of three customers over more than two years up to an instant, of all topics, and several at the same instant. So few
// of them are too late that no lane pauses for bad input.
func lateLives(until event.Instant) []event.Event {
	const day = 24 * time.Hour
	var all []event.Event
	for c := range 3 {
		customer := fmt.Sprintf("c%02d", c)
		head := func(n int, at event.Instant) event.Head {
			return event.Head{ID: fmt.Sprintf("event-%s-%03d", customer, n), Customer: customer, OccurredAt: at, RecordedAt: at}
		}
		for n := range 12 + c {
			at := until.Add(-time.Duration(n*(60+c)) * day)
			all = append(all, &event.Purchase{
				Head: head(4*n, at), Kind: event.Order, OrderID: fmt.Sprint(customer, n), Amount: event.Money{Minor: int64(1000 + 100*n), Currency: "USD"},
			}, &event.Interaction{Head: head(4*n+2, at), Kind: event.PageView},
				&event.Feedback{Head: head(4*n+3, at.Add(-time.Hour)), Kind: event.CSAT, Score: float64(1 + n%5), Min: 1, Max: 5, Scored: true})
		}
	}
	return all
}

// tooLate counts the dead letters of events that were too late.
func tooLate(t *testing.T, s *servicetest.Servers) (n int) {
	t.Helper()
	for _, r := range s.Records(t, schemas.DeadLetters) {
		for _, h := range r.Headers {
			if h.Key == "tidemark.error.code" && string(h.Value) == string(event.TooLate) {
				n++
			}
		}
	}
	return n
}

// TestRebuildTakesAHistory: two years of history are written behind the live events of the same customers. Most of it is too late. After a
// rebuild the scores are those of a replay of everything, labels and all.
//
// Where producers have chosen other partitions, customers have events in several lanes. Then the numbers are those of the replay; labels have
// memory.
func TestRebuildTakesAHistory(t *testing.T) {
	const asOf = event.Instant(1_780_000_000_000)
	for _, row := range []struct {
		name      string
		strangers bool
	}{{"each customer in one lane", false}, {"customers in several lanes", true}} {
		t.Run(row.name, func(t *testing.T) {
			s := servicetest.Start(t, 2)
			all := lateLives(asOf.Add(-24 * time.Hour))
			var live, history []event.Event
			for _, x := range all {
				if x.Common().OccurredAt > asOf.Add(-3*24*time.Hour) {
					live = append(live, x)
				} else {
					history = append(history, x)
				}
			}
			file := filepath.Join(t.TempDir(), "log.jsonl")
			out, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			if err := dataset.WriteJSONL(out, all); err != nil {
				t.Fatal(err)
			}
			// A rebuild reviews up to the first instant that is due in the old edition, which may lie beyond the as-of. The model gives no notices, so
			// nothing is due before that instant in the new one.
			quiet := string(modeltest.Quiet())
			m := start(t, "the service", s, settings{asOf: asOf, shards: servicetest.Shards, batch: 100, drainWithin: 10 * time.Second, model: quiet})
			s.Send(t, live)
			s.AwaitCaughtUp(t)
			if row.strangers {
				sendAstray(t, s, history)
			} else {
				s.Send(t, history)
			}
			s.AwaitCaughtUp(t)
			lost := tooLate(t, s)
			if lost < len(history)/3 {
				t.Fatalf("%d of %d events of the history are too late, want more: the test shows nothing", lost, len(history))
			}
			c := rebuildConfig(t, s, "")
			if _, err := service.Rebuild(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			s.Edition = 1
			want := replayOf(t, file, quiet, asOf)
			servicetest.Eventually(t, time.Minute, "the members show the new edition", func() bool {
				for customer, fields := range want.Scores {
					if s.Score(t, customer, "clv") != fields["clv"] {
						return false
					}
				}
				return true
			})
			if err := m.end(); err != nil {
				t.Fatal(err)
			}
			if again := tooLate(t, s); again != lost {
				t.Errorf("%d dead letters after the rebuild, want the %d from before", again, lost)
			}
			if row.strangers {
				want.CompareNumbers(t, s)
				return
			}
			want.CompareScores(t, s)
			want.ComparePopulation(t, s)
		})
	}
}

// sendAstray writes each event to the partition that is not its customer's.
func sendAstray(t *testing.T, s *servicetest.Servers, events []event.Event) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(s.Kafka), kgo.RecordPartitioner(kgo.ManualPartitioner()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	dataset.Sort(events)
	var records []*kgo.Record
	for _, x := range events {
		r := servicetest.Encoded(t, codec(t, ""), x, x.Common().OccurredAt.Time())
		r.Partition = int32(1 - indexOf(x))
		records = append(records, r)
	}
	if err := client.ProduceSync(t.Context(), records...).FirstErr(); err != nil {
		t.Fatal(err)
	}
}
