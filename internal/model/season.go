package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/season"
)

// calendar is the section of the season: the pace of purchases by week or by month, in thousandths of the usual pace.
type calendar struct {
	Weeks  []float64 `yaml:"weeks"`
	Months []float64 `yaml:"months"`
}

// clock returns the clock of the section. It is nil, a clock without a season, where there is no section, or where all paces are equal.
func (s *calendar) clock() (*season.Clock, error) {
	if s == nil {
		return nil, nil
	}
	if s.Weeks != nil && s.Months != nil {
		return nil, errors.New("season: weeks and months stand instead of each other")
	}
	if s.Weeks != nil && len(s.Weeks) != season.Weeks || s.Months != nil && len(s.Months) != season.Months {
		return nil, errors.New("season: weeks have 52 entries, months have 12")
	}
	var x season.Index
	for i, pace := range slices.Concat(s.Weeks, s.Months) {
		if pace != math.Trunc(pace) || math.Abs(pace) > season.Most {
			return nil, fmt.Errorf("season: entry %d is %v, want a whole number of thousandths in %d..%d", i+1, pace, season.Least, season.Most)
		}
		x = append(x, int(pace))
	}
	c, err := season.NewClock(x)
	if x.Flat() {
		c = nil
	}
	return c, err
}

// seasonSection is the text of the section; empty for an index without a season.
func seasonSection(x season.Index) string {
	if x.Flat() {
		return ""
	}
	name := "weeks"
	if len(x) == season.Months {
		name = "months"
	}
	paces := make([]string, len(x))
	for i, pace := range x {
		paces[i] = strconv.Itoa(pace)
	}
	return "season: # how fast customers buy at each time of the year, in thousandths of the usual pace: `tidemark fit --season` writes it\n" +
		"  " + name + ": [" + strings.Join(paces, ", ") + "]\n"
}

// withSeason replaces the section season, adds it at the end, or removes it where the index has no season.
func withSeason(file string, x season.Index) string {
	before, _, after := cutSection(file, "season")
	section := seasonSection(x)
	if section != "" && after == "" {
		before = strings.TrimRight(before, "\n") + "\n\n"
	}
	return before + section + after
}
