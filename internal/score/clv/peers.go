package clv

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Peers is what customers spend who came in the same year and have bought on as many days. Spend never makes a peer: else the best would have none
// to be like. Money is in major units.
type Peers struct {
	// All is the third quartile of the mean spend of a purchase day, by frequency band. ByYear is the same of who first bought in a year. A cell
	// without a number has too few customers.
	All    Banded
	ByYear map[int]Banded
	// Categories are the categories that peers buy, by name.
	Categories map[string]PeerCategory
}

// PeerCategory is what the customers of a frequency band buy of a category in a year.
type PeerCategory struct {
	// Rate is the share of the customers who buy it in a year, Spend the mean of what these pay for it.
	Rate, Spend Banded
}

// DaySpend is the third quartile of the mean spend of a purchase day among the peers of a customer who first bought in a year: of the same year
// and band, or of the band where the year has too few.
func (p *Peers) DaySpend(year, band int) (float64, bool) {
	if cell, found := p.ByYear[year]; found && cell.Known[band] {
		return cell.Of[band], true
	}
	return p.All.At(band)
}

// NotBought is Σ rate × spend of the peers of a band over the categories of which bought says no.
func (p *Peers) NotBought(band int, bought func(category string) bool) float64 {
	var sum float64
	for _, name := range slices.Sorted(maps.Keys(p.Categories)) { // in one order: sums of floats depend on it
		c := p.Categories[name]
		if !bought(name) && c.Rate.Known[band] && c.Spend.Known[band] {
			sum += float64(c.Rate.Of[band] * c.Spend.Of[band])
		}
	}
	return sum
}

// Check returns nil where p is valid, else an error that names everything that is wrong.
func (p *Peers) Check() error {
	var errs []error
	amounts := func(where string, b *Banded) {
		for band, x := range b.Of {
			if b.Known[band] && !(x >= 0 && !math.IsInf(x, 0)) {
				errs = append(errs, fmt.Errorf("%s: %v of band %s is below 0", where, x, bandNames[band]))
			}
		}
	}
	amounts("spend_per_day.all", &p.All)
	for _, year := range slices.Sorted(maps.Keys(p.ByYear)) {
		cell := p.ByYear[year]
		amounts(fmt.Sprintf("spend_per_day.%d", year), &cell)
	}
	for _, name := range slices.Sorted(maps.Keys(p.Categories)) {
		c := p.Categories[name]
		amounts("categories."+name+".spend", &c.Spend)
		for band, rate := range c.Rate.Of {
			if c.Rate.Known[band] && !(rate >= 0 && rate <= 1) {
				errs = append(errs, fmt.Errorf("categories.%s.rate: %v of band %s is not in [0, 1]", name, rate, bandNames[band]))
			}
			if c.Rate.Known[band] != c.Spend.Known[band] {
				errs = append(errs, fmt.Errorf("categories.%s: band %s has a rate or a spend, want both", name, bandNames[band]))
			}
		}
	}
	return errors.Join(errs...)
}
