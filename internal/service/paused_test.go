package service_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestPausedIsNotReady: a topic in a currency without a rate pauses its lane. /readyz says so and why; the log names the currency, and
// the command that goes on without pauses.
func TestPausedIsNotReady(t *testing.T) {
	s := servicetest.Start(t, 1)
	codec, err := avro.New(avro.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Truncate(time.Millisecond)
	var orders []*kgo.Record
	for n := range 150 {
		id := fmt.Sprintf("c%03d", n)
		orders = append(orders, servicetest.Encoded(t, codec, &event.Purchase{
			Head: event.Head{ID: id, Customer: id, OccurredAt: event.InstantOf(now), RecordedAt: event.InstantOf(now)},
			Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 5000, Currency: "KWD"},
		}, now))
	}
	s.Produce(t, orders...)
	m := start(t, "service", s, usual())
	var status int
	var said string
	servicetest.Eventually(t, servicetest.Longest, "it is not ready", func() bool {
		status, said = m.look(t, "/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(said, "paused")
	})
	if !strings.HasPrefix(said, `{"ready":false,`) || !strings.Contains(said, `"partition":0`) {
		t.Errorf("want JSON that names the lane, got %s", said)
	}
	if status, said := m.look(t, "/livez"); status != http.StatusOK {
		t.Errorf("alive: got %d, %q, want %d: to restart it would mend nothing", status, said, http.StatusOK)
	}
	if got := len(s.Records(t, schemas.DeadLetters)); got < 100 { // those that made it pause
		t.Errorf("dead letters during the pause: want at least 100, got %d", got)
	}
	log := m.said()
	for _, want := range []string{`"paused"`, "UNKNOWN_CURRENCY KWD", "add it under rates", "--bad-records bury"} {
		if !strings.Contains(log, want) {
			t.Errorf("want %q in the log, got\n%s", want, log)
		}
	}
}
