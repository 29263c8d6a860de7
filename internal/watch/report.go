package watch

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/judge"
	"tidemark/internal/score"
)

// Bounds say how far the figures of a model may be off before the model counts as drifted.
type Bounds struct {
	// Settled is the least number of settled forecasts for a verdict.
	Settled int
	// Shift is the largest distance of Figures.Shift from 0, Slope the largest distance of Figures.Slope from 1.
	Shift, Slope float64
}

// DefaultBounds are errors that are worth a new fit. A shift of a quarter makes 76 or 84 % of a risk of 80 %; a slope of .85
// makes 92 % of a risk of 95 %.
func DefaultBounds() Bounds { return Bounds{Settled: 1000, Shift: .25, Slope: .15} }

// Check returns nil where b is valid, else what is wrong.
func (b Bounds) Check() error {
	if b.Settled < 1 || !(b.Shift > 0) || !(b.Slope > 0) {
		return errors.New("the bounds of drift must be positive")
	}
	return nil
}

// sure is the number of standard errors by which a figure must be off. True forecasts are off by so much about once in 400
// times.
const sure = 3

// enoughContacted is the share of contacted customers from which on the customers who were not contacted are no fair sample.
const enoughContacted = .01

// Report says what is known of the forecasts of one model. It covers the newest half-years that together hold Bounds.Settled
// fair forecasts.
type Report struct {
	// Model is the first 8 hex digits of the model's hash.
	Model string
	// Since is the first of these half-years, as in 1998h1.
	Since string
	// Groups are the figures of each group, by score.Group.
	Groups [score.Groups]Figures
	// Fair are the figures by which the model is judged, because outreach changes outcomes. Where hardly anybody was
	// contacted, Fair covers all customers who were not contacted. Otherwise it covers the control group alone, and
	// OnlyControl is true: whoever else was not contacted is no fair sample, since many of them came back unasked.
	Fair        Figures
	OnlyControl bool
	// Drift says in words what is out of bounds beyond chance. It is empty where nothing is.
	Drift []string
	// Unobserved counts the forecasts that are left out because their outcomes are not known, and Why says why not.
	Unobserved int
	Why        string
	// Usual is where the share of the fair forecasts without a purchase usually lies.
	Usual Usual
}

// Reports returns the reports that counters give, one a model, sorted by Model.
func (b Bounds) Reports(counters map[string]int64) []Report {
	return b.reports(counters, func(string) bool { return true }, func(*Report) {})
}

// reports gives the reports of the half-years that are observed. explain completes each report.
func (b Bounds) reports(counters map[string]int64, observed func(half string) bool, explain func(*Report)) []Report {
	models := read(counters)
	reports := make([]Report, 0, len(models))
	for _, name := range slices.Sorted(maps.Keys(models)) {
		r := b.report(name, models[name], observed)
		r.Usual = usual(models, &r, observed)
		explain(&r)
		reports = append(reports, r)
	}
	return reports
}

func (b Bounds) report(model string, halves map[string]*byGroup, observed func(half string) bool) Report {
	r := Report{Model: model}
	var sum byGroup
	var fair tally
	for _, half := range slices.Backward(slices.Sorted(maps.Keys(halves))) {
		if !observed(half) {
			for g := range halves[half] {
				r.Unobserved += int(halves[half][g].settled())
			}
			continue
		}
		r.Since = half
		for g := range sum {
			sum[g].add(&halves[half][g])
		}
		if fair, r.OnlyControl = fairOf(&sum); fair.settled() >= int64(b.Settled) {
			break
		}
	}
	for g := range sum {
		r.Groups[g] = sum[g].figures()
	}
	r.Fair = fair.figures()
	r.Drift = b.drift(&r.Fair)
	return r
}

func fairOf(sum *byGroup) (fair tally, onlyControl bool) {
	contacted := float64(sum[score.Contacted].settled())
	fair = sum[score.Control]
	if contacted > enoughContacted*(contacted+float64(sum[score.Uncontacted].settled())) {
		return fair, true
	}
	fair.add(&sum[score.Uncontacted])
	return fair, false
}

// drift says what of f is out of bounds.
func (b Bounds) drift(f *Figures) []string {
	if f.Settled < b.Settled {
		return nil
	}
	var found []string
	if off(f.Shift, 0, b.Shift) {
		found = append(found, fmt.Sprintf("%.1f %% had no purchase where %.1f %% was forecast", 100*f.Gone, 100*f.Forecast))
	}
	if off(f.Slope, 1, b.Slope) {
		found = append(found, fmt.Sprintf("the calibration slope is %.2f (standard error %.2f)", f.Slope.Value, f.Slope.StandardError))
	}
	return found
}

// off reports whether an estimate lies off its true value by more than a bound and by more than chance. NaN does not.
func off(e judge.Estimate, from, bound float64) bool {
	by := math.Abs(e.Value - from)
	return by > bound && by > sure*e.StandardError
}

// JudgedBy names the customers whom Fair covers.
func (r *Report) JudgedBy() string {
	if r.OnlyControl {
		return "the control group"
	}
	return "all who were not contacted"
}

// leftOut says how many forecasts are left out, and why; nothing where none is.
func (r *Report) leftOut() string {
	if r.Unobserved == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d forecasts are left out: %s)", r.Unobserved, r.Why)
}

// inWords is a figure with so many decimals, or "not determined".
func inWords(v float64, decimals int) string {
	if math.IsNaN(v) {
		return "not determined"
	}
	return strconv.FormatFloat(v, 'f', decimals, 64)
}

// String is one line: the fair figures, and what has drifted.
func (r *Report) String() string {
	f := &r.Fair
	if f.Settled == 0 {
		return fmt.Sprintf("model %s: no verdict%s", r.Model, r.leftOut())
	}
	line := fmt.Sprintf("model %s: of %d forecasts since %s (%s) %.1f %% had no purchase, %.1f %% was forecast; Brier %.4f, calibration slope %s, AUC %s",
		r.Model, f.Settled, r.Since, r.JudgedBy(), 100*f.Gone, 100*f.Forecast, f.Brier, inWords(f.Slope.Value, 2), inWords(f.AUC.Value, 3))
	line += r.Usual.String()
	line += r.leftOut()
	if len(r.Drift) > 0 {
		line += ": drift, as " + strings.Join(r.Drift, " and ")
	}
	return line
}
