package score_test

import (
	"bytes"
	"fmt"
	"slices"
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

// mail is messages on their way: those of one id to one other arrive in the order in which they were sent.
type mail struct {
	*circle
	waiting map[[2]string][]*event.Link
	unread  map[string][]event.Event
	arrived []*event.Link
}

func (m *mail) post(from string, messages []*event.Link) {
	for _, x := range messages {
		way := [2]string{from, x.Customer}
		m.waiting[way] = append(m.waiting[way], x)
	}
}

func (m *mail) read(x event.Event) {
	messages, _ := m.one(x)
	m.post(x.Common().Customer, messages)
}

// ways are the ways on which messages wait that may be read now, sorted.
func (m *mail) ways() [][2]string {
	var all [][2]string
	for way, queue := range m.waiting {
		if len(queue) > 0 && m.ready(queue[0]) {
			all = append(all, way)
		}
	}
	slices.SortFunc(all, func(a, b [2]string) int { return slices.Compare(a[:], b[:]) })
	return all
}

// ready reports whether a home may read a message: one that tells of an erasure waits for the words that were recorded before the erasure.
func (m *mail) ready(x *event.Link) bool {
	return x.Erasure == nil || !slices.ContainsFunc(m.unread[x.Customer], func(own event.Event) bool {
		i, ok := own.(*event.Interaction)
		return ok && i.Kind == event.MergedInto && i.RecordedAt <= x.Erasure.At
	})
}

func (m *mail) deliver(way [2]string) {
	x := m.waiting[way][0]
	m.waiting[way] = m.waiting[way][1:]
	m.arrived = append(m.arrived, x)
	m.read(x)
}

// deliverAll delivers all messages: of each way one, then of each way one more.
func (m *mail) deliverAll() {
	for n := 0; ; n++ {
		ways := m.ways()
		if len(ways) == 0 {
			return
		}
		if n > 1000 {
			m.t.Fatal("the messages do not end")
		}
		for _, way := range ways {
			m.deliver(way)
		}
	}
}

// scatter applies a log in an order of arrival of its own: each customer's events in canonical order, messages and repetitions in between.
// What comes after an erasure waits until everybody has heard of the erasure; package link says why.
func scatter(t *rapid.T, e *score.Engine, log []event.Event) *circle {
	m := &mail{circle: newCircle(t, e), waiting: map[[2]string][]*event.Link{}, unread: map[string][]event.Event{}}
	for len(log) > 0 {
		end := slices.IndexFunc(log, func(x event.Event) bool { _, ok := event.ErasedAt(x); return ok }) + 1
		if end == 0 {
			end = len(log)
		}
		m.scatter(t, log[:end])
		m.deliverAll()
		log = log[end:]
	}
	return m.circle
}

func (m *mail) scatter(t *rapid.T, log []event.Event) {
	for _, x := range log {
		m.unread[x.Common().Customer] = append(m.unread[x.Common().Customer], x)
	}
	var seen []event.Event
	for read := 0; read < len(log); {
		ways := m.ways()
		switch step := rapid.IntRange(0, 9).Draw(t, "step"); {
		case step == 0 && len(seen) > 0:
			m.read(rapid.SampledFrom(seen).Draw(t, "again"))
		case step == 1 && len(m.arrived) > 0:
			m.read(rapid.SampledFrom(m.arrived).Draw(t, "message again"))
		case step < 6 && len(ways) > 0:
			m.deliver(rapid.SampledFrom(ways).Draw(t, "way"))
		default:
			var next []string
			for _, id := range circleIDs {
				if len(m.unread[id]) > 0 {
					next = append(next, id)
				}
			}
			id := rapid.SampledFrom(next).Draw(t, "next")
			x := m.unread[id][0]
			m.unread[id] = m.unread[id][1:]
			m.read(x)
			read++
			if i, ok := x.(*event.Interaction); !ok || i.Kind == event.MergedInto || i.Kind == event.Erased { // a history knows a visit again for a week only
				seen = append(seen, x)
			}
		}
	}
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
