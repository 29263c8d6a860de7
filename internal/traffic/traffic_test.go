package traffic_test

import (
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/traffic"
)

const day = 24 * time.Hour

var from = event.InstantOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))

func config() traffic.Config {
	return traffic.Config{
		Events: 20_000, Customers: 500, Mix: traffic.Mix{Interactions: 60, Purchases: 30, Feedback: 10},
		From: from, To: from.Add(30 * day), Seed: 7,
	}
}

// TestTraffic: every event is valid. The events are in order of time, within the bounds, and have the mix and the customers
// that were asked for.
func TestTraffic(t *testing.T) {
	c := config()
	counts, customers, ids := map[event.Topic]int{}, map[string]bool{}, map[string]bool{}
	last := c.From
	for x := range c.All() {
		if err := event.Validate(x); err != nil {
			t.Fatalf("%+v: %v", x, err)
		}
		head := x.Common()
		if head.OccurredAt < last || head.OccurredAt >= c.To {
			t.Fatalf("at %s after %s: want order, before %s", head.OccurredAt, last, c.To)
		}
		last = head.OccurredAt
		counts[x.Topic()]++
		customers[head.Customer], ids[head.ID] = true, true
	}
	if len(ids) != c.Events || len(customers) != c.Customers {
		t.Errorf("%d ids and %d customers, want %d and %d", len(ids), len(customers), c.Events, c.Customers)
	}
	for topic, share := range map[event.Topic]float64{event.Interactions: .6, event.Purchases: .3, event.Feedbacks: .1} {
		got := float64(counts[topic]) / float64(c.Events)
		if se := math.Sqrt(share * (1 - share) / float64(c.Events)); math.Abs(got-share) > 5*se {
			t.Errorf("%s: a share of %.3f, want %.2f", topic, got, share)
		}
	}
	if again := slices.Collect(c.All()); !reflect.DeepEqual(again, slices.Collect(c.All())) {
		t.Error("the same config gave other events")
	}
}

func TestCheck(t *testing.T) {
	for what, wrong := range map[string]func(*traffic.Config){
		"no events":        func(c *traffic.Config) { c.Events = 0 },
		"no customers":     func(c *traffic.Config) { c.Customers = 0 },
		"nothing mixed":    func(c *traffic.Config) { c.Mix = traffic.Mix{} },
		"a negative share": func(c *traffic.Config) { c.Mix.Feedback = -1 },
		"not a number":     func(c *traffic.Config) { c.Mix.Purchases = math.NaN() },
		"a backward time":  func(c *traffic.Config) { c.To = c.From.Add(-day) },
	} {
		c := config()
		if wrong(&c); c.Check() == nil {
			t.Errorf("%s: want an error, got none", what)
		}
	}
	if err := config().Check(); err != nil {
		t.Errorf("want none, got %v", err)
	}
}
