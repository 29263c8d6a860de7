package service_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
)

// mergedInto are words by which the first of each pair of buyers is merged into the second.
func mergedInto(pairs ...[2]int) (words []event.Event) {
	now := event.InstantOf(time.Now())
	for n, pair := range pairs {
		words = append(words, &event.Interaction{
			Head: event.Head{ID: fmt.Sprint("word ", n, now), Customer: buyer(pair[0]), OccurredAt: now, RecordedAt: now},
			Kind: event.MergedInto, OtherCustomer: buyer(pair[1]),
		})
	}
	return words
}

// TestMergesOnServers: ids with homes on two lanes are merged, in a chain too. The survivors count the orders of all; the others have no
// score, and a detail that says into whom they are merged. It is so after a rebuild, too, and the next order of a merged id counts. An erasure
// of either id leaves nothing of a customer in Redis, in the log of the process and in its metrics.
func TestMergesOnServers(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, buyers(8, 3))
	m := start(t, "the service", s, usual())
	s.AwaitCaughtUp(t)
	s.Send(t, mergedInto([2]int{0, 1}, [2]int{2, 3}, [2]int{3, 4}))
	holds := func(one, chain string) {
		t.Helper()
		servicetest.Eventually(t, servicetest.Longest, "the survivors are read from all histories", func() bool {
			return s.Score(t, buyer(1), "orders_365d") == one && s.Score(t, buyer(4), "orders_365d") == chain
		})
		for from, into := range map[int]int{0: 1, 2: 3, 3: 4} {
			servicetest.Eventually(t, servicetest.Longest, "the others say where they are", func() bool {
				detail, err := s.Content(t.Context(), "tm:detail:"+buyer(from))
				return err == nil && strings.Contains(detail, fmt.Sprintf(`"merged_into":%q`, buyer(into))) && s.Score(t, buyer(from), "tier") == ""
			})
		}
	}
	holds("6", "9")
	if _, err := service.Rebuild(t.Context(), rebuildConfig(t, s, "")); err != nil {
		t.Fatal(err)
	}
	s.Edition = 1
	s.AwaitCaughtUp(t)
	holds("6", "9")
	now := event.InstantOf(time.Now())
	var more []event.Event
	for _, c := range []int{0, 2} {
		id := fmt.Sprint("one more of ", c)
		more = append(more, &event.Purchase{
			Head: event.Head{ID: id, Customer: buyer(c), OccurredAt: now, RecordedAt: now},
			Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 5000, Currency: "USD"},
		})
	}
	s.Send(t, more)
	holds("7", "10")
	counts := func(customers, merged string) {
		t.Helper()
		servicetest.Eventually(t, servicetest.Longest, "the population counts "+customers+" customers and "+merged+" merged ids", func() bool {
			got := s.Hashes(t, "tm:population")[0]
			return got["customers"] == customers && got["merged_ids"] == merged
		})
	}
	counts("5", "3")

	gone := []string{buyer(0), buyer(1), buyer(2), buyer(3), buyer(4)}
	if left := whoIsLeft(t, s, gone); len(left) != len(gone) {
		t.Fatalf("before the erasures: %v are found, want all", left)
	}
	requests, _ := erasures(1) // the first, who is merged, and the one who survives of the chain
	survivor := *requests[0].(*event.Interaction)
	survivor.ID, survivor.Customer = "request of the survivor", buyer(4)
	s.Send(t, append(requests, &survivor))
	awaitErased(t, s, len(gone))
	servicetest.Eventually(t, servicetest.Longest, "no key of Redis holds an id of the two customers", func() bool { return len(whoIsLeft(t, s, gone)) == 0 })
	_, metrics := m.look(t, "/metrics")
	for _, id := range gone {
		if strings.Contains(m.said(), id) || strings.Contains(metrics, id) {
			t.Errorf("%s is found in the log or the metrics", id)
		}
	}
	m.awaitEnd(t, s)
	counts("3", "0")
}
