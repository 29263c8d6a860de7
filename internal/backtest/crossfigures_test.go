//go:build !race

// The test here checks figures. The race detector sees the same code in TestCross, and takes ten times as long.

package backtest_test

import (
	"os"
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
