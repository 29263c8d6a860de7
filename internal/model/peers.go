package model

import (
	"errors"
	"fmt"
	"strconv"

	"tidemark/internal/score/clv"
)

// peers is the section of what peers spend. DaySpend is by the year of the first purchase, or "all"; then by frequency band.
type peers struct {
	DaySpend   map[string]banded       `yaml:"spend_per_day"`
	Categories map[string]peerCategory `yaml:"categories"`
}

type peerCategory struct {
	Rate  banded `yaml:"rate"`
	Spend banded `yaml:"spend"`
}

// allYears stands for all years of the first purchase.
const allYears = "all"

func (s *peers) peers() (*clv.Peers, error) {
	if s == nil {
		return nil, nil
	}
	var errs []error
	p := &clv.Peers{ByYear: map[int]clv.Banded{}, Categories: map[string]clv.PeerCategory{}}
	for _, name := range sorted(s.DaySpend) {
		cell, err := s.DaySpend[name].banded("peers.spend_per_day." + name)
		errs = append(errs, err)
		if name == allYears {
			p.All = cell
			continue
		}
		year, err := strconv.Atoi(name)
		if err != nil || year < 1970 || year > 9999 {
			errs = append(errs, fmt.Errorf("peers.spend_per_day: %q is neither a year nor %s", name, allYears))
			continue
		}
		p.ByYear[year] = cell
	}
	for _, name := range sorted(s.Categories) {
		where := "peers.categories." + name
		rate, rateErr := s.Categories[name].Rate.banded(where + ".rate")
		spend, spendErr := s.Categories[name].Spend.banded(where + ".spend")
		errs = append(errs, rateErr, spendErr)
		p.Categories[name] = clv.PeerCategory{Rate: rate, Spend: spend}
	}
	return p, errors.Join(errs...)
}

// population is the section of what is known of all customers together. Places are "region/industry".
type population struct {
	Customers       int                `yaml:"customers"`
	Median          float64            `yaml:"median_spend"`
	Medians         map[string]float64 `yaml:"median_spends"`
	TopContribution float64            `yaml:"contribution_365d_p80"`
	Positive        float64            `yaml:"positive_contribution"`
	NewCustomer     float64            `yaml:"new_customer"`
}

func (s *population) population() *clv.Population {
	if s == nil {
		return nil
	}
	return &clv.Population{
		Customers: s.Customers, Median: s.Median, Medians: s.Medians, TopContribution: s.TopContribution, PositiveContribution: s.Positive,
		NewCustomer: s.NewCustomer,
	}
}

// switching is the section of the brand-switching matrix.
type switching struct {
	Brands    []string    `yaml:"brands"`
	Matrix    [][]float64 `yaml:"matrix"`
	Low       [][]float64 `yaml:"low"`
	High      [][]float64 `yaml:"high"`
	Cases     []float64   `yaml:"cases"`
	Volume    float64     `yaml:"volume"`
	Margin    float64     `yaml:"margin"`
	Frequency float64     `yaml:"frequency"`
	Years     float64     `yaml:"years"`
}

func (s *switching) switching() *clv.Switching {
	if s == nil {
		return nil
	}
	x := clv.Switching(*s)
	return &x
}
