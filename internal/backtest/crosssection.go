package backtest

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"tidemark/internal/fit"
	"tidemark/internal/judge"
)

// ColumnSet is columns of a table that belong together, such as all that customers said of themselves.
type ColumnSet struct {
	Name    string
	Columns []string
}

// Step is how well an outcome is told with the columns of a set and of those before it.
type Step struct {
	Set     string   `json:"set"`
	Columns []string `json:"columns"`
	// AUC is the area under the ROC curve, Gain what it is above that of the step before (of the first: above a guess), both with
	// DeLong's 95 % interval; Brier the mean squared error, Lift that of the tenth with the highest forecasts.
	AUC   Interval `json:"auc"`
	Gain  Interval `json:"gain"`
	Brier Number   `json:"brier"`
	Lift  Number   `json:"lift"`
}

// CrossSection is what a table of customers without dates says of an outcome, by logistic regression on sets of columns, one
// added after the other. Forecasts of a tenth of the customers come from the other nine. Such a table shows what kinds of
// columns are worth having. It knows no time: its coefficients are none for the stream.
type CrossSection struct {
	Customers int    `json:"customers"`
	Happened  int    `json:"happened"`
	Steps     []Step `json:"steps"`
}

const (
	folds      = 10
	crossRidge = 1
)

// Cross judges sets of columns on a table in CSV whose first line names its columns. The outcome is 0 or 1. A column whose
// values are all numbers is taken as it is, empty ones as the mean of the others and told apart by a column of their own; any
// other becomes a column for each of its values. Errors: no such column, an outcome that is neither, and those of fit.Logit.
func Cross(ctx context.Context, r io.Reader, outcome string, sets []ColumnSet) (*CrossSection, error) {
	lines, err := csv.NewReader(r).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(lines) < folds+1 {
		return nil, fmt.Errorf("%d customers are too few", max(0, len(lines)-1))
	}
	t := sheet{names: lines[0], lines: lines[1:]}
	happened, err := t.outcomes(outcome)
	if err != nil {
		return nil, err
	}
	out := &CrossSection{Customers: len(t.lines)}
	for _, h := range happened {
		if h {
			out.Happened++
		}
	}
	x := make([][]float64, len(t.lines))
	var names []string
	before := make([]float64, len(t.lines)) // all alike: a guess
	for _, set := range sets {
		for _, name := range set.Columns {
			columns, err := t.column(name)
			if err != nil {
				return nil, err
			}
			for _, c := range columns {
				names = append(names, name)
				for i := range x {
					x[i] = append(x[i], c[i])
				}
			}
		}
		forecasts, err := crossValidate(ctx, x, names, happened)
		if err != nil {
			return nil, fmt.Errorf("with %s: %w", set.Name, err)
		}
		cases := judge.Set{Scores: forecasts, Rival: before, Happened: happened}
		out.Steps = append(out.Steps, Step{
			Set: set.Name, Columns: set.Columns, AUC: intervalOf(judge.AUC(cases)), Gain: intervalOf(judge.AUCDifference(cases)),
			Brier: Number(judge.Brier(forecasts, happened)), Lift: Number(judge.TopShare(forecasts, happened, nil, .1).Lift),
		})
		before = forecasts
	}
	return out, nil
}

// crossValidate forecasts each row from a regression on the rows of the other folds.
func crossValidate(ctx context.Context, x [][]float64, names []string, happened []bool) ([]float64, error) {
	columns := make([]fit.Column, len(names))
	for i, name := range names {
		columns[i].Name = name
	}
	forecasts := make([]float64, len(x))
	for fold := range folds {
		var rows []fit.Row
		for i := range x {
			if i%folds != fold {
				row := fit.Row{X: x[i], Cases: 1}
				if happened[i] {
					row.Happened = 1
				}
				rows = append(rows, row)
			}
		}
		fitted, err := fit.Logit(ctx, rows, columns, crossRidge, fit.Options{})
		if err != nil {
			return nil, err
		}
		for i := fold; i < len(x); i += folds {
			forecasts[i] = fitted.Model.Probability(x[i])
		}
	}
	return forecasts, nil
}

// sheet is lines under names.
type sheet struct {
	names []string
	lines [][]string
}

func (t *sheet) place(name string) (int, error) {
	if i := slices.Index(t.names, name); i >= 0 {
		return i, nil
	}
	return 0, fmt.Errorf("no column %q; there are %s", name, strings.Join(t.names, ", "))
}

func (t *sheet) outcomes(name string) ([]bool, error) {
	at, err := t.place(name)
	if err != nil {
		return nil, err
	}
	happened := make([]bool, len(t.lines))
	for i, line := range t.lines {
		switch line[at] {
		case "1":
			happened[i] = true
		case "0":
		default:
			return nil, fmt.Errorf("line %d: %s is %q, want 0 or 1", i+2, name, line[at])
		}
	}
	return happened, nil
}

// column is a named column as numbers: one or more columns.
func (t *sheet) column(name string) ([][]float64, error) {
	at, err := t.place(name)
	if err != nil {
		return nil, err
	}
	values, missing := make([]float64, len(t.lines)), make([]float64, len(t.lines))
	sum, known := 0., 0
	for i, line := range t.lines {
		if line[at] == "" {
			missing[i] = 1
			continue
		}
		v, ok := finite(line[at])
		if !ok {
			return t.kinds(at), nil
		}
		values[i] = v
		sum += v
		known++
	}
	if known == 0 {
		return nil, errors.New(name + ": all values are empty")
	}
	if known == len(values) {
		return [][]float64{values}, nil
	}
	for i := range values {
		if missing[i] == 1 {
			values[i] = sum / float64(known)
		}
	}
	return [][]float64{values, missing}, nil
}

// finite reads a number.
func finite(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// kinds is a column for each value of one whose values are names.
func (t *sheet) kinds(at int) [][]float64 {
	var all []string
	for _, line := range t.lines {
		all = append(all, line[at])
	}
	slices.Sort(all)
	all = slices.Compact(all)
	out := make([][]float64, len(all))
	for k, kind := range all {
		out[k] = make([]float64, len(t.lines))
		for i, line := range t.lines {
			if line[at] == kind {
				out[k][i] = 1
			}
		}
	}
	return out
}
