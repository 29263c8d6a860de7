package score

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/rfm"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

// Model holds every number that scores depend on, besides the events. It comes from a versioned file and never changes.
type Model struct {
	Version string
	// Hash names the bytes of the file, ScorecardHash the numbers of the scorecard and the tiers alone.
	Hash, ScorecardHash string
	Base                event.Currency
	Rates               Rates
	Value               clv.Model
	Churn               churn.Lines
	// Stack makes the churn risk of that of the purchase model.
	Stack churn.Stack
	// Reference is the customer against whom a churn risk is explained.
	Reference Reference
	RFM       rfm.Cuts
	Scorecard value.Scorecard
	Tiers     tier.Ladder
	// Playbooks advise by tier, Actions by churn level, SecondOrder in a one-time buyer's window.
	Playbooks   map[Tier]Playbook
	Actions     map[Level]Action
	SecondOrder Action
	// Causes weigh what may be behind a churn alert.
	Causes Causes
	// Uplift is the share, in [0, 1], of the customers of an alert whom an offer brings back; 0 is not known.
	Uplift float64
	// Control is the share of customers, in [0, 1], that outreach leaves alone so that its effect can be measured.
	Control float64
}

// Reference is a customer as the purchase model and the churn stack see one.
type Reference struct {
	Pattern clv.Pattern
	// UsualGap is in days, Spend (over life) and LastOrder in major units of the base currency.
	UsualGap, Spend, LastOrder float64
	// Items are those that the orders named over life, LastItems those of the last order.
	Items, LastItems int
}

// Check says what is wrong with m, all of it; nil when nothing is.
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
	fail("rates", m.Rates.check())
	fail("value", m.Value.Check())
	fail("churn", m.Churn.Check())
	fail("churn", m.Stack.Check())
	fail("rfm", m.RFM.Check())
	fail("scorecard", m.Scorecard.Check())
	fail("tiers", m.Tiers.Check())
	fail("causes", m.Causes.Check())
	if !(m.Uplift >= 0 && m.Uplift <= 1) {
		errs = append(errs, fmt.Errorf("uplift: share %v is not in [0, 1]", m.Uplift))
	}
	if !(m.Control >= 0 && m.Control < 1) {
		errs = append(errs, fmt.Errorf("control: share %v is not in [0, 1)", m.Control))
	}
	return errors.Join(errs...)
}

// Rates convert money into the base currency, per currency by date.
type Rates map[event.Currency][]Rate

// Rate is what one major unit of a currency is worth in major units of the base, from a day on.
type Rate struct {
	From  event.Day
	Value float64
}

func (r Rates) check() error {
	for currency, rates := range r {
		if _, ok := currency.Digits(); !ok {
			return fmt.Errorf("%q is not an ISO 4217 code", currency)
		}
		for i, rate := range rates {
			if !(rate.Value > 0 && rate.Value < 1e9) || i > 0 && rate.From <= rates[i-1].From {
				return fmt.Errorf("%s: rates must be positive and their dates ascend", currency)
			}
		}
	}
	return nil
}

// factor returns the factor from minor units of a currency to minor units of the base on a day; false where there is no rate.
func (m *Model) factor(c event.Currency, on event.Day) (float64, bool) {
	if c == m.Base {
		return 1, true
	}
	digits, _ := c.Digits()
	base, _ := m.Base.Digits()
	rates := m.Rates[c]
	for _, rate := range slices.Backward(rates) {
		if rate.From <= on {
			return rate.Value * math.Pow10(base-digits), true
		}
	}
	return 0, false
}

// convert rounds half to even.
func convert(minor int64, factor float64) int64 {
	if factor == 1 {
		return minor
	}
	return int64(math.RoundToEven(float64(minor) * factor))
}
