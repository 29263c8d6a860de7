package clv

import (
	"errors"
	"fmt"
	"math"
)

// Methods are the parameters of the methods that a person chooses. The zero value gives only what needs none.
type Methods struct {
	// Base is what the historic value counts.
	Base Base
	// LifetimeYears is the expected lifetime of the simple formula, in years; 0 is not known.
	LifetimeYears float64
	// Acquisition is the cost of acquiring a customer where events do not say, in major units; 0 is not known.
	Acquisition float64
	// Uptake is the share of a potential value that is taken up, in [0, 1].
	Uptake float64
	// RetentionYears and RetentionCost are Years and Cost of Retention; ContactCost is Cost of Migration. Costs are in major units.
	RetentionYears             int
	RetentionCost, ContactCost float64
}

// Check returns nil where m is valid, else an error that names everything that is wrong.
func (m *Methods) Check() error {
	var errs []error
	amount := func(name string, x, most float64) {
		if !(x >= 0 && x <= most) {
			errs = append(errs, fmt.Errorf("%s: %v is not in 0..%v", name, x, most))
		}
	}
	amount("lifetime_years", m.LifetimeYears, MaxYears)
	amount("cac", m.Acquisition, maxCost)
	amount("uptake", m.Uptake, 1)
	amount("retention_years", float64(m.RetentionYears), MaxYears)
	amount("retention_cost", m.RetentionCost, maxCost)
	amount("contact_cost", m.ContactCost, maxCost)
	return errors.Join(errs...)
}

// maxCost bounds the costs that a model may name, in major units.
const maxCost = 1e12

// Repurchase are the probabilities of a purchase within a year, as a log has them.
type Repurchase struct {
	// Retention is of who bought within the last year, by frequency band.
	Retention Banded
	// Migration are the rates of Migration, by recency cell: the first ones, of which there are enough cases.
	Migration []float64
}

// Check returns nil where r is valid, else an error that names everything that is wrong.
func (r *Repurchase) Check() error {
	var errs []error
	for band, p := range r.Retention.Of {
		if r.Retention.Known[band] && !(p >= 0 && p <= 1) {
			errs = append(errs, fmt.Errorf("retention: rate %v of band %s is not in [0, 1]", p, bandNames[band]))
		}
	}
	if len(r.Migration) > MaxCells {
		errs = append(errs, fmt.Errorf("migration: %d cells, want at most %d", len(r.Migration), MaxCells))
	}
	for k, p := range r.Migration {
		if !(p >= 0 && p <= 1) || math.IsNaN(p) {
			errs = append(errs, fmt.Errorf("migration: rate %v of cell %d is not in [0, 1]", p, k))
		}
	}
	return errors.Join(errs...)
}
