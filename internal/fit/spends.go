package fit

import (
	"context"
	"fmt"
	"math"

	"tidemark/internal/stat"
)

// ConstantSpend says that each customer always pays the same. The result is a stat.FixedSpend. It is no defect of the data: a longer log says
// the same.
type ConstantSpend struct {
	// OnePrice says that all customers pay the same.
	OnePrice bool
	// Unpaid says that nobody pays anything.
	Unpaid bool
}

func (ConstantSpend) warning() {}

func (w ConstantSpend) String() string {
	switch {
	case w.Unpaid:
		return "constant: no purchase day is paid"
	case w.OnePrice:
		return "constant: all purchases cost the same"
	}
	return "constant: a customer pays nearly the same on each purchase day"
}

// onePrice is the relative difference up to which prices are one price, such as that of a rounded conversion.
const onePrice = 1e-6

// Spends fits Gamma-Gamma to customers who bought again. Where each customer always pays the same, p runs away; then the result is the
// stat.FixedSpend of their mean, and ConstantSpend is the first of its warnings. Errors: as GammaGamma.
func Spends(ctx context.Context, groups []Group[stat.Spend], o Options) (Result[stat.SpendModel], error) {
	n, err := count(groups)
	if err != nil {
		return Result[stat.SpendModel]{}, err
	}
	if n > 1 && groups[0].History.X > 0 && isOnePrice(groups) {
		return fixed(groups, n, ConstantSpend{OnePrice: true}), nil
	}
	r, err := GammaGamma(ctx, groups, o)
	if err != nil {
		return Result[stat.SpendModel]{}, err
	}
	if away(r.Warnings, "p") && r.Model.P > 1 && n >= leastRepeaters {
		return fixed(groups, n, ConstantSpend{}), nil
	}
	return Result[stat.SpendModel]{
		Model: r.Model, Estimates: r.Estimates, LogLikelihood: r.LogLikelihood, Customers: r.Customers, Groups: r.Groups,
		Iterations: r.Iterations, Evaluations: r.Evaluations, Converged: r.Converged, Warnings: r.Warnings,
	}, nil
}

// away reports whether a parameter goes to a boundary.
func away(warnings []Warning, name string) bool {
	for _, w := range warnings {
		if at, ok := w.(AtBoundary); ok && at.Name == name {
			return true
		}
	}
	return false
}

func isOnePrice(groups []Group[stat.Spend]) bool {
	low, high := math.Inf(1), 0.
	for _, g := range groups {
		low, high = min(low, g.History.Mean), max(high, g.History.Mean)
	}
	return high-low <= onePrice*high
}

// fixed is the mean over customers, with its standard error. It has no likelihood: what is constant has no density.
func fixed(groups []Group[stat.Spend], customers int, why ConstantSpend) Result[stat.SpendModel] {
	n := float64(customers)
	var mean, variance float64
	for _, g := range groups {
		mean += float64(float64(g.Customers) / n * g.History.Mean)
	}
	for _, g := range groups {
		d := g.History.Mean - mean
		variance += float64(float64(g.Customers) / n * d * d)
	}
	return Result[stat.SpendModel]{
		Model: stat.FixedSpend{Mean: mean}, Estimates: []Estimate{{"mean", mean, math.Sqrt(variance / n)}},
		Customers: customers, Groups: len(groups), Converged: true, Warnings: []Warning{why},
	}
}

// PaidShare fits the share of purchase days that are paid to customers. The result is the zero model, without an error, where all days are
// paid: then there is nothing to fit. Where no day is paid, the share is as near to 0 as 1 in 1e9. Errors: ErrNoCustomers, an invalid group,
// and the error of ctx.
func PaidShare(ctx context.Context, groups []Group[stat.Baskets], o Options) (stat.PaidShare, error) {
	n, err := count(groups)
	if err != nil {
		return stat.PaidShare{}, err
	}
	var paid, free float64
	for _, g := range groups {
		paid += float64(g.Customers) * float64(g.History.Paid)
		free += float64(g.Customers) * float64(g.History.Free)
	}
	switch {
	case free == 0:
		return stat.PaidShare{}, nil
	case paid == 0:
		return stat.PaidShare{Paid: never, Free: 1}, nil
	}
	f := family[stat.PaidShare, stat.Baskets]{
		params: []param{{name: "paid", unit: 1}, {name: "free", unit: 1}},
		model:  func(p []float64) stat.PaidShare { return stat.PaidShare{Paid: p[0], Free: p[1]} },
		gradient: func(m stat.PaidShare, b stat.Baskets, by *[most]float64) float64 {
			l, g := m.Gradient(b)
			copy(by[:], g[:])
			return l
		},
	}
	var starts [][]point
	for _, days := range []float64{.5, 20, 1000} { // customers differ much, little, hardly
		starts = append(starts, []point{{math.Log(days * paid / (paid + free)), math.Log(days * free / (paid + free))}})
	}
	r, err := f.fit(ctx, groups, starts, o)
	if err != nil {
		return stat.PaidShare{}, fmt.Errorf("the paid share of %d customers: %w", n, err)
	}
	return r.Model, nil
}
