package fit

import (
	"context"
	"errors"

	"tidemark/internal/stat"
)

// ErrNobodyEnded says that no customer ever refused a renewal.
var ErrNobodyEnded = errors.New("no subscription ended")

// SBG fits the shifted beta-geometric model. Errors: ErrNoCustomers, ErrNobodyEnded, an invalid
// group, and the error of ctx. Tested against the paper's regular customers: .7041, 1.1820,
// log-likelihood -1680.2652.
func SBG(ctx context.Context, groups []Group[stat.Subscription], o Options) (Result[stat.SBG], error) {
	ended := false
	for _, g := range groups {
		ended = ended || g.History.Ended
	}
	if !ended && len(groups) > 0 {
		return Result[stat.SBG]{}, ErrNobodyEnded
	}
	f := family[stat.SBG, stat.Subscription]{
		params: []param{{name: "a", unit: 1}, {name: "b", unit: 1}},
		model:  func(p []float64) stat.SBG { return stat.SBG{A: p[0], B: p[1]} },
		gradient: func(m stat.SBG, s stat.Subscription, by *[most]float64) float64 {
			l, g := m.Gradient(s)
			copy(by[:], g[:])
			return l
		},
	}
	return f.fit(ctx, groups, [][]point{{{0, 0}}, {{0, 3}}, {{-2, 0}}}, o)
}

// Cohort makes the groups of customers who subscribed together. Its argument is the number of
// customers at first and after each renewal.
func Cohort(active []int) []Group[stat.Subscription] {
	var groups []Group[stat.Subscription]
	for t := 1; t < len(active); t++ {
		if lost := active[t-1] - active[t]; lost != 0 {
			groups = append(groups, Group[stat.Subscription]{stat.Subscription{Renewals: t, Ended: true}, lost})
		}
	}
	if last := len(active) - 1; last >= 0 && active[last] > 0 {
		groups = append(groups, Group[stat.Subscription]{stat.Subscription{Renewals: last}, active[last]})
	}
	return groups
}

// BGBB fits the BG/BB model. Errors: ErrNoCustomers, ErrNoRepeats, an invalid group, and the error
// of ctx. Tested against the paper's donors: 1.204, .750, .657, 2.783, log-likelihood -33225.58.
func BGBB(ctx context.Context, groups []Group[stat.Occasions], o Options) (Result[stat.BGBB], error) {
	repeats := 0
	for _, g := range groups {
		repeats += g.History.X
	}
	if repeats == 0 && len(groups) > 0 {
		return Result[stat.BGBB]{}, ErrNoRepeats
	}
	f := family[stat.BGBB, stat.Occasions]{
		params: []param{{name: "alpha", unit: 1}, {name: "beta", unit: 1}, {name: "gamma", unit: 1}, {name: "delta", unit: 1}},
		model:  func(p []float64) stat.BGBB { return stat.BGBB{Alpha: p[0], Beta: p[1], Gamma: p[2], Delta: p[3]} },
		gradient: func(m stat.BGBB, h stat.Occasions, by *[most]float64) float64 {
			var l float64
			l, *by = m.Gradient(h)
			return l
		},
	}
	return f.fit(ctx, groups, [][]point{{{0, 0, 0, 1}}, {{-1, 1, -1, 1}}, {{1, 0, -2, 0}}}, o)
}
