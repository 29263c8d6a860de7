package clv

import "fmt"

// Base is what a historic value counts.
type Base uint8

// The bases.
const (
	// Profit is the margin. It is the base where a model names none.
	Profit Base = iota
	// Revenue is the spend, net of what was given back.
	Revenue
	// Contribution is the margin less what the customer has cost: service, outreach and acquisition.
	Contribution

	// Bases is the number of bases. It stands last, so it moves with every base that is appended.
	Bases int = iota
)

var bases = [...]string{"profit", "revenue", "contribution"}

// String is the name of the base in a model file.
func (b Base) String() string { return bases[b] }

// BaseOf is the base of a name; empty is Profit.
func BaseOf(name string) (Base, error) {
	for i, known := range bases {
		if name == known || name == "" {
			return Base(i), nil
		}
	}
	return 0, fmt.Errorf("%q is none of profit, revenue, contribution", name)
}

// Earned is what a customer has brought and cost, all in the same money. Spend is net of what was given back.
type Earned struct {
	Spend, Margin float64
	// Service, Outreach and Acquisition are costs that events carry; what no event says is zero.
	Service, Outreach, Acquisition float64
}

// Contribution is the margin less all costs. It may be negative.
func (e Earned) Contribution() float64 { return e.Margin - e.Service - e.Outreach - e.Acquisition }

// Historic is what the customer has brought so far, on a base. It may be negative: nothing is floored.
func (e Earned) Historic(on Base) float64 {
	switch on {
	case Revenue:
		return e.Spend
	case Contribution:
		return e.Contribution()
	case Profit:
	}
	return e.Margin
}
