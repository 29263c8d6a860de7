package backtest_test

import (
	"encoding/json"
	"math"
	"testing"

	"tidemark/internal/backtest"
)

func TestNumberInJSON(t *testing.T) {
	for _, row := range []struct {
		name string
		n    backtest.Number
		json string
		back float64
	}{
		{"a number", .25, "0.25", .25},
		{"one that the cases do not determine", backtest.Number(math.NaN()), "null", math.NaN()},
		{"a share of nothing", backtest.Number(math.Inf(1)), "null", math.NaN()},
	} {
		in := map[string]backtest.Class{"x": {StandardError: row.n}}
		text, err := json.Marshal(in)
		if err != nil {
			t.Errorf("%s: want it written, got %v", row.name, err)
			continue
		}
		want := `{"x":{"class":0,"cases":0,"actual":0,"forecast":0,"steady":0,"standard_error":` + row.json + `}}`
		if string(text) != want {
			t.Errorf("%s: want %s, got %s", row.name, want, text)
		}
		out := map[string]backtest.Class{}
		if err := json.Unmarshal(text, &out); err != nil {
			t.Errorf("%s: want it read, got %v", row.name, err)
		}
		if got := float64(out["x"].StandardError); got != row.back && !(math.IsNaN(got) && math.IsNaN(row.back)) {
			t.Errorf("%s: want %v back, got %v", row.name, row.back, got)
		}
	}
}
