package backtest

import (
	"fmt"
	"math"

	"tidemark/internal/chart"
)

// Names of the series of an interval.
const (
	forecastName = "forecast"
	lowName      = "interval, from"
	highName     = "interval, to"
)

// intervals shows the sums with their intervals. Without sums the section has no table.
func (r *Result) intervals() section {
	s := section{
		ID: "intervals", Title: "Sums to come, with intervals",
		Words:   []string{BandWords + " “Earlier held” counts the intervals made in the same way at earlier cutoffs whose outcome was known by the cutoff."},
		Summary: "Customers by repeat purchase days before, at each cutoff",
	}
	if r.Bands == nil || len(r.Bands.Cutoffs) == 0 {
		return s
	}
	head := []string{"cutoff", "of", "repeats", "forecast", "from", "to", came, "holds", "earlier held"}
	all := table{Words: 3, Caption: fmt.Sprintf("All customers: %.0f %% intervals. Spend is in major units of the base currency.", 100*r.Bands.Level), Head: head}
	groups := table{Words: 3, Caption: fmt.Sprintf("Groups of customers: %.0f %% intervals.", 100*r.Bands.Level), Head: head}
	for i := range r.Bands.Cutoffs {
		c := &r.Bands.Cutoffs[i]
		for k := range c.Sums {
			if b := &c.Sums[k]; b.Group == Everybody {
				all.Rows = append(all.Rows, bandCells(c, b))
			} else {
				groups.Rows = append(groups.Rows, bandCells(c, b))
			}
		}
	}
	s.Said, s.Tables, s.More = r.Bands.Verdicts(), []table{all}, []table{groups}
	s.Words = append(s.Words, r.Bands.Reasons()...)
	for _, m := range measures {
		s.draw(r.Bands.course(s.frame(few, "Intervals of the "+m, "Lines from cutoff to cutoff: the forecast and both ends of its interval; points: what came."+inTable), m),
			fmt.Sprintf("%s of all customers, by cutoff; points between the outer lines are good.", capital(m)))
	}
	return s
}

func bandCells(c *BandsAt, b *Band) []string {
	date := c.Date
	if c.Ahead {
		date += ", to come"
	}
	return []string{
		date, b.Of, b.Group, fixed(0, b.Forecast), fixed(0, b.Low), fixed(0, b.High), fixed(0, b.Came), b.Held(), b.Record(),
	}
}

// course draws the intervals of a sum of all customers.
func (b *Bands) course(f chart.Frame, of string) chart.Line {
	low := chart.Series{Name: lowName, Style: styles[training], Joined: true}
	high := chart.Series{Name: highName, Style: styles[training], Joined: true}
	middle := chart.Series{Name: forecastName, Style: styles[MBGNBD], Joined: true}
	actual := chart.Series{Name: came, Style: styles[came]}
	for i := range b.Cutoffs {
		c := &b.Cutoffs[i]
		x := dayOf(c.Date)
		for k := range c.Sums {
			s := &c.Sums[k]
			if s.Of != of || s.Group != Everybody {
				continue
			}
			low.Points = append(low.Points, chart.Point{X: x, Y: float64(s.Low)})
			high.Points = append(high.Points, chart.Point{X: x, Y: float64(s.High)})
			middle.Points = append(middle.Points, chart.Point{X: x, Y: float64(s.Forecast)})
			if !math.IsNaN(float64(s.Came)) {
				actual.Points = append(actual.Points, chart.Point{X: x, Y: float64(s.Came)})
			}
		}
	}
	return chart.Line{
		Frame: f, X: chart.Axis{Label: "cutoff", Time: true}, Y: chart.Axis{Label: of, Include: []float64{0}},
		Series: []chart.Series{low, high, middle, actual},
	}
}
