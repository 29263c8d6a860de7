package backtest_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"tidemark/internal/backtest"
	"tidemark/internal/realdata"
)

// ecommerce are sets of columns of the e-commerce churn table. They go from what every shop knows to what customers say.
var ecommerce = []backtest.ColumnSet{
	{Name: "rfm", Columns: []string{"DaySinceLastOrder", "OrderCount", "CashbackAmount"}},
	{Name: "engagement", Columns: []string{"HourSpendOnApp", "NumberOfDeviceRegistered", "CouponUsed", "OrderAmountHikeFromlastYear"}},
	{Name: "feedback", Columns: []string{"SatisfactionScore", "Complain"}},
}

// TestFeedbackAddsToChurn: what customers say forecasts churn better than what customers do.
func TestFeedbackAddsToChurn(t *testing.T) {
	file, err := os.Open(realdata.File(t, "ecommerce_churn/ecommerce_churn.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got, err := backtest.Cross(t.Context(), file, "Churn", ecommerce)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got.Steps {
		t.Logf("%-10s AUC %.4f (%.4f to %.4f), gain %+.4f (%+.4f to %+.4f), Brier %.4f, lift %.2f",
			s.Set, s.AUC.Value, s.AUC.Low, s.AUC.High, s.Gain.Value, s.Gain.Low, s.Gain.High, s.Brier, s.Lift)
	}
	if got.Customers != 5630 || got.Happened != 948 {
		t.Errorf("%d of %d customers left, want 948 of 5630", got.Happened, got.Customers)
	}
	for i, anchor := range []backtest.Number{.6685, .6904, .7641} { // logistic regressions of an analyst on the same columns
		if auc := got.Steps[i].AUC.Value; auc < anchor-.01 {
			t.Errorf("with %s the AUC is %.4f, want the %.4f of others, less .01 at most", got.Steps[i].Set, auc, anchor)
		}
	}
	if gain := got.Steps[2].Gain; gain.Low < .04 {
		t.Errorf("feedback adds %.4f, at least %.4f; want at least .04", gain.Value, gain.Low)
	}
}

// crossTable is a table in which the outcome follows the column told and does not follow the column noise.
func crossTable(n int) string {
	r := rand.New(rand.NewPCG(1, 2))
	var b strings.Builder
	b.WriteString("id,left,told,noise,gap,kind\n")
	for i := range n {
		told, left := r.NormFloat64(), 0
		if r.NormFloat64() < told {
			left = 1
		}
		gap := fmt.Sprint(told)
		if i%3 == 0 {
			gap = ""
		}
		fmt.Fprintf(&b, "%d,%d,%v,%v,%s,%s\n", i, left, told, r.NormFloat64(), gap, [...]string{"low", "high"}[left])
	}
	return b.String()
}

func TestCross(t *testing.T) {
	got, err := backtest.Cross(t.Context(), strings.NewReader(crossTable(2000)), "left", []backtest.ColumnSet{
		{Name: "noise", Columns: []string{"noise"}},
		{Name: "in part", Columns: []string{"gap"}},
		{Name: "whole", Columns: []string{"told"}},
		{Name: "kind", Columns: []string{"kind"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct{ low, high backtest.Number }{{.45, .55}, {.65, .80}, {.80, .90}, {.9999, 1}} {
		if auc := got.Steps[i].AUC.Value; auc < want.low || auc > want.high {
			t.Errorf("with %s: AUC %.4f, want %v to %v", got.Steps[i].Set, auc, want.low, want.high)
		}
	}
	if gain := got.Steps[0].Gain; gain.Low > 0 || gain.High < 0 {
		t.Errorf("noise adds %+v to a guess, want 0 within", gain)
	}
}

func TestCrossRefuses(t *testing.T) {
	whole := crossTable(50)
	for _, row := range []struct{ why, text, outcome, column, want string }{
		{"no such column", whole, "left", "colour", `no column "colour"; there are id, left`},
		{"no such outcome", whole, "gone", "told", `no column "gone"`},
		{"an outcome that is none", whole, "told", "noise", "want 0 or 1"},
		{"too few", "left,told\n1,2\n", "left", "told", "1 customers are too few"},
		{"lines of other lengths", "left,told\n1\n", "left", "told", "wrong number of fields"},
	} {
		_, err := backtest.Cross(t.Context(), strings.NewReader(row.text), row.outcome, []backtest.ColumnSet{{Name: "set", Columns: []string{row.column}}})
		if err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%s: got %v, want %q", row.why, err, row.want)
		}
	}
}
