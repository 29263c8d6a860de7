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

// ColumnSet is columns of a table that belong together, such as all answers of customers.
type ColumnSet struct {
	Name    string
	Columns []string
}

// Step judges forecasts from the columns of a set and of all sets before.
type Step struct {
	Set     string   `json:"set"`
	Columns []string `json:"columns"`
	// AUC is the area under the ROC curve. Gain is the AUC less the AUC of the step before, or less .5 at the first step. Both
	// have DeLong's 95 % interval. Brier is the mean squared error. Lift is the lift of the tenth with the highest forecasts.
	AUC   Interval `json:"auc"`
	Gain  Interval `json:"gain"`
	Brier Number   `json:"brier"`
	Lift  Number   `json:"lift"`
}

// CrossSection tells how well a table of customers without dates forecasts an outcome, by logistic regression on more and more
// sets of columns. The forecasts of each tenth of the customers come from the other nine tenths. The table shows which kinds of
// columns are worth having. Its coefficients are of no use for the stream, for the table knows no time.
type CrossSection struct {
	Customers int    `json:"customers"`
	Happened  int    `json:"happened"`
	Steps     []Step `json:"steps"`
}

const (
	folds      = 10
	crossRidge = 1
)

// Cross judges sets of columns of a CSV table. The first line of the table names the columns. The outcome is 0 or 1. A column
// of numbers is taken as it is; an empty cell counts as the mean of the others, and a further column marks the empty cells. Any
// other column becomes one column for each of its values. Errors: no such column, an outcome that is neither 0 nor 1, and the
// errors of fit.Logit.
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
	before := make([]float64, len(t.lines)) // equal forecasts: a guess
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

// crossValidate forecasts each row by a regression on the rows of the other folds.
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

// sheet is a table: the lines, under the names of the columns.
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

// column returns a named column as one or more columns of numbers.
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

// finite reads a finite number.
func finite(s string) (float64, bool) {
	v, err := strconv.ParseFloat(s, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// kinds turns a column of words into one column for each word.
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
