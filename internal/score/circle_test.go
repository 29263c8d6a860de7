package score_test

import (
	"bytes"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// circle are customers who tell each other of their links, as homes do: messages arrive at once, in order.
type circle struct {
	t           failing
	engine      *score.Engine
	profiles    map[string]score.Profile
	transitions map[string][]score.Transition
	sent        []*event.Link
	read        int64
	events      int
}

// failing is a test: *testing.T or *rapid.T.
type failing interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func newCircle(t failing, e *score.Engine) *circle {
	return &circle{t: t, engine: e, profiles: map[string]score.Profile{}, transitions: map[string][]score.Transition{}}
}

func (c *circle) profile(id string) score.Profile {
	if p, ok := c.profiles[id]; ok {
		return p
	}
	return c.engine.New(id)
}

// apply applies an event and all messages that follow. It returns the verdict of the event.
func (c *circle) apply(x event.Event) score.Verdict {
	c.t.Helper()
	messages, verdict := c.one(x)
	for n := 0; len(messages) > 0; n++ {
		if n > 10_000 {
			c.t.Fatal("the messages do not end")
		}
		more, _ := c.one(messages[0])
		messages = append(messages[1:], more...)
	}
	return verdict
}

func (c *circle) one(x event.Event) ([]*event.Link, score.Verdict) {
	c.t.Helper()
	if err := event.Validate(x); err != nil {
		c.t.Fatalf("%+v: %v", x, err)
	}
	id := x.Common().Customer
	before := c.profile(id)
	encoded := before.Append(nil)
	after, transitions, verdict := c.engine.Apply(before, x)
	if !bytes.Equal(encoded, before.Append(nil)) {
		c.t.Fatalf("%+v: Apply has modified the profile before", x)
	}
	c.read++
	messages := c.engine.Messages(&before, &after, x, map[string]int64{id: c.read})
	if m := c.engine.Refers(x, verdict); m != nil {
		messages = append(messages, m)
	}
	after.Outcomes = nil
	c.profiles[id] = c.engine.Schedule(after)
	c.transitions[id] = append(c.transitions[id], transitions...)
	c.sent = append(c.sent, messages...)
	return messages, verdict
}

const linkDay = event.Instant(24 * time.Hour / time.Millisecond)

func (c *circle) head(id string, at event.Instant) event.Head {
	c.events++
	return event.Head{ID: fmt.Sprint("x", c.events), Customer: id, OccurredAt: at, RecordedAt: at}
}

func (c *circle) order(id string, at event.Instant, minor int64) *event.Purchase {
	h := c.head(id, at)
	return &event.Purchase{Head: h, Kind: event.Order, OrderID: h.ID, Amount: event.Money{Minor: minor, Currency: "USD"}}
}

func (c *circle) word(from, into string, at event.Instant) *event.Interaction {
	return &event.Interaction{Head: c.head(from, at), Kind: event.MergedInto, OtherCustomer: into}
}

func (c *circle) erased(id string, at event.Instant) *event.Interaction {
	return &event.Interaction{Head: c.head(id, at), Kind: event.Erased}
}

func (c *circle) attributes(id string, at event.Instant, key, value string) *event.Interaction {
	return &event.Interaction{Head: c.head(id, at), Kind: event.Attributes, Attributes: map[string]string{key: value}}
}

// bought makes a customer buy every 20 days, from an instant on.
func (c *circle) bought(id string, from event.Instant, orders int) event.Instant {
	for range orders {
		c.apply(c.order(id, from, 9000))
		from += 20 * linkDay
	}
	return from - 20*linkDay
}

func (c *circle) own(id string) []byte { return c.profile(id).History.Append(nil) }

// spend is what the customer has spent over life as the labels see it.
func (c *circle) spend(id string) int64 {
	p := c.profile(id)
	f := c.engine.Facts(p.Whole(), p.AsOf)
	return f.Spend
}

func (c *circle) last(id string) score.Transition {
	c.t.Helper()
	all := c.transitions[id]
	if len(all) == 0 {
		c.t.Fatalf("nothing was said of %s", id)
	}
	return all[len(all)-1]
}

const linkStart = event.Instant(1_735_689_600_000) // 2025-01-01
