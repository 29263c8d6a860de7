package backtest

import (
	"errors"
	"fmt"
	"regexp"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
)

// Failed is a cutoff at which no forecast could be made, and why.
type Failed struct {
	Date string `json:"date"`
	Why  string `json:"why"`
	err  error
}

func (r *Result) fails(calendar event.Calendar, at event.Instant, err error) {
	r.Failed = append(r.Failed, Failed{calendar.Day(at).String(), err.Error(), fmt.Errorf("cutoff %s: %w", at, err)})
}

// failure is the error of all cutoffs that failed.
func (r *Result) failure() error {
	var all []error
	for i := range r.Failed {
		all = append(all, r.Failed[i].err)
	}
	return errors.Join(all...)
}

// warn keeps what the fit of a model warned of. That a feature of the stack does not vary, or that customers do not differ, is what the log
// shows, and no warning.
func (f *forecasts) warn(model string, warnings []fit.Warning) {
	for _, w := range warnings {
		if _, constant := w.(fit.Constant); !constant && !fit.IsLimit(w) {
			f.warnings = append(f.warnings, model+": "+w.String())
		}
	}
}

// warnHorizon warns of a horizon within which hardly anybody buys again after a purchase.
func (f *forecasts) warnHorizon(o Options) {
	var c learn.Comebacks
	for i := range f.cases {
		c.Add(f.cases[i].Pattern, 0, false)
	}
	given := int(days(o.Horizon))
	if suits := c.Horizon(given); suits != given {
		f.warnings = append(f.warnings, fmt.Sprintf(
			"hardly one gap of ten between purchases ended within %d days, so who left can hardly be told: look %d days ahead (--horizon-days %[2]d)", given, suits))
	}
}

// Warned is a warning, and the cutoffs that it comes from.
type Warned struct {
	// Text is what the first of these cutoffs warned of. The numbers in the warnings of the others may differ.
	Text  string
	Dates []string
}

// At says at which cutoffs.
func (w *Warned) At() string {
	if n := len(w.Dates); n > 1 {
		return fmt.Sprintf("%d cutoffs, %s to %s", n, w.Dates[0], w.Dates[n-1])
	}
	return w.Dates[0]
}

var number = regexp.MustCompile(`[-+]?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?`)

// Warned returns each warning of the fits once, in the order of the cutoffs. Warnings that differ in their numbers alone are one warning.
func (r *Result) Warned() []Warned {
	var all []Warned
	place := map[string]int{}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		for _, text := range c.Warnings {
			key := number.ReplaceAllString(text, "#")
			at, known := place[key]
			if !known {
				at, place[key] = len(all), len(all)
				all = append(all, Warned{Text: text})
			}
			if w := &all[at]; len(w.Dates) == 0 || w.Dates[len(w.Dates)-1] != c.Date {
				w.Dates = append(w.Dates, c.Date)
			}
		}
	}
	return all
}
