package service_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// warned are orders of customers of whom each has notice now of a fall that is more than a day away.
func warned(t *testing.T, customers int) []event.Event {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.NewCalendar(nil), avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	now := event.InstantOf(time.Now().Truncate(time.Hour))
	for ago := range 400 {
		var all []event.Event
		for c := range customers {
			for n := range 4 {
				at := now.Add(-time.Duration(24*(ago+20*n)+1) * time.Hour)
				id := fmt.Sprintf("%s order %d", buyer(c), n)
				all = append(all, &event.Purchase{
					Head: event.Head{ID: id, Customer: buyer(c), OccurredAt: at, RecordedAt: at},
					Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 4000, Currency: "USD"},
				})
			}
		}
		n := replay.Run(e, all, now).Customers[0].Profile.Notice
		if n.Stands() && n.FallsAt > now.Add(26*time.Hour) && n.At > now.Add(-6*24*time.Hour) {
			return all
		}
	}
	t.Fatal("no age of the last order leads to a notice")
	return nil
}

// TestErasureWithdrawsNotices: whoever has heard of a fall to come hears that it does not come, when the customer is erased; and of those in the
// control group nobody has heard, and nobody hears. Nothing else is published of them but the exit and the erasure.
func TestErasureWithdrawsNotices(t *testing.T) {
	const customers = 40
	s := servicetest.Start(t, 2)
	start(t, "the service", s, usual())
	s.Send(t, warned(t, customers))
	s.AwaitCaughtUp(t)
	step := func() map[string][]string { // the steps of the notices, by customer
		all := map[string][]string{}
		for _, r := range s.Records(t, schemas.TierNotices) {
			all[string(r.Key)] = append(all[string(r.Key)], servicetest.HeaderOf(r, "ce_type"))
		}
		return all
	}
	const given, withdrawn = "com.tidemark.tier.notice.given.v1", "com.tidemark.tier.notice.withdrawn.v1"
	servicetest.Eventually(t, servicetest.Longest, "the notices are published", func() bool { return len(s.Waiting(t)) == 0 && len(step()) > customers/2 })
	before := step()
	if len(before) == customers {
		t.Error("nobody is in the control group: the test has lost a subject")
	}
	requests, _ := erasures(customers)
	s.Send(t, requests)
	awaitErased(t, s, customers)
	after := step()
	if got, want := slices.Sorted(maps.Keys(after)), slices.Sorted(maps.Keys(before)); !slices.Equal(got, want) {
		t.Errorf("notices of %v, want of those only who had one before: %v", got, want)
	}
	for customer, steps := range after {
		if !slices.Equal(before[customer], []string{given}) || !slices.Equal(steps, []string{given, withdrawn}) {
			t.Errorf("%s: %v before, %v after, want it given, then withdrawn", customer, before[customer], steps)
		}
	}
	if gone := len(s.Records(t, schemas.Erasures)); gone != customers {
		t.Errorf("%d erasures are told, want %d", gone, customers)
	}
}
