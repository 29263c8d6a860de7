package score

import (
	"math"

	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// ValuePart is what one factor adds to a learnt value, in minor units of the base currency.
type ValuePart struct {
	// Name is the factor: mean for the value of the mean customer of the fit, else one of learntFactors.
	Name  string
	Minor int64
}

// learntFactors are the factors of a learnt value after the mean customer, each with its terms. Terms of one factor say nearly the same.
var learntFactors = [...]struct {
	name  string
	terms []clv.Term
}{
	{"forecast", []clv.Term{clv.Buys, clv.Forecast}}, // by the models
	{"recency", []clv.Term{clv.Recency, clv.Recency60, clv.RecencyDays, clv.Rhythm}},
	{"frequency", []clv.Term{clv.Repeats, clv.Once, clv.YearOrders, clv.ActiveMonths}},
	{"tenure", []clv.Term{clv.Tenure}},
	{"spend", []clv.Term{clv.Spend, clv.YearSpend, clv.LastOrder}},
	{"items", []clv.Term{clv.Items, clv.LastItems}},
	{"feedback", []clv.Term{clv.NPS, clv.Satisfaction, clv.Complaints, clv.OpenComplaints, clv.Refunded}},
	{"engagement", []clv.Term{clv.Engagement, clv.EngagementTrend}},
}

// learntParts splits the learnt value of v into the value of the mean customer of the fit, at v's own margin, and the effects of v's factors.
// The two regressions multiply, so the effects are Shapley values. The parts add up to the published value exactly. It is nil where the model
// has no learnt value; a factor without a weight is left out.
func (e *Engine) learntParts(v *evaluation) []ValuePart {
	l := e.model.Learnt
	if l == nil {
		return nil
	}
	own := e.learntTerms(&v.facts, v.pattern, e.model.Value.Ahead(v.pattern))
	worth := func(terms clv.Values) float64 {
		return l.Of(terms).Spend() * e.present * e.model.Value.MarginOf(v.pattern) * e.scale
	}
	parts := value.Shapley(len(learntFactors), func(set int) float64 {
		mixed := l.Means
		for i, factor := range learntFactors {
			if set>>i&1 == 1 {
				for _, t := range factor.terms {
					mixed[t] = own[t]
				}
			}
		}
		return worth(mixed)
	})
	sum := worth(l.Means)
	rounded := math.RoundToEven(sum)
	all := []ValuePart{{"mean", int64(rounded)}}
	for i, part := range parts { // each rounded sum less the one before: so the parts add up
		sum += part
		if i == len(parts)-1 {
			sum = worth(own)
		}
		before := rounded
		rounded = math.RoundToEven(sum)
		if l.Weighs(learntFactors[i].terms...) {
			all = append(all, ValuePart{learntFactors[i].name, int64(rounded - before)})
		}
	}
	return all
}
