package pipeline

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// rival is a store in which another owner commits just before every third commit that changes a profile.
type rival struct {
	Store
	seen, won int
}

func (r *rival) Commit(ctx context.Context, commits []shard.Commit) []error {
	for _, c := range commits {
		if len(c.Updates) == 0 {
			continue
		}
		if r.seen++; r.seen%3 != 0 {
			continue
		}
		r.won++
		token := shard.Token(fmt.Sprint("rival ", r.won))
		if err := r.Store.Commit(ctx, []shard.Commit{{Shard: c.Shard, Read: c.Read, Token: token}})[0]; err != nil {
			return []error{err}
		}
	}
	return r.Store.Commit(ctx, commits)
}

// TestEventsCountOnce: although another owner causes conflicts, every record counts once in the metrics, under its result.
func TestEventsCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, toyScorer(), 1, 4)
		w.logs.limit = 40
		metrics := NewMetrics()
		var other *rival
		w.adjust = func(c *Config) {
			other = &rival{Store: c.Store}
			c.Metrics, c.Store, c.BatchEvents = metrics, other, 40
		}
		want := map[string]int{}
		r := rand.New(rand.NewPCG(7, 7))
		at := ago(10 * day)
		for n := range 400 {
			at = at.Add(time.Minute)
			m := message{ID: fmt.Sprint(n), Customer: fmt.Sprintf("c%02d", r.IntN(9)), Occurred: at, Amount: 14 + int64(r.IntN(90))}
			result := "applied"
			switch r.IntN(5) {
			case 0:
				if n > 0 {
					m.ID, m.Customer, result = "0", "c00", "duplicate"
				}
			case 1:
				m.Amount, result = sealed, "late"
			case 2:
				m.Bad, result = "bad", "invalid"
			}
			if n == 0 {
				m.Customer, m.Amount, m.Bad, result = "c00", 50, "", "applied"
			}
			want[result]++
			w.send(event.Purchases, m)
		}
		finish(t, w.start(0, nil))
		if other.won < 10 || reading(t, metrics.conflicts) < 10 {
			t.Fatalf("conflicts: want at least ten, got %d, and %v counted", other.won, reading(t, metrics.conflicts))
		}
		if got := byResult(t, metrics.events); !maps.Equal(got, want) {
			t.Errorf("events by result: want %v, got %v", want, got)
		}

		finish(t, w.start(0, nil)) // it has nothing to read
		if got := byResult(t, metrics.events); !maps.Equal(got, want) {
			t.Errorf("events by result, after a lane that found nothing to do: want %v, got %v", want, got)
		}
		for p := range w.logs.committed {
			w.logs.committed[p] = 0
		}
		want["redelivered"] = want["applied"] + want["duplicate"] + want["late"]
		want["invalid"] *= 2
		finish(t, w.start(0, nil))
		if got := byResult(t, metrics.events); !maps.Equal(got, want) {
			t.Errorf("events by result, after all came again: want %v, got %v", want, got)
		}
	})
}

// byResult sums a counter of topics and results by result.
func byResult(t *testing.T, c prometheus.Collector) map[string]int {
	t.Helper()
	sums := map[string]int{}
	all := make(chan prometheus.Metric, 100)
	c.Collect(all)
	close(all)
	for metric := range all {
		var m dto.Metric
		if err := metric.Write(&m); err != nil {
			t.Fatal(err)
		}
		for _, label := range m.GetLabel() {
			if label.GetName() == "result" {
				sums[label.GetValue()] += int(m.GetCounter().GetValue())
			}
		}
	}
	return sums
}
