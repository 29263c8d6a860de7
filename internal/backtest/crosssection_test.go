package backtest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"tidemark/internal/backtest"
)

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
