package main

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/spreadsheet"
	"tidemark/internal/watch"
)

// boundSettings say when a churn model counts as drifted.
type boundSettings struct {
	DriftSettled int     `help:"Least number of churn forecasts with a known outcome before drift is reported." default:"1000"`
	DriftShift   float64 `help:"Largest distance in log-odds between forecast and outcome of all customers together. More, and beyond chance, is drift." default:"0.25"`
	DriftSlope   float64 `help:"Largest distance of the calibration slope from 1. More, and beyond chance, is drift." default:"0.15"`
}

func (s boundSettings) bounds() watch.Bounds {
	return watch.Bounds{Settled: s.DriftSettled, Shift: s.DriftShift, Slope: s.DriftSlope}
}

// writeCounters writes counters as CSV, in the order of their names.
func writeCounters(w io.Writer, counters map[string]int64) error {
	if w == io.Discard {
		return nil
	}
	out := spreadsheet.NewWriter(w)
	if err := out.Write([]string{"counter", "count"}); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(counters)) {
		if err := out.Write([]string{name, strconv.FormatInt(counters[name], 10)}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// newestPurchase returns the instant of the newest order up to an instant; 0 if there is none.
func newestPurchase(events []event.Event, upTo event.Instant) (newest event.Instant) {
	for _, x := range events {
		if p, ok := x.(*event.Purchase); ok && p.Kind == event.Order && p.OccurredAt <= upTo {
			newest = max(newest, p.OccurredAt)
		}
	}
	return newest
}

// quality holds the figures of the forecasts of one model.
type quality struct {
	Model string `json:"model"`
	Since string `json:"since"`
	// Judged names the customers by whose forecasts the model is judged.
	Judged string               `json:"judged_by"`
	Fair   qualityOf            `json:"fair"`
	Groups map[string]qualityOf `json:"groups"`
	Drift  []string             `json:"drift"`
	// Usual is where the share of the fair forecasts without a purchase usually lies.
	Usual usualShare `json:"usual_gone"`
	// Unobserved counts the forecasts that are left out because nobody knows what came of them, and Why says why not.
	Unobserved int    `json:"unobserved,omitempty"`
	Why        string `json:"why_unobserved,omitempty"`
}

// qualityOf holds the figures of some forecasts. A figure is null if there are too few forecasts for it.
type qualityOf struct {
	Settled  int      `json:"settled"`
	Gone     *float64 `json:"gone"`
	Forecast *float64 `json:"forecast"`
	Brier    *float64 `json:"brier"`
	Slope    *float64 `json:"calibration_slope"`
	AUC      *float64 `json:"auc"`
	Lift     *float64 `json:"lift_top_decile"`
}

func qualities(reports []watch.Report) []quality {
	all := make([]quality, len(reports))
	for i, r := range reports {
		q := quality{Model: r.Model, Since: r.Since, Judged: r.JudgedBy(), Fair: figuresOf(&r.Fair), Groups: map[string]qualityOf{}, Drift: r.Drift, Usual: usualOf(&r.Usual), Unobserved: r.Unobserved, Why: r.Why}
		for g := range r.Groups {
			if r.Groups[g].Settled > 0 {
				q.Groups[score.Group(g).String()] = figuresOf(&r.Groups[g])
			}
		}
		all[i] = q
	}
	return all
}

func figuresOf(f *watch.Figures) qualityOf {
	known := func(v float64) *float64 {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil
		}
		return &v
	}
	return qualityOf{
		Settled: f.Settled, Gone: known(f.Gone), Forecast: known(f.Forecast), Brier: known(f.Brier),
		Slope: known(f.Slope.Value), AUC: known(f.AUC.Value), Lift: known(f.Lift),
	}
}

// usualShare is the 80 % interval of the share without a purchase, or why there is none.
type usualShare struct {
	Low    *float64 `json:"low"`
	High   *float64 `json:"high"`
	Halves int      `json:"half_years"`
	Why    string   `json:"why_none,omitempty"`
}

func usualOf(u *watch.Usual) usualShare {
	if u.Why != nil {
		return usualShare{Halves: u.Halves, Why: u.Why.Error()}
	}
	return usualShare{Low: &u.Low, High: &u.High, Halves: u.Halves}
}

// print writes q as lines of a summary.
func (q *quality) print(b *strings.Builder) {
	if q.Unobserved > 0 {
		fmt.Fprintf(b, "no verdict   on %d forecasts of model %s: %s\n", q.Unobserved, q.Model, q.Why)
	}
	if q.Fair.Settled == 0 {
		return
	}
	fmt.Fprintf(b, "forecasts    of model %s since %s, judged by %s\n", q.Model, q.Since, q.Judged)
	fmt.Fprintf(b, "             %-12s %9s %8s %8s %8s %8s %8s %8s\n", "", "settled", "gone", "forecast", "Brier", "slope", "AUC", "lift")
	row := func(name string, f qualityOf) {
		fmt.Fprintf(b, "             %-12s %9d", name, f.Settled)
		for _, v := range []*float64{f.Gone, f.Forecast, f.Brier, f.Slope, f.AUC, f.Lift} {
			text := "-"
			if v != nil {
				text = fmt.Sprintf("%.4f", *v)
			}
			fmt.Fprintf(b, " %8s", text)
		}
		b.WriteByte('\n')
	}
	for _, name := range slices.Sorted(maps.Keys(q.Groups)) {
		row(name, q.Groups[name])
	}
	row("judged by", q.Fair)
	if u := q.Usual; u.Low != nil {
		fmt.Fprintf(b, "usual        %.4f to %.4f gone, an 80 %% interval by the errors of %d half-years before\n", *u.Low, *u.High, u.Halves)
	}
	if len(q.Drift) > 0 {
		fmt.Fprintf(b, "drift        %s: `tidemark fit` is due\n", strings.Join(q.Drift, " and "))
	}
}
