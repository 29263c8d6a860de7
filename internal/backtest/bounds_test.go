//go:build !race

// These tests check figures. The race detector sees the same code in other tests, and takes ten times as long here.

package backtest_test

import (
	"math"
	"testing"

	"tidemark/internal/backtest"
	"tidemark/internal/dataset"
	"tidemark/internal/realdata"
)

var quarters = []string{"1997-09-30", "1997-10-31", "1997-11-30", "1997-12-31", "1998-01-31", "1998-02-28", "1998-03-31"}

// The stack ranks customers no worse than a logistic regression on RFM on any set, and better where baskets are known. The
// bounds were fixed before the stack was built.
func TestAgainstLogitRFM(t *testing.T) {
	rows := []struct {
		name    string
		format  dataset.Format
		file    string
		cutoffs []string
		above   float64
	}{
		{"CDNOW sample", dataset.CDNOWSample, "cdnow/CDNOW_sample.txt", quarters, -.003},
		{"CDNOW", dataset.CDNOW, "cdnow/CDNOW_master.txt", quarters, -.003},
		{
			"Online Retail", dataset.OnlineRetail, "online_retail/online_retail.csv.gz",
			[]string{"2011-05-31", "2011-06-30", "2011-07-31", "2011-08-31", "2011-09-09"},
			0,
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			r := run(t, row.format, row.file, days(t, row.cutoffs...))
			got := r.Difference[backtest.LogitRFM]
			t.Logf("AUC less that of %s: %+.4f (%+.4f to %+.4f), among the active %+v", backtest.LogitRFM, got.Value, got.Low, got.High, r.AmongActive)
			if !(float64(got.Low) > row.above) {
				t.Errorf("AUC less that of %s: want the lower bound above %v, got %+v", backtest.LogitRFM, row.above, got)
			}
			for _, c := range r.Cutoffs {
				stack := c.Churn[backtest.Stack]
				if !(stack.Slope >= .85 && stack.Slope <= 1.15) {
					t.Errorf("%s: calibration slope: want it in [.85, 1.15], got %v", c.Date, stack.Slope)
				}
				if worse := c.AUC[backtest.NoPurchase]; row.name == "CDNOW" && c.AUC[backtest.Stack] <= worse {
					t.Errorf("%s: AUC: want more than the %v of the purchase model, got %v", c.Date, worse, c.AUC[backtest.Stack])
				}
				// In autumn more of Online Retail's customers come back than the year before has shown: the base rate moves.
				if row.name == "Online Retail" && c.Date >= "2011-08-31" && !c.Drifted {
					t.Errorf("%s: the base rate has moved by %+.3f, want that noticed", c.Date, stack.Bias)
				}
			}
		})
	}
}

// On apparel a season is found and nothing pays beside the purchase model, so the risk is the purchase model's. About 45 of the 600 customers
// come back within a horizon: a calibration slope has a standard error of up to .2.
func TestAgainstLogitRFMOnApparel(t *testing.T) {
	log, err := dataset.Read(dataset.JSONL, []string{realdata.File(t, "apparel/apparel.jsonl.gz")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := backtest.Run(t.Context(), engine(t), log.Events, backtest.Options{
		Cutoffs: days(t, "2010-05-31", "2010-06-28", "2010-07-26", "2010-08-23", "2010-09-19"), Horizon: 91 * oneDay, UnitDays: 7, Season: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	got := r.Difference[backtest.LogitRFM]
	t.Logf("AUC less that of %s: %+.4f (%+.4f to %+.4f), among the active %+v", backtest.LogitRFM, got.Value, got.Low, got.High, r.AmongActive)
	if !(got.Low > -.001 && got.Value > 0) {
		t.Errorf("AUC less that of %s: want it above 0, and its lower bound above -.001, got %+v", backtest.LogitRFM, got)
	}
	var off float64
	for _, c := range r.Cutoffs {
		stack := c.Churn[backtest.Stack]
		off += math.Abs(float64(c.Counts[backtest.MBGNBD].Bias)) / float64(len(r.Cutoffs))
		if c.Season == nil || !c.Trial.OutOfTime || c.Trial.Customers != 600 || len(c.Trial.Ingredients) != 4 {
			t.Errorf("%s: want a season, and 600 customers who judge silence, habit, money and last year later, got %+v", c.Date, c.Trial)
		}
		if !(stack.Slope > .7 && stack.Slope < 1.3) {
			t.Errorf("%s: calibration slope: want it in [.7, 1.3], got %v", c.Date, stack.Slope)
		}
	}
	if off > .2 {
		t.Errorf("the sums of purchase days are off by %.2f on average, want .2 at most", off)
	}
}
