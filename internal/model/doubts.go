package model

import (
	"fmt"
	"math"

	"gopkg.in/yaml.v3"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

const (
	// farOff is the factor between two currencies from which on parameters of the one cannot be those of the other.
	farOff = 5.
	// leastSpend and mostSpend bound, in US dollars, what people and firms spend on a purchase day on average.
	leastSpend, mostSpend = .5, 100_000
)

// Doubt is something in a model file that is valid, but can hardly be meant.
type Doubt struct {
	// Text is a sentence that ends with a way out.
	Text string
	// Grave says that next to no customer's money is judged as it was fitted. Else a few customers lie outside.
	Grave bool
}

// Doubts returns what is valid in a model file, but can hardly be meant: a churn stack that nothing bounds, parameters of another
// currency, a stack and a spend model that were fitted to customers of another scale. Errors: those of Parse.
func Doubts(raw []byte) ([]Doubt, error) {
	m, err := Parse(raw)
	if err != nil {
		return nil, err
	}
	var f struct {
		Fitted fitted `yaml:"fitted"`
	}
	if err := yaml.Unmarshal(raw, &f); err != nil {
		return nil, err
	}
	var doubts []Doubt
	for _, doubt := range []Doubt{
		{unbounded(&m), false}, {currency(&m, event.Currency(f.Fitted.Currency)), true}, {strangers(&m), true},
	} {
		if doubt.Text != "" {
			doubts = append(doubts, doubt)
		}
	}
	return doubts, nil
}

// unbounded doubts a stack whose terms have no ranges, as files of before ranges existed have.
func unbounded(m *score.Model) string {
	free := m.Stack.Unbounded()
	if free == nil || m.Stack == churn.Plain() {
		return ""
	}
	return fmt.Sprintf("churn.stack: no range bounds %s, so the risk of a customer who lies beyond all whom the stack was fitted to is a guess, "+
		"and the largest account may never be alerted: write the ranges, or let `tidemark fit --churn-stack` write them", joined(free))
}

// currency doubts parameters that were fitted to amounts in another currency than the base, as far as the two differ in scale. Where
// the file does not say in which, the mean spend per purchase day tells.
func currency(m *score.Model, of event.Currency) string {
	const wayOut = "the spend model, the stack and the lines of money are of another scale than the amounts: " +
		"fit them to amounts in %s (`tidemark fit --churn-stack`), and look over rfm, scorecard and reference"
	if of == m.Base {
		return ""
	}
	if of != "" {
		if factor := unitsPerDollar(m.Base) / unitsPerDollar(of); factor > farOff || factor < 1/farOff {
			return fmt.Sprintf("base: the parameters were fitted to amounts in %s, and one %s is about %.2g %s; "+wayOut, of, of, factor, m.Base, m.Base)
		}
		return ""
	}
	mean := m.Value.Spend.PopulationMean()
	dollars := mean / unitsPerDollar(m.Base)
	if dollars >= leastSpend && dollars <= mostSpend {
		return ""
	}
	return fmt.Sprintf("base: a purchase day brings %.4g %s by the spend model, about %.2g US dollars; "+wayOut, mean, m.Base, dollars, m.Base)
}

// strangers doubts a stack whose range of the last order leaves out what a purchase day brings by the spend model: the two were fitted
// to other customers, and nearly everybody is held at an edge.
func strangers(m *score.Model) string {
	r := m.Stack.Ranges[churn.LastOrder]
	mean := m.Value.Spend.PopulationMean()
	if r == (churn.Range{}) || r.Hold(math.Log(max(1, mean))) == math.Log(max(1, mean)) {
		return ""
	}
	low, high, _ := churn.LastOrder.Money(r)
	return fmt.Sprintf("churn.stack: it was fitted to orders of %s to %s %s, but a purchase day brings %s by the spend model, so nearly every customer "+
		"is held at an edge: `tidemark fit --churn-stack` fits both to the same customers", amount(low), amount(high), m.Base, amount(mean))
}
