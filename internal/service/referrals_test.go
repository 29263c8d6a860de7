package service_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// pairing is the default model, but referrals weigh more.
func pairing() string {
	return strings.NewReplacer("spend_365d,      weight: 0.30", "spend_365d,      weight: 0.05",
		"referrals,       weight: 0.05", "referrals,       weight: 0.30").Replace(string(model.Default()))
}

// TestReferralsOnServers: customers with homes on two lanes buy, and name one of them as who had recommended the shop. Her referrals and her tier
// rise, and the change names the order. It is so after a rebuild, too, and nothing counts twice. Her erasure leaves nothing.
func TestReferralsOnServers(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, buyers(8, 1))
	c := usual()
	c.model = pairing()
	m := start(t, "the service", s, c)
	s.AwaitCaughtUp(t)
	ann := buyer(0)
	servicetest.Eventually(t, servicetest.Longest, "the first has a tier", func() bool { return s.Score(t, ann, "tier") != "" })
	before := s.Score(t, ann, "tier")
	orders := func(n int, customers ...int) {
		now := event.InstantOf(time.Now())
		var all []event.Event
		for _, c := range customers {
			id := fmt.Sprintf("referred order %d of %d", n, c)
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: buyer(c), OccurredAt: now, RecordedAt: now},
				Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 5000, Currency: "USD"}, Referrer: ann,
			})
		}
		s.Send(t, all)
	}
	holds := func(referrals int) {
		t.Helper()
		servicetest.Eventually(t, servicetest.Longest, fmt.Sprint("the first has ", referrals, " referrals"), func() bool {
			detail, err := s.Content(t.Context(), "tm:detail:"+ann)
			return err == nil && strings.Contains(detail, fmt.Sprintf(`"referrals":%d,`, referrals))
		})
	}
	orders(1, 1, 2, 3, 4, 5, 6, 7, 0)
	holds(7)
	rises := 0
	servicetest.Eventually(t, servicetest.Longest, "the rise is told", func() bool {
		rises = 0
		for _, r := range s.Records(t, schemas.TierChanges) {
			if string(r.Key) == ann && bytes.Contains(r.Value, []byte("referred order 1 of ")) && !bytes.Contains(r.Value, []byte("referred order 1 of 0")) {
				rises++
			}
		}
		return rises > 0
	})
	if after := s.Score(t, ann, "tier"); after == before {
		t.Errorf("the tier is %s still", after)
	}
	orders(2, 1, 2, 3)
	s.AwaitCaughtUp(t)
	holds(7)
	told := len(s.Records(t, schemas.TierChanges))
	if _, err := service.Rebuild(t.Context(), rebuildConfig(t, s, "")); err != nil {
		t.Fatal(err)
	}
	s.Edition = 1
	s.AwaitCaughtUp(t)
	holds(7)
	if again := len(s.Records(t, schemas.TierChanges)); again != told {
		t.Errorf("%d tier changes after the rebuild, %d before", again, told)
	}
	requests, gone := erasures(1)
	s.Send(t, requests)
	awaitErased(t, s, 1)
	servicetest.Eventually(t, servicetest.Longest, "no key of Redis holds the erased id", func() bool { return len(whoIsLeft(t, s, gone)) == 0 })
	m.awaitEnd(t, s)
}
