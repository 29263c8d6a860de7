package backtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tidemark/internal/backtest"
)

// alertsOf are alerts in which every measure has a number of its own.
func alertsOf(by backtest.Number) *backtest.Alerts {
	a := &backtest.Alerts{WatchedDays: 91, CustomerMonths: 7021, CountedMonths: 1512, Active: 311, Leavers: 123, Warned: 4}
	for i, name := range []string{"WATCH", "AT_RISK", "CRITICAL"} {
		n := backtest.Number(i)/100 + by
		a.Levels = append(a.Levels, backtest.AlertLevel{
			Level: name, Alerts: 213 - i, Precision: .713 + n, ValuePrecision: .724 + n, Matched: .651 + n, Lift: 1.09 + n,
			Over: backtest.Interval{Value: .05 + n, Low: .012 + n, High: .092 + n}, Recall: .431 + n, PerThousand: 17.1 + 10*n, PerThousandCounted: 63.3 + 10*n,
			Lead: 251 - 100*n, BeforeRule: -21 - 100*n, Returned: 33 + 100*n,
		})
	}
	return a
}

// known is a result in which every measure has a number of its own.
func known() *backtest.Result {
	churn := func(n backtest.Number) backtest.Churn {
		return backtest.Churn{Brier: n, Error: n + .01, ByChance: n + .02, Slope: n + 1, Bias: -n, Lift: n + 2, Top: n + .3}
	}
	r := &backtest.Result{HorizonDays: 91, Difference: map[string]backtest.Interval{
		backtest.LogitRFM:   {Value: .0011, Low: -.0021, High: .0043},
		backtest.NoPurchase: {Value: .0212, Low: .0113, High: .0314},
		backtest.Gap:        {Value: -.0415, Low: -.0516, High: -.0317},
	}, AmongActive: backtest.Interval{Value: .0061, Low: -.0162, High: .0263}, Alerts: alertsOf(.001)}
	for n, date := range []string{"2011-01-31", "2011-02-28"} {
		by := backtest.Number(n) / 50
		r.Cutoffs = append(r.Cutoffs, backtest.Cutoff{
			Date: date, Customers: 1234 + n, Blocks: 3, TrainingRate: .61 + by, Rate: .57 + by, Drifted: n == 1,
			AUC: map[string]backtest.Number{
				backtest.Stack: .8123 + by, backtest.LogitRFM: .8012 + by, backtest.NoPurchase: .7791 + by, backtest.Gap: .7435 + by,
			},
			Churn: map[string]backtest.Churn{
				backtest.Stack: churn(.1511), backtest.LogitRFM: churn(.1622), backtest.NoPurchase: churn(.1733), backtest.Gap: churn(.1844),
			},
			Reliability: map[string][]backtest.Bin{
				backtest.Stack:    {{Cases: 600, Forecast: .214, Observed: .233}, {Cases: 634, Forecast: .815, Observed: .797}},
				backtest.LogitRFM: {{Cases: 1234, Forecast: .516, Observed: .517}},
			},
			Counts: map[string]backtest.Counts{
				backtest.MBGNBD: {Actual: 811, Forecast: 799, Bias: -.015, Deviance: .911, MAE: .612, RMSE: 1.213, Correlation: .614},
				backtest.Steady: {Actual: 811, Forecast: 951, Bias: .173, Deviance: 1.315, MAE: .716, RMSE: 1.417, Correlation: .518},
			},
			Classes: []backtest.Class{
				{Class: 0, Cases: 900, Actual: .219, Forecast: .221, Steady: 0, StandardError: .011},
				{Class: 7, Cases: 300 - 200*n, Actual: 3.123 + by, Forecast: 2.125 + by, Steady: 4.127 + by, StandardError: .129 + by},
			},
			Spend: map[string]backtest.Spend{
				backtest.ExpectedSpend: {Actual: 9101, Forecast: 8802, Bias: -.033, MAE: 12.34, RMSE: 33.44, Correlation: .519},
				backtest.SteadySpend:   {Actual: 9101, Forecast: 12003, Bias: .319, MAE: 15.54, RMSE: 57.64, Correlation: .321},
			},
			Course:   []backtest.Point{{Days: 7, Actual: 61, Forecast: 66.6, Steady: 77.7}, {Days: 14, Actual: 117, Forecast: 121.2, Steady: 155.4}},
			Alerts:   alertsOf(.023 * by),
			Warnings: []string{"few cases & <many> draws"},
		})
	}
	return r
}

func page(t *testing.T, r *backtest.Result, title string) string {
	t.Helper()
	var out bytes.Buffer
	if err := r.WriteHTML(&out, title); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// parsed counts the texts of cells and the tags of a page, and returns its heading.
func parsed(t *testing.T, text string) (cells map[string]int, tags map[string]int, title string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	cells, tags = map[string]int{}, map[string]int{}
	ids, wanted := map[string]int{}, []string(nil)
	for n := range root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		tags[n.Data]++
		for _, a := range n.Attr {
			switch a.Key {
			case "id":
				ids[a.Val]++
			case "aria-labelledby":
				wanted = append(wanted, strings.Fields(a.Val)...)
			}
			if strings.Contains(a.Val, "://") && !strings.HasPrefix(a.Key, "xmlns") {
				t.Errorf("<%s %s=%q>: want nothing from elsewhere", n.Data, a.Key, a.Val)
			}
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" {
				t.Errorf("<%s %s=%q>: want neither scripts nor other files", n.Data, a.Key, a.Val)
			}
		}
		if n.FirstChild != nil && n.FirstChild.Type == html.TextNode {
			switch n.Data {
			case "td", "th":
				cells[n.FirstChild.Data]++
			case "h1":
				title = n.FirstChild.Data
			}
		}
	}
	for _, id := range wanted {
		if ids[id] != 1 {
			t.Errorf("id %q names a chart: want it once, got it %d times", id, ids[id])
		}
	}
	return cells, tags, title
}

func TestHTMLSaysWhatTheResultSays(t *testing.T) {
	r := known()
	text := page(t, r, "Backtest of January")
	cells, tags, title := parsed(t, text)
	if title != "Backtest of January" {
		t.Errorf("heading: want %q, got %q", "Backtest of January", title)
	}
	if tags["script"] != 0 || tags["link"] != 0 || tags["img"] != 0 {
		t.Errorf("want neither scripts nor other files, got the tags %v", tags)
	}
	if want := 6 + 2*len(r.Cutoffs); tags["svg"] != want {
		t.Errorf("want %d charts, got %d", want, tags["svg"])
	}
	if strings.Contains(text, "<?xml") || strings.Contains(text, "NaN") || strings.Contains(text, "#0100") {
		t.Error("want no XML prolog, no NaN and every colour from the style sheet")
	}
	for _, c := range r.Cutoffs {
		if cells[c.Date] < 6 {
			t.Errorf("%s: want it in each table, got it in %d rows", c.Date, cells[c.Date])
		}
		want := []backtest.Number{c.TrainingRate, c.Rate}
		for _, x := range c.Churn {
			want = append(want, x.Top)
		}
		for _, table := range c.Reliability {
			for _, b := range table {
				want = append(want, b.Forecast, b.Observed)
			}
		}
		for _, x := range c.Classes {
			want = append(want, x.Actual, x.Forecast, x.Steady, x.StandardError)
		}
		for _, x := range c.Counts {
			want = append(want, x.Deviance, x.MAE, x.RMSE, x.Correlation)
		}
		for _, n := range want {
			if s := fmt.Sprintf("%.3f", n); cells[s] == 0 {
				t.Errorf("%s: want %s in a cell", c.Date, s)
			}
		}
		for _, x := range c.Alerts.Levels {
			want := []string{x.Level, fmt.Sprint(x.Alerts), fmt.Sprintf("%.2f", x.Lift), fmt.Sprintf("%.1f", x.PerThousand), fmt.Sprintf("%.1f", x.PerThousandCounted)}
			for _, n := range []backtest.Number{x.Precision, x.ValuePrecision, x.Matched, x.Recall} {
				want = append(want, fmt.Sprintf("%.3f", n))
			}
			for _, n := range []backtest.Number{x.Lead, -x.BeforeRule, x.Returned} {
				want = append(want, fmt.Sprintf("%.0f", n))
			}
			for _, s := range want {
				if cells[s] == 0 && cells["−"+s] == 0 {
					t.Errorf("%s, alerts: want %s in a cell", c.Date, s)
				}
			}
		}
		for _, x := range c.Spend {
			for _, s := range []string{fmt.Sprintf("%.0f", x.Forecast), fmt.Sprintf("%.2f", x.MAE), fmt.Sprintf("%.2f", x.RMSE), fmt.Sprintf("%.3f", x.Correlation)} {
				if cells[s] == 0 {
					t.Errorf("%s, spend: want %s in a cell", c.Date, s)
				}
			}
		}
		for _, p := range c.Course {
			if s := fmt.Sprintf("%.1f", p.Forecast); cells[s] == 0 {
				t.Errorf("%s, the course: want %s in a cell", c.Date, s)
			}
		}
		for name, auc := range c.AUC {
			if s := fmt.Sprintf("%.4f", auc); cells[s] == 0 || cells[name] == 0 {
				t.Errorf("%s: want the AUC %s of %s in a cell", c.Date, s, name)
			}
		}
		for _, name := range []string{backtest.Stack, backtest.LogitRFM, backtest.NoPurchase} {
			x := c.Churn[name]
			for _, s := range []string{fmt.Sprintf("%.4f", x.Brier), fmt.Sprintf("%.3f", x.Error), fmt.Sprintf("%.3f", x.ByChance), fmt.Sprintf("%.2f", x.Slope)} {
				if cells[s] == 0 {
					t.Errorf("%s: want %s of %s in a cell", c.Date, s, name)
				}
			}
		}
	}
	for _, want := range []string{"400", "3.128", "2.130", "4.132", "0.134"} {
		if cells[want] != 1 {
			t.Errorf("class 7+ of both cutoffs, a quarter of it at the later, where all is .02 more: want %s in one cell, got it in %d", want, cells[want])
		}
	}
	for _, want := range []string{
		"The stack ranks no worse than logit-rfm", "The stack ranks better than the purchase model", "The stack ranks worse than days of silence",
		"91 days: the stack cannot be told from logit-rfm", "moved at 1 of 2 cutoffs",
		"Of 213 alerts, 71 % came true; that is above the 65 % among customers of equal frequency and recency. There were 17.1 per 1,000", "few cases &amp; &lt;many&gt; draws",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("want it to say %q", want)
		}
	}
}

func TestHTMLIsTheSameForTheSame(t *testing.T) {
	want := page(t, known(), "x")
	for range 30 { // a map of two keys rarely changes its order
		if got := page(t, known(), "x"); got != want {
			t.Fatal("want equal bytes of equal results, got others")
		}
	}
}

func TestHTMLEscapes(t *testing.T) {
	const hostile = `</title><script>alert("x")</script>&'`
	_, tags, title := parsed(t, page(t, known(), hostile))
	if tags["script"] != 0 || title != hostile {
		t.Errorf("want the title %q as text, got %q and %d scripts", hostile, title, tags["script"])
	}
}

func TestHTMLOfWhatIsNotKnown(t *testing.T) {
	nan := backtest.Number(math.NaN())
	unknown := backtest.Interval{Value: nan, Low: nan, High: nan}
	lost := known()
	lost.AmongActive, lost.Difference[backtest.LogitRFM] = unknown, unknown
	lost.Cutoffs[0].Rate, lost.Cutoffs[0].TrainingRate = nan, nan
	for name := range lost.Cutoffs[0].AUC {
		lost.Cutoffs[0].AUC[name] = nan
		lost.Cutoffs[0].Churn[name] = backtest.Churn{Brier: nan, Error: nan, ByChance: nan, Slope: nan, Bias: nan, Lift: nan, Top: backtest.Number(math.Inf(1))}
	}
	lost.Cutoffs[0].Reliability = nil
	lost.Cutoffs[0].Spend[backtest.SteadySpend] = backtest.Spend{Bias: nan, Forecast: backtest.Number(math.Inf(1)), Correlation: nan}
	lost.Cutoffs[0].Course[1] = backtest.Point{Days: 14, Forecast: nan}
	lost.Cutoffs[0].Alerts.Levels[0] = backtest.AlertLevel{Level: "WATCH", Precision: nan, Matched: nan, Over: unknown, Lift: nan, Recall: nan}
	lost.Alerts.Levels[0] = lost.Cutoffs[0].Alerts.Levels[0]
	lost.Cutoffs[0].Classes[0] = backtest.Class{Cases: 1, Actual: nan, Forecast: nan, Steady: nan, StandardError: nan}
	lost.Cutoffs[0].Counts[backtest.Steady] = backtest.Counts{Bias: backtest.Number(math.Inf(-1))}
	for _, row := range []struct {
		name string
		r    *backtest.Result
	}{
		{"a cutoff where nobody left", lost},
		{"one cutoff without anything", &backtest.Result{Cutoffs: []backtest.Cutoff{{Date: "2011-01-31"}}}},
		{"no cutoff", &backtest.Result{}},
	} {
		text := page(t, row.r, row.name)
		if strings.Contains(text, "NaN") || strings.Contains(text, "Inf") {
			t.Errorf("%s: want dashes for what is not known, got NaN or Inf", row.name)
		}
		if _, err := json.Marshal(row.r); err != nil {
			t.Errorf("%s: want JSON, got %v", row.name, err)
		}
	}
	if text := page(t, lost, "x"); !strings.Contains(text, "too few cases to tell whether the stack ranks better than logit-rfm") ||
		!strings.Contains(text, "no alert whose truth") {
		t.Error("want it to say that the cases are too few, and that there was no alert")
	}
}

// The page shows intervals, gains and aims where the result has them, and a dash where an interval is not known.
func TestHTMLOfIntervalsAndGains(t *testing.T) {
	r, nan := known(), backtest.Number(math.NaN())
	r.Ingredients = []backtest.IngredientGain{
		{Name: "baskets", Cutoffs: 2, AUC: backtest.Interval{Value: .0123, Low: .0045, High: .0201}, LogLoss: backtest.Interval{Value: .00321, Low: .00123, High: .00519}},
		{Name: "engagement", AUC: backtest.Interval{Value: nan, Low: nan, High: nan}, LogLoss: backtest.Interval{Value: nan, Low: nan, High: nan}},
	}
	sum := func(group string, came backtest.Number) backtest.Band {
		return backtest.Band{Of: backtest.PurchaseDays, Group: group, Forecast: 4321, Low: 3987, High: 4683, Came: came, Errors: 12, Earlier: 9, EarlierHeld: 7}
	}
	unknown := backtest.Band{Of: backtest.PurchaseDays, Group: "3", Forecast: 7, Low: nan, High: nan, Came: 5, Why: "the forecast is <too> small"}
	r.Bands = &backtest.Bands{Level: .8, Cutoffs: []backtest.BandsAt{
		{Date: "2011-01-31", Sums: []backtest.Band{sum(backtest.Everybody, 4700), unknown}},
		{Date: "2011-02-28", Sums: []backtest.Band{sum(backtest.Everybody, 4400), unknown}},
		{Date: "2011-05-30", Ahead: true, Sums: []backtest.Band{sum(backtest.Everybody, nan)}},
	}}
	text := page(t, r, "x")
	cells, tags, _ := parsed(t, text)
	if want := 6 + 2*len(r.Cutoffs) + 2; tags["svg"] != want {
		t.Errorf("want %d charts, got %d", want, tags["svg"])
	}
	for _, want := range []string{"3987", "4683", "7 of 9", "2011-05-30, to come", "+0.0123", "+0.00321", "pays", "not in this log", "calibration slope"} {
		if cells[want] == 0 {
			t.Errorf("want %q in a cell", want)
		}
	}
	if cells["yes"] == 0 || cells["no"] == 0 || strings.Contains(text, "NaN") {
		t.Error("want one interval that held, one that did not, and no NaN")
	}
	for _, want := range []string{"Purchase days: of the 2 intervals judged here 1 held; of all 9 made in the same way before the newest, 7", "the forecast is &lt;too&gt; small"} {
		if !strings.Contains(text, want) {
			t.Errorf("want it to say %q", want)
		}
	}
}
