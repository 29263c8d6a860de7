package model

import (
	"errors"
	"fmt"

	"tidemark/internal/score/clv"
)

// methods is the section of the methods of customer lifetime value: what a person chooses. A line that is left out has its default. Without the
// section the simple formula and the cost of acquisition are not known.
type methods struct {
	Historic       string   `yaml:"historic"`        // profit, revenue or contribution
	LifetimeYears  *float64 `yaml:"lifetime_years"`  // of the simple formula
	CAC            float64  `yaml:"cac"`             // cost of acquisition where events do not say; 0 is not known
	Uptake         *float64 `yaml:"uptake"`          // share of the potential that is taken up
	RetentionYears *int     `yaml:"retention_years"` // n of Berger and Nasr
	RetentionCost  float64  `yaml:"retention_cost"`  // their M, a year
	ContactCost    float64  `yaml:"contact_cost"`    // a year, of the migration model
}

// The defaults of the section.
const (
	usualLifetimeYears  = 3
	usualUptake         = .1
	usualRetentionYears = 10
)

func (s *methods) methods() (clv.Methods, error) {
	m := clv.Methods{Uptake: usualUptake, RetentionYears: usualRetentionYears}
	if s == nil {
		return m, nil
	}
	base, err := clv.BaseOf(s.Historic)
	if err != nil {
		err = fmt.Errorf("methods.historic: %w", err)
	}
	m.Base, m.LifetimeYears, m.Acquisition, m.RetentionCost, m.ContactCost = base, usualLifetimeYears, s.CAC, s.RetentionCost, s.ContactCost
	if s.LifetimeYears != nil {
		m.LifetimeYears = *s.LifetimeYears
	}
	if s.Uptake != nil {
		m.Uptake = *s.Uptake
	}
	if s.RetentionYears != nil {
		m.RetentionYears = *s.RetentionYears
	}
	return m, err
}

// repurchase is the section of the yearly repurchase rates.
type repurchase struct {
	Retention banded    `yaml:"retention"`
	Migration []float64 `yaml:"migration"` // p_0, p_1, … by years of silence
}

func (s *repurchase) rates() (clv.Repurchase, error) {
	if s == nil {
		return clv.Repurchase{}, nil
	}
	retention, err := s.Retention.banded("repurchase.retention")
	return clv.Repurchase{Retention: retention, Migration: s.Migration}, err
}

// banded holds numbers by the names of frequency bands.
type banded map[string]float64

func (b banded) banded(where string) (clv.Banded, error) {
	var out clv.Banded
	left := len(b)
	for band := range clv.Bands {
		if x, found := b[clv.BandName(band)]; found {
			out.Set(band, x)
			left--
		}
	}
	if left == 0 {
		return out, nil
	}
	var errs []error
	for _, name := range sorted(b) {
		if known, err := bandOf(name); err != nil || !out.Known[known] {
			errs = append(errs, fmt.Errorf("%s: %w", where, err))
		}
	}
	return out, errors.Join(errs...)
}

func bandOf(name string) (int, error) {
	for band := range clv.Bands {
		if clv.BandName(band) == name {
			return band, nil
		}
	}
	return 0, fmt.Errorf("%q is no band of purchase days; they are 1, 2, 3-4, 5+", name)
}
