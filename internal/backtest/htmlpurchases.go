package backtest

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"

	"tidemark/internal/chart"
)

// pooled adds up the classes of all cutoffs. A customer may be at several cutoffs. So the standard errors are added as if the
// errors of the cutoffs always went together. The true standard error is at most that sum.
func (r *Result) pooled() []Class {
	sums := map[int]Class{}
	for i := range r.Cutoffs {
		for _, c := range r.Cutoffs[i].Classes {
			n, sum := Number(c.Cases), sums[c.Class]
			sum.Class = c.Class
			sum.Cases += c.Cases
			sum.Actual += n * c.Actual
			sum.Forecast += n * c.Forecast
			sum.Steady += n * c.Steady
			sum.StandardError += n * c.StandardError
			sums[c.Class] = sum
		}
	}
	var all []Class
	for _, class := range slices.Sorted(maps.Keys(sums)) {
		c := sums[class]
		n := Number(c.Cases)
		all = append(all, Class{c.Class, c.Cases, c.Actual / n, c.Forecast / n, c.Steady / n, c.StandardError / n})
	}
	return all
}

func className(class int) string {
	if class == LastClass {
		return strconv.Itoa(class) + "+"
	}
	return strconv.Itoa(class)
}

func classTable(caption string, classes []Class) table {
	t := table{
		Words:   1,
		Caption: caption,
		Head:    []string{"repeat purchase days before", "customers", came, "standard error", MBGNBD, "holds", Steady},
	}
	for _, c := range classes {
		holds := "no"
		if c.Holds() {
			holds = "yes"
		}
		t.Rows = append(t.Rows, []string{
			className(c.Class), strconv.Itoa(c.Cases), fixed(3, c.Actual), fixed(3, c.StandardError), fixed(3, c.Forecast), holds, fixed(3, c.Steady),
		})
	}
	return t
}

func (r *Result) purchases() section {
	const units = "Purchase days per customer within the horizon; near what came is good, and “holds” is within 15 % or two standard errors."
	s := section{
		ID: "purchases", Title: "Purchase days: expected against actual",
		Words: []string{fmt.Sprintf("%s is our purchase model; %s is the forecast of who goes on as before: repeat purchase days over the age of "+
			"the customer, times the horizon. Error bars are two standard errors of what came.", MBGNBD, Steady)},
		Summary: "The classes at each cutoff",
	}
	all := r.pooled()
	s.Tables = append(s.Tables, classTable("All cutoffs together. "+units+" The standard error is an upper bound: the same customers come at several cutoffs.", all))
	counts := table{
		Words: 2,
		Caption: "All customers. Actual and forecast: sums of purchase days. Bias: forecast over actual, less 1; 0 is right. Poisson deviance, " +
			"mean absolute error (MAE) and root mean square error (RMSE), both in purchase days per customer: less is better. Correlation: 1 is perfect.",
		Head: []string{"cutoff", "forecast by", "actual", "forecast", "bias", "deviance", "MAE", "RMSE", "correlation"},
	}
	for i := range r.Cutoffs {
		x := &r.Cutoffs[i]
		for _, name := range slices.Sorted(maps.Keys(x.Counts)) {
			n := x.Counts[name]
			counts.Rows = append(counts.Rows, []string{
				x.Date, name, fixed(0, n.Actual), fixed(0, n.Forecast), percent(n.Bias), fixed(3, n.Deviance), fixed(3, n.MAE), fixed(3, n.RMSE), fixed(3, n.Correlation),
			})
		}
		s.More = append(s.More, classTable(x.Date+". "+units, x.Classes))
	}
	s.Tables = append(s.Tables, counts)
	s.draw(byClass(s.frame(alone, "Purchase days by class", "Bars side by side for each class: what came and two forecasts."+inTable), all),
		"Purchase days by how often customers had bought again, all cutoffs together; near the outlined bars is good.")
	s.draw(r.biases(s.frame(alone, "Bias by class and cutoff", "A row for each cutoff, a column for each class. The folded tables have the figures.")),
		fmt.Sprintf("By how many %% %s forecast more than came, or less (−); near 0 is good. A star: more than “holds” allows.", MBGNBD))
	return s
}

// byClass draws the purchase days of each class: what came beside the forecasts.
func byClass(f chart.Frame, classes []Class) chart.Bar {
	c := chart.Bar{
		Frame: f, X: chart.Axis{Label: classLabel, Names: []string{}}, Y: chart.Axis{Label: "purchase days per customer"},
	}
	actual, ours, steady := make([]chart.Point, len(classes)), make([]float64, len(classes)), make([]float64, len(classes))
	for i, x := range classes {
		c.X.Names = append(c.X.Names, className(x.Class))
		actual[i] = chart.Point{X: float64(i), Y: float64(x.Actual), Error: 2 * float64(x.StandardError)}
		ours[i], steady[i] = float64(x.Forecast), float64(x.Steady)
	}
	c.Series = []chart.Series{
		{Name: came, Style: styles[came], Points: actual},
		{Name: MBGNBD, Style: styles[MBGNBD], Points: chart.Values(ours...)},
		{Name: Steady, Style: styles[Steady], Points: chart.Values(steady...)},
	}
	return c
}

// classLabel says what the classes are.
const classLabel = "repeat purchase days before"

// biases is a heat table of the bias, forecast / actual - 1, of each class at each cutoff. Beyond ± darkest the shade stays the
// same.
func (r *Result) biases(f chart.Frame) chart.Heat {
	const darkest = .5
	h := chart.Heat{Frame: f, Across: classLabel, Down: "cutoff", Diverging: true, Low: -darkest, High: darkest}
	for class := range LastClass + 1 {
		h.Columns = append(h.Columns, className(class))
	}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		row := make([]chart.Cell, len(h.Columns))
		for k := range row {
			row[k].Value = math.NaN()
		}
		for _, x := range c.Classes {
			if 0 <= x.Class && x.Class < len(row) {
				row[x.Class] = biasOf(x)
			}
		}
		h.Rows, h.Cells = append(h.Rows, c.Date), append(h.Cells, row)
	}
	return h
}

func biasOf(x Class) chart.Cell {
	bias := x.Forecast/x.Actual - 1
	text := signed(0, 100*bias)
	if bias.finite() && !x.Holds() {
		text += "*"
	}
	return chart.Cell{Value: float64(bias), Text: text}
}
