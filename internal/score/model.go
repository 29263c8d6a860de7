package score

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/rfm"
	"tidemark/internal/score/segment"
	"tidemark/internal/score/standing"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
	"tidemark/internal/season"
)

// Model holds every number that scores depend on besides the events. It comes from a versioned file and never changes.
type Model struct {
	Version string
	// Hash names the bytes of the file, ScorecardHash the numbers of the scorecard and the tiers alone. Both are hex.
	Hash, ScorecardHash string
	Base                event.Currency
	Rates               Rates
	// Oldest is the first day that is taken for a time: an event with an earlier one is refused as TOO_OLD. At zero it is 1970-01-01.
	Oldest event.Day
	// Digits are the minor digits of currencies that ISO 4217 does not list, in 0..8.
	Digits map[event.Currency]int
	Value  clv.Model
	// Learnt is the learnt value over Value; nil for none.
	Learnt *clv.Learnt
	// Methods are what the methods of customer lifetime value are told, Repurchase the rates that a log has. Peers, Population and Switching
	// are nil where nothing is known of them: then the methods that need them give nothing.
	Methods    clv.Methods
	Repurchase clv.Repurchase
	Peers      *clv.Peers
	Population *clv.Population
	Switching  *clv.Switching
	// Season is the clock of the purchase model; nil knows no season.
	Season *season.Clock
	Churn  churn.Lines
	// Stack turns the risk of the purchase model into the churn risk.
	Stack churn.Stack
	// Reference is the customer against whom a churn risk is explained.
	Reference Reference
	RFM       rfm.Cuts
	Scorecard value.Scorecard
	Tiers     tier.Ladder
	// Playbooks hold advice by tier, Actions by churn level; SecondOrder is the action for the window of a one-time buyer.
	Playbooks   map[Tier]Playbook
	Actions     map[Level]Action
	SecondOrder Action
	// Low splits the advice for the lowest tier in two; nil where Playbooks holds all of it.
	Low *LowTier
	// Shop says from when on an id behaves like a shop.
	Shop Shop
	// Reactions are the lines of what is told besides.
	Reactions Reactions
	// Segments are the rules of the segments that customers enter and leave; empty for none.
	Segments []segment.Segment
	// Standing are the parameters of the indicators of how a customer stands. No label depends on them.
	Standing standing.Params
	// Causes weigh the evidence for the causes of a churn alert.
	Causes Causes
	// PairReferrals says that an order which names its referrer counts as a referral of the referrer, and that all referrals of one buyer count
	// once. Otherwise each REFERRAL_MADE counts.
	PairReferrals bool
	// Uplift is the share of alerted customers whom an offer brings back, in [0, 1]; 0 means that it is not known.
	Uplift float64
	// Control is the share of customers whom outreach leaves alone so that its effect can be measured, in [0, 1).
	Control float64
	// AnnounceControl says that the alerts of the control group are published. Otherwise they are recorded only: who is told of a customer at
	// risk calls the customer, and the group measures nothing.
	AnnounceControl bool
	// ByConsent says that a customer may be met only on channels of which the last word grants it.
	ByConsent bool
	// WhatIf says that the detail of a customer tells what keeps the tier and what reaches the next. It is looked for whenever the public view is
	// written, which costs some ten evaluations.
	WhatIf bool
	// SinceTaken says that a change of tier is explained from the instant at which the tier that ends was taken. It costs some 45 bytes a customer.
	SinceTaken bool
}

// Reference is a customer as the purchase model and the churn stack see a customer.
type Reference struct {
	Pattern clv.Pattern
	// UsualGap is in days. Spend (over life) and LastOrder are in major units of the base currency.
	UsualGap, Spend, LastOrder float64
	// Items is the number of items that all orders named, LastItems the number of the last order.
	Items, LastItems int
}

// Check returns nil where m is valid, else an error that names everything that is wrong.
func (m *Model) Check() error {
	var errs []error
	fail := func(part string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", part, err))
		}
	}
	if m.Version == "" {
		errs = append(errs, errors.New("version: must be given"))
	}
	if _, ok := m.Base.Digits(); !ok {
		errs = append(errs, fmt.Errorf("base: %q is not an ISO 4217 code", m.Base))
	}
	fail("rates", m.checkRates())
	if m.Oldest < 0 {
		errs = append(errs, fmt.Errorf("oldest: %s lies before 1970-01-01: no time before 1970 is taken", m.Oldest))
	}
	fail("value", m.Value.Check())
	fail("value_stack", m.checkLearnt())
	fail("methods", m.Methods.Check())
	fail("repurchase", m.checkRepurchase())
	if m.Peers != nil {
		fail("peers", m.Peers.Check())
	}
	if m.Population != nil {
		fail("population", m.Population.Check())
	}
	if m.Switching != nil {
		fail("switching", m.Switching.Check())
	}
	fail("churn", m.Churn.Check())
	fail("churn", m.Stack.Check())
	fail("rfm", m.RFM.Check())
	fail("scorecard", m.Scorecard.Check())
	fail("scorecard", catalogue.CheckCard(m.Scorecard))
	fail("tiers", m.Tiers.Check())
	fail("shop", m.Shop.Check())
	fail("standing", m.Standing.Check())
	fail("causes", m.Causes.Check())
	fail("reactions", m.Reactions.check())
	fail("segments", segment.Check(m.Segments, catalogue.CheckComparison))
	if !(m.Uplift >= 0 && m.Uplift <= 1) {
		errs = append(errs, fmt.Errorf("uplift: share %v is not in [0, 1]", m.Uplift))
	}
	if !(m.Control >= 0 && m.Control < 1) {
		errs = append(errs, fmt.Errorf("control: share %v is not in [0, 1)", m.Control))
	}
	return errors.Join(errs...)
}

// checkRepurchase checks the rates, alone and with the discount.
func (m *Model) checkRepurchase() error {
	err := m.Repurchase.Check()
	if err == nil && m.Repurchase.Migration != nil {
		chain := m.Migration()
		err = chain.Check()
	}
	return err
}

// Migration is the migration model of m.
func (m *Model) Migration() clv.Migration {
	return clv.Migration{Rates: m.Repurchase.Migration, Discount: m.Value.Discount, Cost: m.Methods.ContactCost}
}

// Retention is the retention model of m.
func (m *Model) Retention() clv.Retention {
	return clv.Retention{Years: m.Methods.RetentionYears, Discount: m.Value.Discount, Cost: m.Methods.RetentionCost}
}

// Rates convert money into the base currency: per currency, in ascending order of their dates.
type Rates map[event.Currency][]Rate

// Rate is the worth of one major unit of a currency in major units of the base, from a day on.
type Rate struct {
	From  event.Day
	Value float64
}

// checkRates checks rates and digits: every currency with a rate needs digits, and given digits must not contradict ISO 4217.
func (m *Model) checkRates() error {
	var errs []error
	for _, c := range slices.Sorted(maps.Keys(m.Digits)) {
		known, ok := c.Digits()
		switch given := m.Digits[c]; {
		case !c.WellFormed():
			errs = append(errs, fmt.Errorf("digits: %q is not three capital letters, or stands for no currency", c))
		case given < 0 || given > maxDigits:
			errs = append(errs, fmt.Errorf("digits: %d of %s are not in 0..%d", given, c, maxDigits))
		case ok && given != known:
			errs = append(errs, fmt.Errorf("digits: %s has %d by ISO 4217, not %d", c, known, given))
		case len(m.Rates[c]) == 0 && c != m.Base:
			errs = append(errs, fmt.Errorf("digits: %s has no rate", c))
		}
	}
	for _, c := range slices.Sorted(maps.Keys(m.Rates)) {
		if !c.WellFormed() {
			errs = append(errs, fmt.Errorf("%q is not an ISO 4217 code", c))
		} else if _, ok := m.digits(c); !ok {
			errs = append(errs, fmt.Errorf("%q is not an ISO 4217 code; if it is what your events say, give the number of its minor digits under digits, such as digits: {%s: 2}", c, c))
		}
		for i, rate := range m.Rates[c] {
			if !(rate.Value > 0 && rate.Value < 1e9) || i > 0 && rate.From <= m.Rates[c][i-1].From {
				errs = append(errs, fmt.Errorf("%s: rates must be positive and their dates ascend", c))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// maxDigits bounds the minor digits that a model may give a currency of its own.
const maxDigits = 8

// digits returns the number of minor digits of a currency, by ISO 4217 or by the model; false where neither tells.
func (m *Model) digits(c event.Currency) (int, bool) {
	if n, ok := c.Digits(); ok {
		return n, true
	}
	n, ok := m.Digits[c]
	return n, ok
}

// factor returns the factor from minor units of a currency to minor units of the base on a day. It is false where there is no
// rate.
func (m *Model) factor(c event.Currency, on event.Day) (float64, bool) {
	if c == m.Base {
		return 1, true
	}
	digits, ok := m.digits(c)
	if !ok {
		return 0, false
	}
	base, _ := m.Base.Digits()
	for _, rate := range slices.Backward(m.Rates[c]) {
		if rate.From <= on {
			return rate.Value * math.Pow10(base-digits), true
		}
	}
	return 0, false
}

// Unrated says for which events in a currency the model has no rate: "AUD", or "EUR before 2015-01-01" where rates begin later.
func (m *Model) Unrated(c event.Currency) string {
	if rates := m.Rates[c]; len(rates) > 0 {
		return fmt.Sprintf("%s before %s", c, rates[0].From)
	}
	return string(c)
}

// convert multiplies, and rounds half to even.
func convert(minor int64, factor float64) int64 {
	if factor == 1 {
		return minor
	}
	return int64(math.RoundToEven(float64(minor) * factor))
}
