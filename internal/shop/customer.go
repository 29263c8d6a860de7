package shop

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"tidemark/internal/event"
)

// Customer is the truth about one customer. Money is in the shop's currency.
type Customer struct {
	ID string
	// JoinedAt is the first purchase. If it lies before Config.From, no message tells of it.
	JoinedAt event.Instant
	// LeftAt is the last purchase of a customer who left for good before Config.To. It is event.Never for a customer who is
	// still there.
	LeftAt event.Instant
	// LastAt is the last purchase before Config.To.
	LastAt event.Instant
	// Rate is the mean number of purchase days a week while the customer is there, above 0.
	Rate float64
	// Dropout is the probability of leaving after a purchase, in [0, 1].
	Dropout float64
	// Spend is the mean spend per purchase day, in major units.
	Spend float64
	// Purchases is the number of purchase days from Config.From to Config.To. Spent is the spend on these days, in minor units,
	// before refunds.
	Purchases int
	Spent     int64
	// Currency is the currency that the customer pays in. Referrer is the customer who referred this one, or empty.
	Currency event.Currency
	Referrer string
	// TestAccount is true for a test account. Messages tell it by an attribute, if the customer has known attributes.
	TestAccount bool
}

// customer is the state that the shop keeps of a customer.
type customer struct {
	Customer
	life life
	next purchase
	// minor is the number of minor units of Currency that one major unit of the shop's currency is worth.
	minor float64

	channel      string // the usual channel
	favourite    int    // the favourite category
	restlessness float64
	contentment  float64 // in [0, 1]
	grieved      bool    // has a reason to leave
	grievance    event.Subject
	business     bool
	untold       bool // the attributes are known and not sent yet
	unasked      bool // says where contact is welcome, and has not yet
	subscribed   bool // receives e-mails
}

// enrol draws the customers in the order in which they join. It simulates the purchases of each in advance, so that the truth
// is known from the start.
func (s *Shop) enrol() {
	master := rand.New(rand.NewPCG(s.config.Seed, 0))
	s.customers = make([]customer, s.config.Customers)
	for i, joined := range s.joins(master) {
		c := &s.customers[i]
		c.ID = fmt.Sprintf("c%05d", i+1)
		c.life = s.config.Population.draw(master.Uint64(), master.Uint64(), joined)
		c.Rate, c.Dropout, c.Spend = c.life.rate, c.life.dropout, c.life.shape/c.life.scale
		s.foresee(c)
		s.describe(c)
		if c.JoinedAt >= s.config.From && s.chance(s.config.Behaviour.Referrals) {
			c.Referrer = s.referrer(i, c.JoinedAt)
		}
	}
}

// joins draws the times at which customers join, in order.
func (s *Shop) joins(random *rand.Rand) []weeks {
	from, to := s.season.weeks(s.config.From), s.season.weeks(s.config.To)
	before := s.season.weeks(s.config.From.Add(-early))
	joins := make([]weeks, s.config.Customers)
	for i := range joins {
		first, end := from, to
		if random.Float64() < s.config.Early {
			first, end = before, from
		}
		joins[i] = first + weeks(random.Float64())*(end-first)
	}
	slices.SortFunc(joins, cmp.Compare)
	return joins
}

// foresee simulates a copy of the life of c to its end, and fills in what only the end tells. It moves the life of c itself to
// the first purchase from Config.From on.
func (s *Shop) foresee(c *customer) {
	digits, _ := s.config.Currency.Digits()
	major := math.Pow10(digits)
	c.LeftAt = event.Never
	ahead := c.life
	for {
		if c.Purchases == 0 {
			c.life = ahead
		}
		p, ok := ahead.next(s.season, s.config.To)
		if !ok {
			return
		}
		c.JoinedAt, c.LastAt = cmp.Or(c.JoinedAt, p.at), p.at
		if p.last {
			c.LeftAt = p.at
		}
		if p.at < s.config.From {
			continue
		}
		c.Purchases++
		c.Spent += minor(p.spend * major)
	}
}

// describe draws what does not affect the purchases.
func (s *Shop) describe(c *customer) {
	random := s.random
	digits, _ := s.config.Currency.Digits()
	c.Currency, c.minor = s.config.Currency, math.Pow10(digits)
	place := random.Float64()
	for _, f := range s.config.Foreign {
		if place < f.Share {
			digits, _ := f.Currency.Digits()
			c.Currency, c.minor = f.Currency, math.Pow10(digits)/f.Rate
			break
		}
		place -= f.Share
	}
	c.channel = pick(random, channels[:])
	c.favourite = random.IntN(len(categories))
	// Customers who buy often visit often, but not in proportion.
	mean := s.config.Population.Purchases.R / s.config.Population.Purchases.Alpha
	c.restlessness = 0.5 + 0.5*min(c.Rate/mean, 6)
	c.contentment = min(1, max(0.2, 0.82+0.13*random.NormFloat64()))
	c.grieved = c.LeftAt != event.Never && random.Float64() < s.config.Behaviour.Grievances
	c.grievance = pick(random, grievances[:])
	c.business = random.Float64() < s.config.Behaviour.Businesses
	c.untold = random.Float64() < s.config.Behaviour.Profiles
	c.TestAccount = c.untold && random.Float64() < 0.005
	c.subscribed = random.Float64() < 0.8
	c.unasked = draw(c, "consent") < s.config.Behaviour.Consents
}

// referrer draws a customer who had joined before the i-th customer. It is empty if a few tries find none.
func (s *Shop) referrer(i int, joined event.Instant) string {
	for range 8 {
		if i == 0 {
			break
		}
		if other := &s.customers[s.random.IntN(i)]; other.JoinedAt < joined && other.LeftAt > joined {
			return other.ID
		}
	}
	return ""
}

// minor rounds an amount in minor units and keeps it within the bounds of events. It is at least one unit.
func minor(amount float64) int64 {
	return max(1, int64(math.RoundToEven(min(amount, event.MaxMinor))))
}
