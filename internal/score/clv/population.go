package clv

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Population is what is known of all customers together, and of groups of customers. Money is in major units.
type Population struct {
	// Customers is how many were looked at.
	Customers int
	// Median is the median of what buyers spent in 365 days. Medians is the same by place: see Place.
	Median  float64
	Medians map[string]float64
	// TopContribution is the 80th percentile of the contribution of 365 days; PositiveContribution the sum of the contributions over life
	// that are above 0.
	TopContribution, PositiveContribution float64
	// NewCustomer is the value of a new customer: the margin of the first purchase day and what the models expect after it.
	NewCustomer float64
}

// Place names a region and an industry together in a model file: "north/retail". It is empty where either is not known.
func Place(region, industry string) string {
	if region == "" || industry == "" {
		return ""
	}
	return region + "/" + industry
}

// MedianOf is the median spend of the buyers of a place; of all buyers where the place is empty or has too few.
func (p *Population) MedianOf(place string) float64 {
	if m, found := p.Medians[place]; found {
		return m
	}
	return p.Median
}

// Check returns nil where p is valid, else an error that names everything that is wrong.
func (p *Population) Check() error {
	var errs []error
	if p.Customers < 1 {
		errs = append(errs, fmt.Errorf("%d customers, want at least one", p.Customers))
	}
	positive := func(name string, x float64, least float64) {
		if !(x >= least) || math.IsInf(x, 0) {
			errs = append(errs, fmt.Errorf("%s: %v is no amount of at least %v", name, x, least))
		}
	}
	positive("median_spend", p.Median, 0)
	for _, place := range slices.Sorted(maps.Keys(p.Medians)) {
		positive("median_spends."+place, p.Medians[place], 0)
	}
	positive("positive_contribution", p.PositiveContribution, 0)
	positive("contribution_365d_p80", p.TopContribution, math.Inf(-1))
	positive("new_customer", p.NewCustomer, math.Inf(-1))
	return errors.Join(errs...)
}
