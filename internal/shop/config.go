package shop

import (
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stat"
)

// Config determines a Shop.
type Config struct {
	// Customers is the number of customers, including those who left before From and send nothing.
	Customers int
	// Early is the share of the customers who joined in the year before From, evenly. The others join evenly from From to To.
	Early float64
	// From and To bound the record times. The first message is sent at From or later, the last before To.
	From, To event.Instant
	Seed     uint64
	// Steady switches hours and weekdays off: trade is even.
	Steady     bool
	Population Population
	// Currency is the shop's own currency, in which Population.Spend is stated. Foreign lists the other currencies that
	// customers pay in.
	Currency  event.Currency
	Foreign   []Foreign
	Behaviour Behaviour
	Faults    Faults
}

// Population says how customers differ. Alpha of Purchases is in weeks, V of Spend in major units of the currency.
type Population struct {
	Purchases stat.MBGNBD
	Spend     stat.GammaGamma
}

// Foreign is a currency in which a share of the customers pays. Rate is the value of one unit of it, in the shop's own
// currency.
type Foreign struct {
	Currency    event.Currency
	Share, Rate float64
}

// Behaviour is what customers do besides buying. Its zero value is nothing.
type Behaviour struct {
	// Visits is the number of visits without a purchase, Emails the number of opened e-mails, both per week. They hold for a
	// customer who is still there and buys about as often as most. They fade out in the weeks after a customer has left.
	Visits, Emails float64
	// Tracked is the share of online orders with a recorded session.
	Tracked float64
	// CSAT, NPS, Reviews and Complaints are shares of purchase days. A customer who leaves with a grievance is more likely to
	// speak, and gives lower marks.
	CSAT, NPS, Reviews, Complaints float64
	// Grievances is the share of leaving customers who had a reason to leave.
	Grievances float64
	// SecondOrders is the share of purchase days on which the spend is split into two orders.
	SecondOrders float64
	// Refunds, Cancels, Restatements, FailedPayments and Chargebacks are shares of orders. A restatement sends an order again
	// with the same id, later on the same day: the first amount was wrong.
	Refunds, Cancels, Restatements, FailedPayments, Chargebacks float64
	// Referrals is the share of new customers who were referred by an earlier customer.
	Referrals float64
	// Profiles is the share of customers with known attributes, Businesses the share of customers who pay by invoice.
	Profiles, Businesses float64
	// Consents is the share of customers who say, with the first thing that is heard of them, on which channels they may be met.
	Consents float64
}

// Faults are the shares of messages with a fault. With the zero value each message is sent normally, a few seconds after its
// event. The seconds differ between topics.
type Faults struct {
	// Late is the share of messages that are sent a minute to MaxLate after their event. Repeated is the share of messages that
	// are sent again within minutes or hours.
	Late, Repeated float64
	MaxLate        time.Duration
	// Ahead is the share of interactions stamped in the future, by less than event.Tolerance.
	Ahead float64
	// Broken is the number of broken messages per message.
	Broken float64
}

// CDNOW is the population of CDNOW's 1/10 sample as published: MBG/NBD in weeks (Batislam, Denizel & Filiztekin 2007),
// Gamma-Gamma in dollars (Fader & Hardie 2013). Six of ten customers are gone a year after they joined.
func CDNOW() Population {
	return Population{
		Purchases: stat.MBGNBD{R: 0.525, Alpha: 6.183, A: 0.891, B: 1.614},
		Spend:     stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44},
	}
}

// Lively is CDNOW with more activity within a year: customers buy three times as often, and their probability of leaving after
// a purchase is .16 on average instead of .36.
func Lively() Population {
	p := CDNOW()
	p.Purchases.Alpha /= 3
	p.Purchases.B *= 3
	return p
}

// Default is a lively shop with 3,000 customers, in dollars, over the 365 days before a given instant.
func Default(to event.Instant) Config {
	return Config{
		Customers:  3000,
		Early:      0.3,
		From:       to.Add(-365 * oneDay),
		To:         to,
		Seed:       1,
		Population: Lively(),
		Currency:   "USD",
		Foreign:    []Foreign{{"GBP", 0.05, 1.33}, {"EUR", 0.07, 1.11}},
		Behaviour: Behaviour{
			Visits: 0.3, Emails: 0.4, Tracked: 0.9,
			CSAT: 0.10, NPS: 0.06, Reviews: 0.04, Complaints: 0.015, Grievances: 0.5,
			SecondOrders: 0.04,
			Refunds:      0.05, Cancels: 0.01, Restatements: 0.02, FailedPayments: 0.015, Chargebacks: 0.001,
			Referrals: 0.08, Profiles: 0.3, Businesses: 0.04, Consents: 0.85,
		},
		Faults: Faults{Late: 0.02, Repeated: 0.01, MaxLate: 72 * time.Hour, Ahead: 0.001, Broken: 0.001},
	}
}

// Validate returns all that is wrong with c, as one error.
func (c Config) Validate() error {
	bad := []error{c.Population.validate()}
	refuse := func(format string, args ...any) { bad = append(bad, fmt.Errorf(format, args...)) }
	if c.Customers < 1 || c.Customers > maxCustomers {
		refuse("%d customers, want 1 to %d", c.Customers, maxCustomers)
	}
	if c.From < epoch.Add(2*early) || c.From >= c.To || c.To.Sub(c.From) > maxSpan {
		refuse("from %v to %v: want at most 30 years, after 1972", c.From, c.To)
	}
	if c.Faults.MaxLate < 0 || c.Faults.Late > 0 && c.Faults.MaxLate < minLate {
		refuse("late by at most %v, want at least %v", c.Faults.MaxLate, minLate)
	}
	for _, r := range []rate{{"visits", c.Behaviour.Visits}, {"emails", c.Behaviour.Emails}} {
		if !(r.value >= 0 && r.value <= 1000) {
			refuse("%s: %v a week, want 0 to 1000", r.name, r.value)
		}
	}
	for _, r := range c.shares() {
		if !(r.value >= 0 && r.value <= 1) {
			refuse("%s: a share of %v, want 0 to 1", r.name, r.value)
		}
	}
	return errors.Join(append(bad, c.validateMoney())...)
}

const (
	maxCustomers = 10_000_000
	maxSpan      = 30 * 365 * oneDay
	early        = 365 * oneDay // the longest time from the joining of an early customer to From
)

type rate struct {
	name  string
	value float64
}

func (c Config) shares() []rate {
	b, f := c.Behaviour, c.Faults
	return []rate{
		{"early", c.Early},
		{"tracked", b.Tracked},
		{"csat", b.CSAT},
		{"nps", b.NPS},
		{"reviews", b.Reviews},
		{"complaints", b.Complaints},
		{"grievances", b.Grievances},
		{"second orders", b.SecondOrders},
		{"refunds", b.Refunds},
		{"cancels", b.Cancels},
		{"restatements", b.Restatements},
		{"failed payments", b.FailedPayments},
		{"chargebacks", b.Chargebacks},
		{"referrals", b.Referrals},
		{"profiles", b.Profiles},
		{"businesses", b.Businesses},
		{"consents", b.Consents},
		{"late", f.Late},
		{"repeated", f.Repeated},
		{"ahead", f.Ahead},
		{"broken", f.Broken},
	}
}

func (c Config) validateMoney() error {
	var bad []error
	if _, ok := c.Currency.Digits(); !ok {
		bad = append(bad, fmt.Errorf("currency %q is not an ISO 4217 code", c.Currency))
	}
	var sum float64
	for _, f := range c.Foreign {
		if _, ok := f.Currency.Digits(); !ok || !(f.Rate > 0) || !(f.Share >= 0) {
			bad = append(bad, fmt.Errorf("foreign currency %q: share %v, rate %v", f.Currency, f.Share, f.Rate))
		}
		sum += f.Share
	}
	if sum > 1 {
		bad = append(bad, fmt.Errorf("foreign currencies add up to a share of %v, want at most 1", sum))
	}
	return errors.Join(bad...)
}

// validate accepts less than the models do: a Beta with both parameters near zero cannot be drawn from.
func (p Population) validate() error {
	bad := []error{p.Purchases.Validate(), p.Spend.Validate()}
	m, g := p.Purchases, p.Spend
	for _, r := range []rate{{"r", m.R}, {"alpha", m.Alpha}, {"a", m.A}, {"b", m.B}, {"p", g.P}, {"q", g.Q}, {"v", g.V}} {
		if r.value < 0.01 || r.value > 1e6 {
			bad = append(bad, fmt.Errorf("population: %s = %v, want 0.01 to 1e6", r.name, r.value))
		}
	}
	return errors.Join(bad...)
}
