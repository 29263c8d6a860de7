package score_test

import (
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/realdata"
)

// No customer of the public logs behaves like a shop, or comes near: the default model names these figures.
func TestNobodyRealBehavesLikeAShop(t *testing.T) {
	for _, row := range []struct {
		name, file string
		format     dataset.Format
		busiest    float64 // orders a purchase day, of those who bought on as many days as a shop
	}{
		{"CDNOW", "cdnow/CDNOW_master.txt", dataset.CDNOW, 3.8},
		{"Online Retail", "online_retail/online_retail.csv.gz", dataset.OnlineRetail, 2.7},
	} {
		t.Run(row.name, func(t *testing.T) {
			log, err := dataset.Read(row.format, []string{realdata.File(t, row.file)}, nil)
			if err != nil {
				t.Fatalf("read: %v", err)
			}
			e := shipped(t)
			shop := e.Model().Shop
			histories := map[string]history.Summary{}
			var newest event.Instant
			for _, x := range log.Events {
				head := x.Common()
				histories[head.Customer], _ = e.Observe(histories[head.Customer], x)
				newest = max(newest, x.At())
			}
			busiest := 0.0
			for customer, h := range histories {
				f := e.Facts(&h, newest)
				if shop.Behaves(&f) {
					t.Errorf("%s behaves like a shop: %d orders on %d days", customer, f.Orders, f.PurchaseDays)
				}
				if f.PurchaseDays >= shop.MinDays {
					busiest = max(busiest, float64(f.Orders)/float64(f.PurchaseDays))
				}
			}
			if busiest == 0 || busiest > row.busiest {
				t.Errorf("the busiest has %.2f orders a purchase day, want at most %v: the default model names the figure", busiest, row.busiest)
			}
			t.Logf("the busiest of %d has %.2f orders a purchase day", len(histories), busiest)
		})
	}
}
