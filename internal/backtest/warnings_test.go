package backtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/fit"
	"tidemark/internal/learn"
)

// months is a log of customers who buy about once a month, from some day of the first two months on, until they leave or until a day. The
// last ones of them never leave.
func months(until, customers, loyal int) []event.Event {
	var all []event.Event
	r := rand.New(rand.NewPCG(11, 12))
	for i := range customers {
		var days []int
		for day := r.IntN(60); day < until; day += 1 + int(30*r.ExpFloat64()) {
			days = append(days, day)
			if i < customers-loyal && r.Float64() < .15 {
				break
			}
		}
		all = append(all, ordered(fmt.Sprintf("c%03d", i), days...)...)
	}
	return all
}

func written(t *testing.T, r *Result) string {
	t.Helper()
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A cutoff that is too early for a forecast is named, and the others stand.
func TestACutoffThatFailsLosesNoOther(t *testing.T) {
	log := months(400, 200, 20)
	o := Options{Cutoffs: []event.Instant{on(90), on(300), on(330)}, Horizon: 60 * day, UnitDays: 7}
	r, err := Run(t.Context(), silenced(t, 0), log, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Cutoffs) != 2 || len(r.Failed) != 1 || r.Failed[0].Date != "2025-04-01" || !strings.Contains(r.Failed[0].Why, "too short") {
		t.Errorf("got %d cutoffs and failed ones %+v, want two, and the first of April failed", len(r.Cutoffs), r.Failed)
	}
	alone := o
	alone.Cutoffs = o.Cutoffs[1:]
	want, err := Run(t.Context(), silenced(t, 0), log, alone)
	if err != nil {
		t.Fatal(err)
	}
	r.Failed = nil
	if got, alone := written(t, r), written(t, want); got != alone {
		t.Errorf("the others have the figures\n%s\nwant those that they have alone,\n%s", got, alone)
	}
	alone.Cutoffs = o.Cutoffs[:1]
	if _, err := Run(t.Context(), silenced(t, 0), log, alone); !errors.Is(err, learn.ErrShort) || !strings.Contains(err.Error(), "cutoff 2025-04-01") {
		t.Errorf("if all fail: got %v, want %v of the cutoff", err, learn.ErrShort)
	}
	alone.Cutoffs = []event.Instant{on(300)}
	if _, err := Run(t.Context(), silenced(t, 0), nil, alone); !errors.Is(err, fit.ErrNoCustomers) && !errors.Is(err, learn.ErrShort) {
		t.Errorf("an empty log: got %v", err)
	}
}

// Where nothing grows with silence, the risk of the stack is that of the purchase model, with a warning; there still is a report.
func TestBacktestFallsBackToThePurchaseModel(t *testing.T) {
	var log []event.Event
	r := rand.New(rand.NewPCG(21, 22))
	for i := range 300 { // all have bought three times by day 100, and half of all come back, however long they were silent
		days := []int{r.IntN(30), 31 + r.IntN(30), 61 + r.IntN(30)}
		for after := 130; after < 400; after += 50 {
			if r.IntN(2) == 0 {
				days = append(days, after+r.IntN(50))
			}
		}
		log = append(log, ordered(fmt.Sprintf("c%03d", i), days...)...)
	}
	for i := range 20 {
		log = append(log, ordered(fmt.Sprintf("d%03d", i), 390+i%3, 399)...)
	}
	res, err := Run(t.Context(), silenced(t, 0), log, Options{Cutoffs: []event.Instant{on(250), on(280)}, Horizon: 30 * day, UnitDays: 7})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range res.Cutoffs {
		if len(c.Warnings) == 0 || !strings.Contains(c.Warnings[0], "churn: the risk is that of the purchase model alone") {
			t.Errorf("%s: got the warnings %v, want one of the stack", c.Date, c.Warnings)
		}
		if c.Customers < 300 || c.AUC[Stack] != c.AUC[NoPurchase] {
			t.Errorf("%s: of %d customers the stack has an AUC of %v, want that of the purchase model, %v", c.Date, c.Customers, c.AUC[Stack], c.AUC[NoPurchase])
		}
	}
}

// A warning of several cutoffs is told once, whatever its numbers are.
func TestWarningsAreToldOnce(t *testing.T) {
	r := &Result{Cutoffs: []Cutoff{
		{Date: "2025-01-31", Warnings: []string{"purchase: leaving may be chance: it gains 1.2 of log-likelihood", "spend: q = 1.001 was kept above 1"}},
		{Date: "2025-02-28", Warnings: []string{"purchase: leaving may be chance: it gains 0.31 of log-likelihood"}},
		{Date: "2025-03-31", Warnings: []string{"purchase: leaving may be chance: it gains 2.9e-05 of log-likelihood", "purchase: no maximum was found"}},
	}}
	want := []Warned{
		{"purchase: leaving may be chance: it gains 1.2 of log-likelihood", []string{"2025-01-31", "2025-02-28", "2025-03-31"}},
		{"spend: q = 1.001 was kept above 1", []string{"2025-01-31"}},
		{"purchase: no maximum was found", []string{"2025-03-31"}},
	}
	got := r.Warned()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if at := got[0].At(); at != "3 cutoffs, 2025-01-31 to 2025-03-31" || got[1].At() != "2025-01-31" {
		t.Errorf("at %q and %q", at, got[1].At())
	}
}

// That customers do not differ is no warning.
func TestLimitsAreNoWarnings(t *testing.T) {
	var f forecasts
	f.warn("purchase", []fit.Warning{fit.Collapsed{Beta: true}, fit.NotConverged{}, fit.Constant{Name: "nps"}})
	f.warn("spend", []fit.Warning{fit.ConstantSpend{OnePrice: true}})
	if want := []string{"purchase: no maximum was found"}; !reflect.DeepEqual(f.warnings, want) {
		t.Errorf("got %v, want %v", f.warnings, want)
	}
}
