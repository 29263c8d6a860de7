package model_test

import (
	"bytes"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/score"
)

// A file that is older than the section finds shops all the same, by the lines of the default model. A file may also find none.
func TestShopOfAFile(t *testing.T) {
	usual := score.Shop{OrdersPerDay: 100, MinDays: 3}
	section := []byte("shop:\n  orders_per_day: 100 # 0 finds no shop; at least 2\n  min_days: 3         # one day of many orders is rather an import\n")
	if !bytes.Contains(model.Default(), section) {
		t.Fatalf("the default model does not say\n%s", section)
	}
	for _, row := range []struct {
		why, instead string
		want         score.Shop
	}{
		{"the default", string(section), usual},
		{"no section", "", usual},
		{"others", "shop: {orders_per_day: 60, min_days: 5}\n", score.Shop{OrdersPerDay: 60, MinDays: 5}},
		{"no shop at all", "shop: {orders_per_day: 0}\n", score.Shop{}},
	} {
		m, err := model.Parse(bytes.Replace(model.Default(), section, []byte(row.instead), 1))
		if err != nil || m.Shop != row.want {
			t.Errorf("%s: got %+v, %v; want %+v", row.why, m.Shop, err, row.want)
		}
	}
}
