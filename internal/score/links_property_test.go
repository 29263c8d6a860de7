package score_test

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
)

var circleIDs = []string{"a", "b", "c", "d", "e", "f"}

// circleLog draws a log of orders, visits, words and, rarely, erasures of up to six customers, in canonical order.
func circleLog(t *rapid.T, erasures bool) []event.Event {
	ids := circleIDs[:rapid.IntRange(2, len(circleIDs)).Draw(t, "ids")]
	at := linkStart
	var all []event.Event
	for n := range rapid.IntRange(1, 25).Draw(t, "events") {
		at += rapid.SampledFrom([]event.Instant{1, 1000, linkDay, 9 * linkDay}).Draw(t, "gap")
		id := rapid.SampledFrom(ids).Draw(t, "customer")
		head := event.Head{ID: fmt.Sprint("x", n), Customer: id, OccurredAt: at, RecordedAt: at}
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		switch {
		case kind == 9 && erasures:
			all = append(all, &event.Interaction{Head: head, Kind: event.Erased})
		case kind == 8:
			all = append(all, &event.Interaction{Head: head, Kind: event.PageView})
		case kind == 7:
			value := rapid.SampledFrom([]string{"true", "false"}).Draw(t, "test account")
			all = append(all, &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{history.TestAccountKey: value}})
		case kind >= 3:
			all = append(all, &event.Interaction{Head: head, Kind: event.MergedInto, OtherCustomer: rapid.SampledFrom(ids).Draw(t, "into")})
		default:
			order := rapid.SampledFrom([]string{"o1", "o2", head.ID, head.ID, head.ID}).Draw(t, "order") // some orders are stated by two ids
			all = append(all, &event.Purchase{Head: head, Kind: event.Order, OrderID: order, Amount: event.Money{Minor: 5000, Currency: "USD"}})
		}
	}
	return all
}

// known is what does not depend on the order of arrival: who is away, and from what labels are read.
func (c *circle) known(id string, at event.Instant) string {
	p := c.profile(id)
	links := p.Links()
	return fmt.Sprintf("away %t, into %q, from %q, erased %s and %s, own %x, whole %x, facts %+v",
		p.Away(), p.MergedInto(), p.Origins(), p.Erased, links.Erased, p.History.Append(nil), p.Whole().Append(nil), c.engine.Facts(p.Whole(), at))
}

// TestLinksInAnyOrder: whatever the order of arrival, and however often events and messages are repeated, the same ids are away, and the labels
// of the others are read from the same. So it is, too, while the model before follows the customers.
func TestLinksInAnyOrder(t *testing.T) {
	plain := shipped(t)
	onTrial := replacing(t, modelOf(t, tried, nil), replacing(t, modelOf(t, kept, nil), nil, 0), linkStart+3*linkDay)
	for _, row := range []struct {
		name     string
		engine   *score.Engine
		erasures bool
	}{{"no erasures", plain, false}, {"erasures", plain, true}, {"a model on trial", onTrial, true}} {
		e, erasures := row.engine, row.erasures
		t.Run(row.name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				log := circleLog(t, erasures)
				want := newCircle(t, e)
				for _, x := range log {
					want.apply(x)
				}
				got := scatter(t, e, log)
				at := log[len(log)-1].At()
				for _, id := range circleIDs {
					if got, want := got.known(id, at), want.known(id, at); got != want {
						t.Fatalf("%s: got\n%s\nwant\n%s", id, got, want)
					}
				}
			})
		})
	}
}

// TestUnmergeGivesBack: if all links are taken back at the end, everybody has the history that they would have without any link, byte for byte,
// and is read from nothing else.
func TestUnmergeGivesBack(t *testing.T) {
	e := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		log := circleLog(t, false)
		at := log[len(log)-1].At()
		alone := newCircle(t, e)
		for _, x := range log {
			if i, ok := x.(*event.Interaction); !ok || i.Kind != event.MergedInto {
				alone.apply(x)
			}
		}
		for n, id := range circleIDs {
			head := event.Head{ID: fmt.Sprint("back ", n), Customer: id, OccurredAt: at + 1, RecordedAt: at + 1}
			log = append(log, &event.Interaction{Head: head, Kind: event.MergedInto, OtherCustomer: id})
		}
		c := scatter(t, e, log)
		for _, id := range circleIDs {
			p, want := c.profile(id), alone.profile(id)
			if p.Away() || len(p.Origins()) > 0 || !bytes.Equal(p.History.Append(nil), want.History.Append(nil)) || !bytes.Equal(p.Whole().Append(nil), want.History.Append(nil)) {
				t.Fatalf("%s: away %t, from %q, want its own history alone", id, p.Away(), p.Origins())
			}
		}
	})
}

// TestLinksAreStored: a profile that was stored and read again goes on as the one that was not.
func TestLinksAreStored(t *testing.T) {
	e := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		kept, stored := newCircle(t, e), newCircle(t, e)
		for _, x := range circleLog(t, true) {
			kept.apply(x)
			stored.apply(x)
			for id, p := range stored.profiles {
				if p.Unknown() { // the store has a tombstone for it
					next := e.New(id)
					next.Erased = p.Erased
					stored.profiles[id] = next
					continue
				}
				again, err := score.Decode(p.Append(nil))
				if err != nil {
					t.Fatalf("%s: %v", id, err)
				}
				stored.profiles[id] = again
			}
		}
		for id, p := range kept.profiles {
			q := stored.profiles[id]
			if !bytes.Equal(p.Append(nil), q.Append(nil)) || len(kept.transitions[id]) != len(stored.transitions[id]) {
				t.Fatalf("%s differs", id)
			}
		}
	})
}

// TestCustomersAreThoseOfLinks: event.Customers finds the ids that links join, and those that are erased, as the ids themselves do.
func TestCustomersAreThoseOfLinks(t *testing.T) {
	e := shipped(t)
	rapid.Check(t, func(t *rapid.T) {
		log := circleLog(t, true)
		c := newCircle(t, e)
		for _, x := range log {
			c.apply(x)
		}
		theirs, merged := event.Customers(log)
		lives, away := map[string]history.Summary{}, 0
		for _, x := range theirs {
			id := x.Common().Customer
			lives[id], _ = e.Observe(lives[id], x)
		}
		for _, id := range circleIDs {
			p := c.profile(id)
			if p.Away() {
				away++
			}
			h := lives[id]
			one, together := e.Facts(&h, log[len(log)-1].At()), e.Facts(p.Whole(), log[len(log)-1].At())
			if one.PurchaseDays > 0 != (together.PurchaseDays > 0) || one.FirstPurchase != together.FirstPurchase ||
				one.LastPurchase != together.LastPurchase || one.TestAccount != together.TestAccount {
				t.Fatalf("%s: got %+v, want %+v", id, one, together)
			}
		}
		if merged != away {
			t.Fatalf("%d ids are merged, want %d", merged, away)
		}
	})
}
