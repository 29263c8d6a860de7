package backtest

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

//go:embed report.html
var reportHTML string

var report = template.Must(template.New("report").Parse(reportHTML))

// page is what the report says.
type page struct {
	Title    string
	Lead     []string
	Sections []section
}

type section struct {
	Title   string
	Said    []string // what came out
	Words   []string // how to read it
	Key     []keyed
	Figures []figure
	Tables  []table
	Summary string // of More, which is folded away
	More    []table
}

type keyed struct {
	mark
	Name string
}

type figure struct {
	SVG     template.HTML
	Caption string
}

// table has the name of the line in the first cell of each row.
type table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// Names of what came, and of the rate that was trained on.
const (
	came     = "what came"
	training = "in training"
)

// scores are the stack and its rivals; probabilities those of them that are.
var (
	scores        = append([]string{Stack}, Rivals...)
	probabilities = []string{Stack, LogitRFM, NoPurchase}
)

// WriteHTML writes a report for people: one page without scripts that needs no other file. A measure that is not known is a dash
// there. Equal results give equal bytes. Errors: those of w.
func (r *Result) WriteHTML(w io.Writer, title string) error {
	p := page{Title: title, Lead: []string{
		fmt.Sprintf("At each of %s, the models were fitted to what was known by then, forecast the next %g days, and were held "+
			"against what came. A customer without a purchase day in these %[2]g days counts as having left.",
			plural(len(r.Cutoffs), "cutoff"), r.HorizonDays),
		fmt.Sprintf("The stack is our churn model. Beside it stand %s, a logistic regression on recency, frequency and monetary value; "+
			"the %s, the probability of no purchase by MBG/NBD alone; and %s since the last purchase, which needs no model. "+
			"A dash is a figure that the cases do not determine.", LogitRFM, NoPurchase, Gap),
	}}
	for _, build := range []func() (section, error){r.ranking, r.calibration, r.purchases, r.spending, r.baseRate, r.topDecile, r.alerts} {
		s, err := build()
		if err != nil {
			return err
		}
		p.Sections = append(p.Sections, s)
	}
	if warned := r.warnings(); len(warned.Tables) > 0 {
		p.Sections = append(p.Sections, warned)
	}
	var out bytes.Buffer
	if err := report.Execute(&out, p); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

// noWorse is how much less AUC does not matter.
const noWorse = .003

// verdict says what an interval of the stack's AUC less that of a rival tells.
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

func (r *Result) ranking() (section, error) {
	s := section{
		Title: "Ranking: who leaves",
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
	t := table{Caption: "AUC, no unit; more is better, .5 is chance.", Head: append([]string{"cutoff", "customers"}, scores...)}
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		row := []string{c.Date, strconv.Itoa(c.Customers)}
		for _, name := range scores {
			row = append(row, fixed(4, value(c, name)))
		}
		t.Rows = append(t.Rows, row)
	}
	s.Tables = []table{t}
	return s, s.draw(r.overCutoffs("AUC", scores, value), "AUC at each cutoff; higher is better.")
}

// overCutoffs is a chart with a line per name.
func (r *Result) overCutoffs(y string, names []string, value func(*Cutoff, string) Number) *chart {
	c := &chart{x: "cutoff", y: y, ticks: []string{}, width: 360, height: 210}
	for i := range r.Cutoffs {
		c.ticks = append(c.ticks, r.Cutoffs[i].Date)
	}
	for _, name := range names {
		line := series{name: name, joined: true}
		for i := range r.Cutoffs {
			line.points = append(line.points, point{float64(i), float64(value(&r.Cutoffs[i], name)), math.NaN()})
		}
		c.series = append(c.series, line)
	}
	return c
}

// draw adds a figure, and the key to its first.
func (s *section) draw(c *chart, caption string) error {
	svg, err := c.svg()
	if err != nil {
		return fmt.Errorf("chart %q: %w", caption, err)
	}
	if len(s.Figures) == 0 {
		for _, line := range c.series {
			s.Key = append(s.Key, keyed{marks[line.name], line.name})
		}
	}
	s.Figures = append(s.Figures, figure{svg, caption})
	return nil
}

func (r *Result) calibration() (section, error) {
	s := section{
		Title: "Calibration: whether a risk of 30 % comes true in 30 % of the cases",
		Words: []string{
			"Each point is a tenth of the customers, from the lowest risks to the highest. On the dashed diagonal the risks came " +
				"true; below it fewer left than was said. The bars are two standard errors if the stack's risks were true.",
		},
		Summary: "The points of the diagrams",
	}
	t := table{
		Caption: "Brier score: mean square error of the risk, in [0, 1], less is better; that of the base rate gives every customer the rate " +
			"in training. Calibration error: mean distance of risk and share that left, 0 is perfect, and 95 % of perfect models stay " +
			"below “by chance”. Slope: 1 is right, below 1 the risks are too extreme, above too timid. Bias: mean risk less the " +
			"share that left, 0 is right. Drifted: the bias is over three standard errors, the model is due for another fit.",
		Head: []string{"cutoff", "score", "Brier score", "calibration error", "by chance", "slope", "bias", "drifted"},
	}
	bins := table{
		Caption: "Share of customers, from 0 to 1: risk is what was forecast, left what came; equal is good.",
		Head:    []string{"cutoff", "score", "customers", "risk", "left"},
	}
	drifted := 0
	for i := range r.Cutoffs {
		c := &r.Cutoffs[i]
		moved := "no"
		if c.Drifted {
			moved = "yes"
			drifted++
		}
		for _, name := range probabilities {
			x, ok := c.Churn[name]
			if !ok {
				continue
			}
			row := []string{c.Date, name, fixed(4, x.Brier), fixed(3, x.Error), fixed(3, x.ByChance), fixed(2, x.Slope), signed(3, x.Bias), ""}
			if name == Stack {
				row[len(row)-1] = moved
			}
			t.Rows = append(t.Rows, row)
		}
		off := c.TrainingRate - c.Rate
		t.Rows = append(t.Rows, []string{
			c.Date, "base rate", fixed(4, c.Rate*(1-c.Rate)+off*off), fixed(3, Number(math.Abs(float64(off)))), "", "", signed(3, off), "",
		})
		diagram := &chart{x: "risk", y: "share that left", square: true, width: 200, height: 200}
		for _, name := range []string{Stack, LogitRFM} {
			line := series{name: name}
			for _, b := range c.Reliability[name] {
				bar := math.NaN()
				if name == Stack {
					bar = 2 * math.Sqrt(float64(b.Forecast*(1-b.Forecast))/float64(b.Cases))
				}
				line.points = append(line.points, point{float64(b.Forecast), float64(b.Observed), bar})
			}
			diagram.series = append(diagram.series, line)
		}
		if err := s.draw(diagram, c.Date); err != nil {
			return s, err
		}
		for _, name := range slices.Sorted(maps.Keys(c.Reliability)) {
			for _, b := range c.Reliability[name] {
				bins.Rows = append(bins.Rows, []string{c.Date, name, strconv.Itoa(b.Cases), fixed(3, b.Forecast), fixed(3, b.Observed)})
			}
		}
	}
	s.Said = []string{fmt.Sprintf("The base rate has moved at %d of %s.", drifted, plural(len(r.Cutoffs), "cutoff"))}
	s.Tables, s.More = []table{t}, []table{bins}
	return s, nil
}

// pooled adds the classes of all cutoffs up. A customer is in several cutoffs, so the standard errors are added as if those of
// the cutoffs always erred together: the true one is at most that.
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

func (r *Result) purchases() (section, error) {
	const units = "Purchase days per customer within the horizon; near what came is good, and “holds” is within 15 % or two standard errors."
	s := section{
		Title: "Purchase days: expected against actual",
		Words: []string{fmt.Sprintf("%s is our purchase model; %s is the forecast of who goes on as before: repeat purchase days over the age of "+
			"the customer, times the horizon. Bars are two standard errors of what came.", MBGNBD, Steady)},
		Summary: "The classes at each cutoff",
	}
	all := r.pooled()
	s.Tables = append(s.Tables, classTable("All cutoffs together. "+units+" The standard error is an upper bound: the same customers come at several cutoffs.", all))
	c := &chart{x: "repeat purchase days before", y: "purchase days per customer", zero: true, ticks: []string{}, width: 360, height: 210}
	actual, ours, steady := series{name: came}, series{name: MBGNBD}, series{name: Steady}
	for i, x := range all {
		at := float64(i)
		c.ticks = append(c.ticks, className(x.Class))
		actual.points = append(actual.points, point{at, float64(x.Actual), 2 * float64(x.StandardError)})
		ours.points = append(ours.points, point{at + .2, float64(x.Forecast), math.NaN()})
		steady.points = append(steady.points, point{at - .2, float64(x.Steady), math.NaN()})
	}
	c.series = []series{actual, ours, steady}
	counts := table{
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
	return s, s.draw(c, "Purchase days by how often customers had bought again, all cutoffs together; near the round points is good.")
}

func (r *Result) baseRate() (section, error) {
	s := section{
		Title: "Base rate: how many left",
		Words: []string{"A model takes the base rate from its training blocks. Where it moves afterwards, all risks are too high or too low, " +
			"whatever the model."},
	}
	t := table{
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
	return s, s.draw(r.overCutoffs("share that left", []string{training, came}, value), "Share of customers who left; lines that meet are good.")
}

func (r *Result) topDecile() (section, error) {
	s := section{
		Title: "Top decile: whom to call first",
		Words: []string{"Of the tenth of the customers with the highest scores, precision is the share that left, and lift is how many times the " +
			"share among all that is. Taking customers at random gives a lift of 1, the dashed line; the most that lift can be is 1 over the base rate."},
	}
	t := table{Caption: "Precision: share from 0 to 1. Lift: a ratio. More is better.", Head: []string{"cutoff", "at random: precision"}}
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
	c, chance := r.overCutoffs("lift", scores, value), 1.
	c.level = &chance
	return s, s.draw(c, "Lift among the top tenth by score; higher is better.")
}

// warnings are those of the fits; no table where there are none.
func (r *Result) warnings() section {
	s := section{Title: "Warnings of the fits"}
	t := table{Caption: "What the purchase model's fit warned of; none is good.", Head: []string{"cutoff", "warning"}}
	for _, c := range r.Cutoffs {
		for _, warning := range c.Warnings {
			t.Rows = append(t.Rows, []string{c.Date, warning})
		}
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{t}
	}
	return s
}

func known(all map[string]Number, name string) Number {
	if n, ok := all[name]; ok {
		return n
	}
	return Number(math.NaN())
}

// dash stands for what is not known.
const dash = "–"

func fixed(digits int, n Number) string {
	if !n.finite() {
		return dash
	}
	return strings.Replace(strconv.FormatFloat(float64(n), 'f', digits, 64), "-", "−", 1)
}

func signed(digits int, n Number) string {
	if text := fixed(digits, n); text == dash || strings.HasPrefix(text, "−") {
		return text
	}
	return "+" + fixed(digits, n)
}

func percent(n Number) string {
	if !n.finite() {
		return dash
	}
	return signed(1, 100*n) + " %"
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
