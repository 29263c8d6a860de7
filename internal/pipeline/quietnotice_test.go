package pipeline

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/schemas"
)

// published counts what was published of c01 to a topic.
func (w *world) published(topic string) (n int) {
	w.wire.mu.Lock()
	defer w.wire.mu.Unlock()
	for _, o := range w.wire.sent {
		if o.Topic == topic && string(o.Key) == "c01" {
			n++
		}
	}
	return n
}

// warned are purchases of a customer whom silence gives the first notice at an instant: four in 60 days.
func warned(t *testing.T, e *score.Engine, customer string, at event.Instant) (life []message) {
	t.Helper()
	for ago := time.Duration(0); ago < 400*day; ago += day {
		p := e.New(customer)
		life = life[:0]
		for n := range 4 {
			m := message{ID: fmt.Sprint("w", n), Customer: customer, Occurred: at.Add(-ago - 30*time.Minute - time.Duration(3-n)*20*day), Amount: 5000}
			life = append(life, m)
			p, _, _ = e.Apply(p, &event.Purchase{
				Head: event.Head{ID: m.ID, Customer: customer, OccurredAt: m.Occurred, RecordedAt: m.Occurred}, Kind: event.Order, OrderID: m.ID,
				Amount: event.Money{Minor: m.Amount, Currency: "USD"},
			})
		}
		for p = e.Schedule(p); p.Due <= at; p = e.Schedule(p) {
			due := p.Due
			if p, _ = e.Review(p, due); p.Notice.Stands() {
				if due == at {
					return life
				}
				break
			}
		}
	}
	t.Fatal("no life leads to a notice at midnight")
	return nil
}

// TestQuietHoldAndNotices: a notice falls due while a topic is quiet. An outage is not silence, so it waits. Then it is given as of its own instant,
// as a replay gives it, or never, if the purchase that the outage has held back prevents the fall. Where the outage outlasts the fall as well, both
// are told, in order.
func TestQuietHoldAndNotices(t *testing.T) {
	for _, row := range []struct {
		name           string
		quiet          time.Duration // how long after the notice is due
		bought         bool          // in time, but heard of after the outage
		notices, tiers int           // of the customer, in the end; each tier beyond those of the purchases
	}{
		{"the topic speaks again", 2 * time.Hour, false, 1, 0},
		{"and brings a purchase", 2 * time.Hour, true, 0, 0},
		{"after the fall", 2 * day, false, 1, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := reacting(t)
				m := s.engine.(*score.Engine).Model()
				m.Reactions.NoticeDays = 1 // so that the fall is near
				engine := engineOf(t, m, nil)
				s.engine = engine
				w := newWorld(t, s, 1, 4)
				w.logs.wait = 90 * time.Second // days pass: fewer empty fetches
				w.adjust = func(c *Config) { c.QuietHold = time.Hour }
				due := event.NewCalendar(nil).Start(event.NewCalendar(nil).Day(ago(0)) + 1)
				for _, m := range warned(t, engine, "c01", due) {
					w.send(event.Purchases, m)
				}
				w.speak(event.Purchases, 0, ago(0))
				lane := w.start(0, nil)
				lane.rest(t)
				before := w.published(schemas.TierChanges)
				pass(time.Until(due.Time()) + row.quiet)
				if n := w.published(schemas.TierNotices); n != 0 {
					t.Errorf("while the topic is quiet: %d notices, want none", n)
				}
				w.speak(event.Purchases, 0, ago(0))
				pass(5 * time.Second)
				if row.bought {
					w.send(event.Purchases, message{ID: "q", Customer: "c01", Occurred: due.Add(-time.Minute), Amount: 5000})
				}
				finish(t, lane)
				if n, tiers := w.published(schemas.TierNotices), w.published(schemas.TierChanges)-before; n != row.notices || tiers != row.tiers {
					t.Errorf("in the end: %d notices and %d changes of the tier, want %d and %d", n, tiers, row.notices, row.tiers)
				}
				w.check(event.InstantOf(time.Now()))
			})
		})
	}
}
