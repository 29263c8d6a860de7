package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/service"
)

// TestDoctorNamesFactsBeyondTheCaps: doctor says of how many sampled customers a history holds more than its caps, what follows and the way on.
func TestDoctorNamesFactsBeyondTheCaps(t *testing.T) {
	engine, err := service.NewEngine(model.Default(), "UTC", nil)
	if err != nil {
		t.Fatal(err)
	}
	customer := func(id string, orders int) []byte {
		p := engine.New(id)
		for k := range orders {
			at := event.InstantOf(time.Date(2026, 3, 1, 10, 0, k, 0, time.UTC))
			head := event.Head{ID: fmt.Sprint(id, k), Customer: id, OccurredAt: at, RecordedAt: at}
			p, _, _ = engine.Apply(p, &event.Purchase{Head: head, Kind: event.Order, OrderID: head.ID, Amount: event.Money{Minor: 900, Currency: "USD"}})
		}
		return p.Append(nil)
	}
	ann, full, till := customer("ann", 2), customer("full", 256), customer("till", 259)
	damaged := []byte("damaged")
	many := [][]byte{till}
	for i := range 7 {
		many = append(many, customer(fmt.Sprintf("shop %d", i), 257))
	}
	for _, row := range []struct {
		why      string
		profiles [][]byte
		want     string
		mend     bool
	}{
		{"no data", nil, "none, in 0 profiles that were looked at", false},
		{"nobody: the last order within the cap of a day counts as any other", [][]byte{ann, full}, "none, in 2 profiles", false},
		{
			"one, and a damaged profile",
			[][]byte{ann, damaged, till},
			`1 of 3 customers that were looked at have such facts, 3 in all: "till" with 3; an order beyond the caps counts, but what repeats or cancels the order is not recognised`, true,
		},
		{
			"more than a line names: those with the most first", many,
			`8 of 8 customers that were looked at have such facts, 10 in all: "till" with 3, "shop 0" with 1, "shop 1" with 1, "shop 2" with 1, "shop 3" with 1, and 3 more;`, true,
		},
	} {
		got := beyondCaps(row.profiles)
		if !got.OK || !strings.HasPrefix(got.Detail, row.want) {
			t.Errorf("%s: got %+v, want %q", row.why, got, row.want)
		}
		if said := strings.Contains(got.Remedy, "an id of its own"); said != row.mend {
			t.Errorf("%s: the remedy is %q, want one only where there is something to mend", row.why, got.Remedy)
		}
	}
}
