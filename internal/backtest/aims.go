package backtest

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"tidemark/internal/score/churn"
)

// What a log may know beside orders and amounts.
const knowsSeason = "season"

// ingredients are what the log knows at the cutoff of season, baskets, feedback and engagement.
func (f *forecasts) ingredients() []string {
	var known []string
	if f.season != nil {
		known = append(known, knowsSeason)
	}
	items := map[int]bool{}
	var asked, touched bool
	for _, block := range append(slices.Clone(f.blocks), f.cases) {
		for i := range block {
			t := &block[i].Traits
			items[t.LastItems] = true
			asked = asked || t.NPS != 0 || t.Satisfaction != 0 || t.Complaints > 0
			touched = touched || t.Engagement > 0
		}
	}
	for _, x := range []struct {
		known bool
		what  churn.Ingredient
	}{{len(items) > 1, churn.Baskets}, {asked, churn.Feedback}, {touched, churn.Interest}} {
		if x.known {
			known = append(known, x.what.String())
		}
	}
	return known
}

// Aim is a figure of the whole backtest beside what it should be.
type Aim struct {
	Name string `json:"name"`
	// Got is the figure in words, Want what it should be.
	Got  string `json:"got"`
	Want string `json:"want"`
	// Missed says by how much the aim is missed; empty where it is reached, and where there is no aim.
	Missed string `json:"missed,omitempty"`
	// None says why there is no aim; empty where there is one.
	None string `json:"none,omitempty"`
}

// Verdict says whether the aim is reached.
func (a *Aim) Verdict() string {
	switch {
	case a.None != "":
		return "no aim: " + a.None
	case a.Missed != "":
		return "missed by " + a.Missed
	}
	return "reached"
}

const (
	// mostBias is the largest mean distance of the forecast purchase days from those that came, as a share.
	mostBias = .12
	// leastYears is the length of the log, in days, from which on mostBias is an aim: before, no season can be known.
	leastYears = 730
	// lowSlope and highSlope bound the calibration slope.
	lowSlope, highSlope = .85, 1.15
	// leastRecall is the least share of the leavers who are alerted.
	leastRecall = .25
)

// Aims are the figures by which a model is judged on a log, over all cutoffs, and whether they are as they should be.
func (r *Result) Aims() []Aim {
	if len(r.Cutoffs) == 0 {
		return nil
	}
	aims := append(r.aimsOfRanking(), r.aimOfBias(), r.aimOfSlope())
	if r.Alerts != nil && len(r.Alerts.Levels) > 0 {
		aims = append(aims, r.aimsOfAlerts()...)
	}
	return aims
}

// aimsOfRanking ask for hardly less than logit-RFM, and for more where the log knows more than RFM.
func (r *Result) aimsOfRanking() []Aim {
	d := r.Difference[LogitRFM]
	name, got := "AUC less that of "+LogitRFM, fmt.Sprintf("%s (%s to %s)", signed(4, d.Value), signed(4, d.Low), signed(4, d.High))
	aim := func(want string, least float64) Aim {
		a := Aim{Name: name, Want: want, Got: got}
		switch {
		case !d.Low.finite():
			a.None = "too few cases"
		case float64(d.Low) <= least:
			a.Missed = fixed(4, Number(least)-d.Low)
		}
		return a
	}
	aims := []Aim{aim(fmt.Sprintf("lower bound above %s", signed(3, -noWorse)), -noWorse)}
	if known := r.knows(); len(known) > 0 {
		aims = append(aims, aim("lower bound above 0, with "+strings.Join(known, ", "), 0))
	}
	return aims
}

// knows is what the log knows at some cutoff.
func (r *Result) knows() []string {
	var all []string
	for i := range r.Cutoffs {
		for _, x := range r.Cutoffs[i].Known {
			if !slices.Contains(all, x) {
				all = append(all, x)
			}
		}
	}
	return all
}

// aimOfBias asks for sums of purchase days that are near, at the cutoffs with two years of log before.
func (r *Result) aimOfBias() Aim {
	var old, all, n float64
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		bias := math.Abs(float64(c.Counts[MBGNBD].Bias))
		all += bias / float64(len(r.Cutoffs))
		if c.LogDays >= leastYears {
			old, n = old+bias, n+1
		}
	}
	a := Aim{Name: "mean |count bias|", Want: fmt.Sprintf("at most %g %%, with two years of log", 100*mostBias), Got: fixed(1, Number(100*all)) + " %"}
	if n == 0 {
		a.None = "less than two years of log"
		return a
	}
	a.Got = fixed(1, Number(100*old/n)) + " %"
	switch bias := old / n; {
	case math.IsNaN(bias) || math.IsInf(bias, 0):
		a.None = "nobody bought"
	case bias > mostBias:
		a.Missed = fixed(1, Number(100*(bias-mostBias))) + " points"
	}
	return a
}

// aimOfSlope asks for risks that are neither too extreme nor too timid at any cutoff.
func (r *Result) aimOfSlope() Aim {
	low, high := math.Inf(1), math.Inf(-1)
	for i := range r.Cutoffs {
		if s := float64(r.Cutoffs[i].Churn[Stack].Slope); !math.IsNaN(s) {
			low, high = min(low, s), max(high, s)
		}
	}
	a := Aim{Name: "calibration slope", Want: fmt.Sprintf("in [%g, %g] at each cutoff", lowSlope, highSlope), Got: fixed(2, Number(low)) + " to " + fixed(2, Number(high))}
	switch off := max(lowSlope-low, high-highSlope); {
	case math.IsInf(low, 0):
		a.None = "too few cases"
	case off > 0:
		a.Missed = fixed(3, Number(off))
	}
	return a
}

// aimsOfAlerts ask that enough leavers are alerted, and that alerts are no less true than silence as long as theirs.
func (r *Result) aimsOfAlerts() []Aim {
	all := r.Alerts.Levels[0]
	recall := Aim{Name: "alert recall", Want: fmt.Sprintf("at least %g", leastRecall), Got: fixed(3, all.Recall)}
	switch {
	case !all.Recall.finite():
		recall.None = "nobody left who could have been alerted"
	case all.Recall < leastRecall:
		recall.Missed = fixed(3, leastRecall-all.Recall)
	}
	truth := Aim{Name: "alerts true, matched silence", Want: "no less true", Got: fmt.Sprintf("%s, %s (%s to %s)",
		fixed(3, all.Precision), fixed(3, all.Matched), signed(3, all.Over.Low), signed(3, all.Over.High))}
	switch {
	case !all.Precision.finite() || !all.Matched.finite():
		truth.None = "no alert that could be judged"
	case all.Precision < all.Matched:
		truth.Missed = fixed(3, all.Matched-all.Precision)
	}
	return []Aim{recall, truth}
}

// aims shows the aims. Without cutoffs the section has no table.
func (r *Result) aims() section {
	s := section{ID: "aims", Title: "Aims", Words: []string{"All cutoffs together; the alert lines are those of the given model."}}
	t := table{Words: 4, Caption: "The figures by which the model is judged, and whether they are as they should be.", Head: []string{"what", "came to", "aim", "verdict"}}
	for _, a := range r.Aims() {
		t.Rows = append(t.Rows, []string{a.Name, a.Got, a.Want, a.Verdict()})
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{t}
	}
	return s
}
