package backtest

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"

	"tidemark/internal/chart"
)

//go:embed report.html
var reportHTML string

var report = template.Must(template.New("report").Parse(reportHTML))

// page is what the report says.
type page struct {
	Title    string
	Style    template.CSS
	Lead     []string
	Sections []section
}

type section struct {
	ID      string // begins the ids of the charts
	Title   string
	Said    []string // what came out
	Words   []string // how to read it
	Figures []figure
	Tables  []table
	Summary string // the title of More, which is folded away
	More    []table
}

type figure struct {
	SVG     template.HTML
	Caption string
}

// table is a table of the page. The first cell of each row names the row.
type table struct {
	Caption string
	Words   int // how many columns hold words, from the first on; the others hold numbers
	Head    []string
	Rows    [][]string
}

// Names of series that are no forecasts.
const (
	came     = "what came"
	training = "in training"
)

// scores are the stack and its rivals. probabilities are the scores that are probabilities.
var (
	scores        = append([]string{Stack}, Rivals...)
	probabilities = []string{Stack, LogitRFM, NoPurchase}
)

// WriteHTML writes a report for people: one page without scripts, which needs no other file. The page shows a dash for a
// measure that is not known. Equal results give equal bytes. WriteHTML returns the errors of w.
func (r *Result) WriteHTML(w io.Writer, title string) error {
	p := page{Title: title, Style: template.CSS(chart.Style), Lead: []string{
		fmt.Sprintf("At each of %s, the models were fitted to what was known by then, forecast the next %g days, and were held "+
			"against what came. A customer without a purchase day in these %[2]g days counts as having left.",
			plural(len(r.Cutoffs), "cutoff"), r.HorizonDays),
		fmt.Sprintf("The stack is our churn model. Beside it stand %s, a logistic regression on recency, frequency and monetary value; "+
			"the %s, the probability of no purchase by MBG/NBD alone; and %s since the last purchase, which needs no model. "+
			"A dash is a figure that the cases do not determine.", LogitRFM, NoPurchase, Gap),
	}}
	if r.TestAccounts > 0 {
		p.Lead = append(p.Lead, fmt.Sprintf("%s left out, by the attribute test_account.", plural(r.TestAccounts, "test account")))
	}
	for _, build := range []func() section{r.ranking, r.calibration, r.purchases, r.spending, r.baseRate, r.topDecile, r.alerts} {
		p.Sections = append(p.Sections, build())
	}
	for _, build := range []func() section{r.gainTable, r.intervals, r.aims} {
		if s := build(); len(s.Tables) > 0 {
			p.Sections = append(p.Sections, s)
		}
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

// warnings shows the warnings of the fits. Without warnings the section has no table.
func (r *Result) warnings() section {
	s := section{ID: "warnings", Title: "Warnings of the fits"}
	t := table{Words: 2, Caption: "What the fits warned of; none is good. A warning at several cutoffs stands once, with the numbers of the first.", Head: []string{"cutoff", "warning"}}
	for _, w := range r.Warned() {
		t.Rows = append(t.Rows, []string{w.At(), w.Text})
	}
	if len(t.Rows) > 0 {
		s.Tables = []table{t}
	}
	if len(r.Failed) == 0 {
		return s
	}
	failed := table{Words: 2, Caption: "Cutoffs at which no forecast could be made. They are in none of the figures.", Head: []string{"cutoff", "why"}}
	for _, f := range r.Failed {
		failed.Rows = append(failed.Rows, []string{f.Date, f.Why})
	}
	s.Tables = append(s.Tables, failed)
	return s
}

func known(all map[string]Number, name string) Number {
	if n, ok := all[name]; ok {
		return n
	}
	return Number(math.NaN())
}
