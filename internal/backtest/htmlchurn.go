package backtest

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"tidemark/internal/chart"
)

// noWorse is the loss of AUC that does not matter.
const noWorse = .003

// verdict puts the difference between the AUC of the stack and that of a rival into words.
func verdict(d Interval, rival string) string {
	figures := fmt.Sprintf("difference of AUC %s, 95 %% interval %s to %s", signed(4, d.Value), signed(4, d.Low), signed(4, d.High))
	if rival == NoPurchase {
		rival = "the " + rival
	}
	switch {
	case !d.Low.finite() || !d.High.finite():
		return fmt.Sprintf("There are too few cases to tell whether the stack ranks better than %s (%s).", rival, figures)
	case d.Low > 0:
		return fmt.Sprintf("The stack ranks better than %s (%s).", rival, figures)
	case d.High < 0:
		return fmt.Sprintf("The stack ranks worse than %s (%s).", rival, figures)
	case d.Low > -noWorse:
		return fmt.Sprintf("The stack ranks no worse than %s (%s: at most %g less).", rival, figures, noWorse)
	}
	return fmt.Sprintf("The stack cannot be told from %s by how it ranks (%s).", rival, figures)
}

func (r *Result) ranking() section {
	s := section{
		ID: "ranking", Title: "Ranking: who leaves",
		Words: []string{"AUC is the probability that a customer who left had the higher score than one who stayed: .5 is chance, 1 is " +
			"perfect. A difference is the mean over the cutoffs; in its interval a customer at several cutoffs counts as one."},
	}
	for _, rival := range Rivals {
		if d, ok := r.Difference[rival]; ok {
			s.Said = append(s.Said, verdict(d, rival))
		}
	}
	among := verdict(r.AmongActive, LogitRFM)
	s.Said = append(s.Said, fmt.Sprintf("Among customers who bought within the last %d days: %s%s", active, strings.ToLower(among[:1]), among[1:]))
	value := func(c *Cutoff, name string) Number { return known(c.AUC, name) }
	t := table{Words: 1, Caption: "AUC, no unit; more is better, .5 is chance.", Head: append([]string{"cutoff", "customers"}, scores...)}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		row := []string{c.Date, strconv.Itoa(c.Customers)}
		for _, name := range scores {
			row = append(row, fixed(4, value(c, name)))
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []table{t}
	f := s.frame(alone, "AUC at each cutoff", "A line for each score over the cutoffs."+inTable)
	s.draw(r.overCutoffs(f, "AUC (0.5 is chance)", scores, value), "AUC at each cutoff; higher is better.")
	return s
}

func (r *Result) topDecile() section {
	s := section{
		ID: "top", Title: "Top decile: whom to call first",
		Words: []string{"Of the tenth of the customers with the highest scores, precision is the share that left, and lift is how many times the " +
			"share among all that is. Taking customers at random gives a lift of 1, the dashed line; the most that lift can be is 1 over the base rate."},
	}
	t := table{Words: 1, Caption: "Precision: share from 0 to 1. Lift: a ratio. More is better.", Head: []string{"cutoff", "at random: precision"}}
	for _, name := range scores {
		t.Head = append(t.Head, name+": precision", "lift")
	}
	value := func(c *Cutoff, name string) Number {
		if x, ok := c.Churn[name]; ok {
			return x.Lift
		}
		return Number(math.NaN())
	}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		row := []string{c.Date, fixed(3, c.Rate)}
		for _, name := range scores {
			precision := Number(math.NaN())
			if x, ok := c.Churn[name]; ok {
				precision = x.Top
			}
			row = append(row, fixed(3, precision), fixed(2, value(c, name)))
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []table{t}
	f := s.frame(alone, "Lift among the top tenth", "A line for each score over the cutoffs, and one for customers taken at random."+inTable)
	c := r.overCutoffs(f, "lift (1 is at random)", scores, value)
	c.Guides = []chart.Guide{{Name: "at random", Intercept: 1}}
	s.draw(c, "Lift among the top tenth by score; higher is better.")
	return s
}

func (r *Result) baseRate() section {
	s := section{
		ID: "rate", Title: "Base rate: how many left",
		Words: []string{"A model takes the base rate from its training blocks. Where it moves afterwards, all risks are too high or too low, " +
			"whatever the model."},
	}
	t := table{
		Words:   1,
		Caption: "Share of customers who left, from 0 to 1; a difference near 0 is good.",
		Head:    []string{"cutoff", "customers", "training blocks", training, came, "difference", "drifted"},
	}
	value := func(c *Cutoff, name string) Number {
		if name == training {
			return c.TrainingRate
		}
		return c.Rate
	}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		moved := "no"
		if c.Drifted {
			moved = "yes"
		}
		t.Rows = append(t.Rows, []string{
			c.Date, strconv.Itoa(c.Customers), strconv.Itoa(c.Blocks), fixed(3, c.TrainingRate), fixed(3, c.Rate), signed(3, c.Rate-c.TrainingRate), moved,
		})
	}
	s.Tables = []table{t}
	f := s.frame(alone, "Share of customers who left", "A line for the share in training and one for what came, over the cutoffs."+inTable)
	s.draw(r.overCutoffs(f, "share that left", []string{training, came}, value), "Share of customers who left; lines that meet are good.")
	return s
}
