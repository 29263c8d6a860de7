package service_test

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
)

// TestRebuildTellsNothingOfMerged: old visits and old words are written behind newer orders, so a rebuild comes by the states of merged customers
// in another order, and sends histories that are short of orders. Nobody downstream hears of that, and the survivors end with all orders. So it is
// for another time zone, too: then no history that was sent before can be read.
func TestRebuildTellsNothingOfMerged(t *testing.T) {
	const customers, orders = 40, 6
	s := servicetest.Start(t, 2)
	purchases := buyers(customers, orders)
	for n, x := range purchases {
		if p := x.(*event.Purchase); n/orders%2 == 1 { // who survives has bought nothing for long
			p.OccurredAt = p.OccurredAt.Add(-120 * 24 * time.Hour)
		}
	}
	s.Send(t, purchases)
	m := start(t, "the service", s, usual())
	s.AwaitCaughtUp(t)
	var pairs [][2]int
	for c := 0; c < customers; c += 2 {
		pairs = append(pairs, [2]int{c, c + 1})
	}
	words := mergedInto(pairs...)
	for _, x := range words {
		i := x.(*event.Interaction)
		i.OccurredAt = i.OccurredAt.Add(-40 * 24 * time.Hour)
	}
	s.Send(t, words)
	all := func() bool {
		for _, pair := range pairs {
			if s.Score(t, buyer(pair[1]), "orders_365d") != fmt.Sprint(2*orders) {
				return false
			}
		}
		return true
	}
	servicetest.Eventually(t, servicetest.Longest, "the survivors are read from both histories", all)
	var visits []event.Event
	now := event.InstantOf(time.Now())
	for n := range 60 {
		at := now.Add(-80*24*time.Hour + time.Duration(n)*time.Second)
		head := event.Head{ID: fmt.Sprint("visit ", n), Customer: fmt.Sprint("visitor ", n), OccurredAt: at, RecordedAt: now}
		visits = append(visits, &event.Interaction{Head: head, Kind: event.Login})
	}
	// An old order of a merged id comes behind newer ones, and is too late. In the order of the events it counts. The visit is sent with marks
	// that cover the order.
	old, now := now.Add(-500*24*time.Hour), event.InstantOf(time.Now())
	s.Send(t, []event.Event{&event.Purchase{
		Head: event.Head{ID: "old", Customer: buyer(0), OccurredAt: old, RecordedAt: now}, Kind: event.Order, OrderID: "old", Amount: event.Money{Minor: 1000, Currency: "USD"},
	}})
	s.AwaitCaughtUp(t)
	visits = append(visits, &event.Interaction{Head: event.Head{ID: "visit", Customer: buyer(0), OccurredAt: now, RecordedAt: now}, Kind: event.Login})
	s.Send(t, visits)
	s.AwaitCaughtUp(t)
	before := profileOf(t, s, buyer(0))
	had := before.History.Append(nil)

	for edition, zone := range []string{"", "Asia/Tokyo"} {
		published := len(s.Records(t, servicetest.OutputTopics...))
		c := rebuildConfig(t, s, "")
		c.Zone = zone
		if _, err := service.Rebuild(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		s.Edition = edition + 1
		s.AwaitCaughtUp(t)
		if !all() {
			t.Errorf("rebuild %d, time zone %q: a survivor is not read from both histories any more", edition, zone)
		}
		old, survivor := profileOf(t, s, buyer(0)), profileOf(t, s, buyer(1))
		if edition == 0 && bytes.Equal(had, old.History.Append(nil)) {
			t.Error("the old order counted already: the test shows nothing")
		}
		if parts := survivor.Links().Parts(); len(parts) != 1 || !bytes.Equal(parts[0].Content, old.History.Append(nil)) {
			t.Errorf("rebuild %d, time zone %q: the survivor has %d parts, want one, with the history as the rebuild has it", edition, zone, len(parts))
		}
		if told := len(s.Records(t, servicetest.OutputTopics...)); told > published {
			t.Errorf("rebuild %d, time zone %q: %d outputs since, want none", edition, zone, told-published)
		}
	}
	m.awaitEnd(t, s)
}

// profileOf returns the profile of a customer.
func profileOf(t *testing.T, s *servicetest.Servers, customer string) score.Profile {
	t.Helper()
	for _, profiles := range s.Hashes(t, s.ShardKeys("profiles")...) {
		if encoded, ok := profiles[customer]; ok {
			p, err := score.Decode([]byte(encoded))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
	}
	t.Fatalf("%s has no profile", customer)
	return score.Profile{}
}
