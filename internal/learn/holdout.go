package learn

import (
	"context"
	"hash/fnv"
	"math"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

const (
	// judges is about the most customers that a hold-out takes. With so many the standard error of a gain of log loss is about .001.
	judges = 20_000
	// parts is the number of parts of a hold-out by customer.
	parts = 5
	// rolls is the most cuts that a hold-out out of time judges at.
	rolls = 3
)

// Earlier is what was to be seen of customers before the cuts that a stack is fitted to, and what they did up to these cuts.
type Earlier struct{ folds []past }

// past is a cut whose customers judge a stack, and the blocks that the stack is fitted to: their windows end by the cut.
type past struct {
	train  [][]Case
	judged []Case
}

// LookEarlier collects the cases for a hold-out out of time before an instant, for a log that begins at first. It judges at the cuts of
// Cuts. The stacks are fitted to up to three cuts each, which lie a horizon and more before. Each has at least sixty days and a horizon of log
// before it: in a younger log nobody has been silent for as long as the customers who judge, and a hold-out tells nothing. Where the log is
// too short, there are no cases, and Decide holds out customers instead. Of more than 20,000 customers a sample is taken, by their ids.
// Errors: those of Look.
func LookEarlier(ctx context.Context, e *score.Engine, events []event.Event, first, until event.Instant, horizon time.Duration) (Earlier, error) {
	var out Earlier
	later := int((horizon + apart - 1) / apart) // the steps between two cuts after which the window of the older one has ended
	type fold struct{ judged, from, to int }
	var folds []fold
	var cuts []panel.Cut
	for n := range rolls {
		f := fold{judged: len(cuts), from: len(cuts) + 1}
		some := []panel.Cut{{At: until.Add(-horizon - time.Duration(n)*apart), Window: horizon}}
		for k := range blocks {
			if at := until.Add(-horizon - time.Duration(n+later+k)*apart); at >= first.Add(least+horizon) {
				some = append(some, panel.Cut{At: at, Window: horizon})
			}
		}
		if f.to = len(cuts) + len(some); len(some) > 1 {
			folds, cuts = append(folds, f), append(cuts, some...)
		}
	}
	if folds == nil {
		return out, nil
	}
	theirs, _ := event.Customers(events)
	rows, err := Look(ctx, e, sample(theirs), cuts)
	if err != nil {
		return out, err
	}
	for _, f := range folds {
		out.folds = append(out.folds, past{train: rows[f.from:f.to], judged: rows[f.judged]})
	}
	return out, nil
}

// sample keeps the events of about as many customers as judge.
func sample(events []event.Event) []event.Event {
	all := map[string]struct{}{}
	for _, x := range events {
		all[x.Common().Customer] = struct{}{}
	}
	if len(all) <= judges {
		return events
	}
	var some []event.Event
	for _, x := range events {
		if drawn(x.Common().Customer, len(all)) {
			some = append(some, x)
		}
	}
	return some
}

// drawn reports whether a customer is in the sample of so many.
func drawn(customer string, of int) bool {
	return hash(customer)%uint32((of+judges-1)/judges) == 0
}

func hash(customer string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(customer)) // it cannot fail
	return h.Sum32() >> 4
}

// fold is a hold-out: the examples that stacks are fitted to, and the examples that judge the stacks.
type fold struct{ train, judged *Examples }

// outOfTime are the hold-outs of earlier cuts.
func (e Earlier) outOfTime(ctx context.Context, horizon time.Duration, unitDays float64) ([]fold, error) {
	var folds []fold
	for _, p := range e.folds {
		train, err := NewExamples(ctx, p.train, horizon, unitDays)
		if err != nil {
			return nil, err
		}
		judged, err := NewExamples(ctx, [][]Case{p.judged}, horizon, unitDays)
		if err != nil {
			return nil, err
		}
		if train.learnt > 0 && judged.learnt > 0 {
			folds = append(folds, fold{train, judged})
		}
	}
	return folds, nil
}

// byCustomer are hold-outs of customers: each part of the customers judges the stacks that are fitted to the other parts.
func byCustomer(ctx context.Context, blocks [][]Case, horizon time.Duration, unitDays float64) ([]fold, error) {
	some := make([][]Case, len(blocks))
	for i, block := range blocks {
		some[i] = slices.DeleteFunc(slices.Clone(block), func(c Case) bool { return !drawn(c.Customer, max(1, len(block))) })
	}
	all, err := NewExamples(ctx, some, horizon, unitDays)
	if err != nil || all.learnt == 0 {
		return nil, err
	}
	folds := make([]fold, parts)
	for k := range folds {
		folds[k] = fold{
			all.where(func(customer string) bool { return hash(customer)/7%parts != uint32(k) }),
			all.where(func(customer string) bool { return hash(customer)/7%parts == uint32(k) }),
		}
	}
	return folds, nil
}

// where are the examples of some customers.
func (x *Examples) where(of func(customer string) bool) *Examples {
	some := *x
	some.rows, some.customers, some.alone = nil, nil, nil
	for i, c := range x.customers {
		if of(c) {
			some.rows, some.customers, some.alone = append(some.rows, x.rows[i]), append(some.customers, c), append(some.alone, x.alone[i])
		}
	}
	return &some
}

// risks are the probabilities of having left, by a stack, over the windows of the examples.
func (x *Examples) risks(s *churn.Stack) []float64 {
	if s.Plain() { // as churn.Stack.RiskAhead
		return x.alone
	}
	out := make([]float64, len(x.rows))
	for i := range x.rows {
		out[i] = 1 / (1 + math.Exp(-x.odds(s, x.rows[i].X)))
	}
	return out
}

// odds are the log-odds of an example by a stack; see churn.Stack.LogOdds.
func (x *Examples) odds(s *churn.Stack, values []float64) float64 {
	sum := s.Intercept
	for t, w := range s.Weights {
		v := values[t]
		if w == 0 {
			continue
		}
		if churn.Term(t) == churn.Tenure && s.MaxTenure > 0 {
			v = min(v, math.Log1p(s.MaxTenure))
		}
		sum += float64(w * s.Ranges[t].Hold(v))
	}
	if len(values) > len(s.Weights) { // the season of the window
		sum += values[len(s.Weights)]
	}
	return sum
}

// left says who of the examples left.
func (x *Examples) left() []bool {
	out := make([]bool, len(x.rows))
	for i := range x.rows {
		out[i] = x.rows[i].Happened > 0
	}
	return out
}

// forecasts are the risks that the stacks of a recipe give to all who judge.
func forecasts(ctx context.Context, folds []fold, by Recipe) ([]float64, error) {
	var all []float64
	for _, f := range folds {
		s, _, err := f.train.Fit(ctx, by)
		if err != nil {
			return nil, err
		}
		all = append(all, f.judged.risks(&s)...)
	}
	return all, nil
}

// outcomes are what became of all who judge, and the customer of each.
func outcomes(folds []fold) (left []bool, customers []string) {
	for _, f := range folds {
		left, customers = append(left, f.judged.left()...), append(customers, f.judged.customers...)
	}
	return left, customers
}
