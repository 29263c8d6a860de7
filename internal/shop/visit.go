package shop

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// fade is the time in which the visits of a customer who has left fall by a factor of e.
const fade = 21 * oneDay

// planTouch plans the next visit or opened e-mail of c after an instant. They are a Poisson process while c is there, and
// become rarer once c has left.
func (s *Shop) planTouch(c *customer, from event.Instant) {
	rate := (s.config.Behaviour.Visits + s.config.Behaviour.Emails) * c.restlessness
	if c.LeftAt < from {
		rate *= math.Exp(-float64(from.Sub(c.LeftAt)) / float64(fade))
	}
	end := s.season.weeks(s.config.To)
	at := s.season.weeks(from) + weeks(s.random.ExpFloat64()/rate)
	if rate > 0 && at < end {
		s.steps.push(max(s.now, s.season.instant(at)), step{c, (*Shop).touch})
	}
}

// touch is a visit without a purchase, or an opened e-mail that may lead to a visit.
func (s *Shop) touch(c *customer) {
	at := s.now
	s.introduce(c, at)
	b := s.config.Behaviour
	switch {
	case s.chance(b.Emails / (b.Visits + b.Emails)):
		s.open(c, at)
	case c.channel == store:
		s.glance(c, at, web)
	default:
		s.glance(c, at, c.channel)
	}
	s.planTouch(c, at)
}

// open sends an opened e-mail, if c receives e-mails.
func (s *Shop) open(c *customer, at event.Instant) {
	if !c.subscribed {
		return
	}
	s.interact(c, event.EmailOpen, at, email, "")
	gone := c.LeftAt < at
	switch {
	case s.chance(0.003) || gone && s.chance(0.15):
		c.subscribed = false
		s.interact(c, event.Unsubscribe, at.Add(s.between(5*time.Second, time.Minute)), email, "")
	case s.chance(0.25):
		click := at.Add(s.between(3*time.Second, 40*time.Second))
		s.interact(c, event.EmailClick, click, email, "")
		s.glance(c, click.Add(5*time.Second), web)
	}
}

// glance is a session without a purchase.
func (s *Shop) glance(c *customer, at event.Instant, channel string) {
	s.begin(channel)
	for range s.random.IntN(3) {
		s.trail = append(s.trail, event.ProductView)
	}
	if s.chance(0.12) {
		s.trail = append(s.trail, event.CartAdd)
	}
	s.walk(c, at, at.Add(s.between(time.Minute, 8*time.Minute)), channel, s.number('s', &s.sessions))
}

// lookFor is the session that leads to an order at an instant.
func (s *Shop) lookFor(c *customer, at event.Instant, channel, session string) {
	s.begin(channel)
	for range 1 + s.random.IntN(3) {
		s.trail = append(s.trail, event.ProductView)
	}
	s.trail = append(s.trail, event.CartAdd, event.CheckoutStart)
	s.walk(c, max(s.now, at.Add(-s.between(2*time.Minute, lead))), at, channel, session)
}

// begin starts a session with the events that every session of a channel begins with.
func (s *Shop) begin(channel string) {
	s.trail = append(s.trail[:0], event.PageView)
	if channel == app {
		s.trail[0] = event.AppSession
	} else if s.chance(0.3) {
		s.trail = append(s.trail, event.Login)
	}
}

// walk sends the events of a session, spread over a time.
func (s *Shop) walk(c *customer, from, to event.Instant, channel, session string) {
	pace := float64(to-from) / float64(len(s.trail))
	for i, kind := range s.trail {
		s.interact(c, kind, from+event.Instant((float64(i)+s.random.Float64())*pace), channel, session)
	}
}

func (s *Shop) interact(c *customer, kind event.InteractionKind, at event.Instant, channel, session string) {
	i := &event.Interaction{
		Head: event.Head{Customer: c.ID, OccurredAt: at}, Kind: kind, Channel: channel, Session: session,
	}
	if kind == event.ProductView || kind == event.CartAdd {
		i.Name = products[s.shelf(c)][s.random.IntN(shelf)]
	}
	s.send(i)
}

// consent sends on which channels c may be met, once: by e-mail whoever receives e-mails, by app and by phone some. What c says is c's own, and
// not drawn from the randomness of the shop.
func (s *Shop) consent(c *customer, at event.Instant) {
	if !c.unasked {
		return
	}
	c.unasked = false
	word := func(channel string, yes bool) {
		name := "granted"
		if !yes {
			name = "refused"
		}
		s.send(&event.Interaction{Head: event.Head{Customer: c.ID, OccurredAt: at}, Kind: event.ConsentChanged, Channel: channel, Name: name})
	}
	word(email, c.subscribed)
	if c.channel == app {
		word(app, draw(c, "app") < 0.6)
	}
	if c.business || draw(c, "phone") < 0.15 {
		word(phone, true)
	}
}

// draw is a number in [0, 1) of a customer's own, for a purpose.
func draw(c *customer, purpose string) float64 {
	return float64(event.Hash(purpose+" "+c.ID)>>11) / (1 << 53)
}

// introduce sends the attributes of c, once.
func (s *Shop) introduce(c *customer, at event.Instant) {
	s.consent(c, at)
	if !c.untold {
		return
	}
	c.untold = false
	facts := map[string]string{"region": pick(s.random, regions[:]), "preferred_channel": c.channel}
	if c.business {
		facts["industry"] = pick(s.random, industries[:])
		facts["size"] = pick(s.random, sizes[:])
		facts["credit_grade"] = pick(s.random, credit[:])
		facts["owner"] = pick(s.random, owners[:])
	}
	if c.TestAccount {
		facts["test_account"] = "true"
	}
	s.send(&event.Interaction{Head: event.Head{Customer: c.ID, OccurredAt: at}, Kind: event.Attributes, Attributes: facts})
}

// shelf draws a category, mostly the favourite of c.
func (s *Shop) shelf(c *customer) int {
	if s.chance(0.65) {
		return c.favourite
	}
	return s.random.IntN(len(categories))
}
