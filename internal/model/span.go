package model

import (
	"errors"
	"fmt"
	"iter"
	"slices"
)

// Span is a fitted line of section churn, in whole days, and why it is so long. The zero Span is a line that was not fitted.
type Span struct {
	Days    int
	Because string
}

// chosen is a Span in section fitted.
type chosen struct {
	Days    int    `yaml:"days"`
	Because string `yaml:"because"`
}

var spanNames = []string{"lapse_days", "second_order_days"}

// spans yields the fitted lines of section churn, by their names.
func (f *Fit) spans() iter.Seq2[string, Span] {
	return func(yield func(string, Span) bool) {
		for i, span := range []Span{f.Lapse, f.SecondOrder} {
			if span != (Span{}) && !yield(spanNames[i], span) {
				return
			}
		}
	}
}

func (f *Fit) lines() map[string]chosen {
	lines := map[string]chosen{}
	for name, span := range f.spans() {
		lines[name] = chosen(span)
	}
	return lines
}

func checkChosen(lines map[string]chosen) error {
	var errs []error
	for _, name := range sorted(lines) {
		if x := lines[name]; !slices.Contains(spanNames, name) || x.Days < 1 || x.Days > maxDays || x.Because == "" {
			errs = append(errs, fmt.Errorf("fitted.lines: %s of %d days because %q: want one of %v, in 1..%d days, and a reason", name, x.Days, x.Because, spanNames, maxDays))
		}
	}
	return errors.Join(errs...)
}
