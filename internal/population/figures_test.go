package population_test

import (
	"math"
	"testing"

	"tidemark/internal/population"
)

func near(t *testing.T, what string, got, want, by float64) {
	t.Helper()
	if math.Abs(got-want) > by {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func histogram(values ...int64) *population.Histogram {
	h := new(population.Histogram)
	for _, v := range values {
		h.Add(v, 1)
	}
	return h
}

func TestRatesByHand(t *testing.T) {
	near(t, "churn of 100 of 1000", population.ChurnRate(1000, 100).Value, .1, 0)
	near(t, "retention", population.RetentionRate(1000, 100).Value, .9, 0)
	near(t, "its standard error", population.ChurnRate(1000, 100).Error, math.Sqrt(.09/1000), 1e-12)
	if population.ChurnRate(0, 0).Known {
		t.Error("a churn rate of nobody is known")
	}
	d, se, known := population.Increment(population.RateOf(30, 100), population.RateOf(20, 100))
	if !known {
		t.Error("an increment of two rates is not known")
	}
	near(t, "increment", d, .1, 1e-12)
	near(t, "its standard error", se, math.Sqrt(.0021+.0016), 1e-12)
	nps := (&population.Answers{Count: 10, High: 5, Low: 2}).NPS()
	near(t, "nps", nps.Value, 30, 1e-9)
	near(t, "its standard error", nps.Error, 100*math.Sqrt((.7-.09)/10), 1e-9)
}

func TestPyramidByHand(t *testing.T) {
	h := histogram(10, 10, 10, 10, 60, -5) // the last is of no positive value
	near(t, "share of the top 20 %", population.Pyramid(h)[3].Share, .6, 1e-12)
	near(t, "share of the top 10 %", population.Pyramid(h)[2].Share, .3, 1e-12)
	near(t, "gini", population.Gini(h), .4, 1e-12) // Σ|xi−xj| / (2n²·mean) = 8·50/(2·25·20)
	near(t, "gini of equals", population.Gini(histogram(7, 7, 7)), 0, 1e-12)
	customers, lost, known := population.Unprofitable(h)
	if !known {
		t.Error("the unprofitable are not known")
	}
	near(t, "unprofitable", customers, 1./6, 1e-12)
	near(t, "lost", lost, .05, 1e-12)
	if population.Pyramid(histogram(-1, 0)) != nil || !math.IsNaN(population.Gini(histogram())) {
		t.Error("a pyramid without a positive value")
	}
}

func TestCutPoints(t *testing.T) {
	var all []int64
	for v := range int64(100) { // 0..99: each a bin of its own
		all = append(all, v)
	}
	h := histogram(all...)
	if lines := population.TierLines(h); lines != [3]int64{20, 70, 90} {
		t.Errorf("tier lines %v, want 20, 70, 90: shares of 20, 50, 20 and 10 %%", lines)
	}
	tie := histogram(append(all, 89, 89, 89)...) // 103 values, of which the top 10 % are 11: the eleventh is an 89
	if lines := population.TierLines(tie); lines[2] != 89 {
		t.Errorf("line of HIGH %d, want 89: ties take the higher tier", lines[2])
	}
	if off, worth := population.WorthProposing(h, []int64{22, 70, 90}, population.TierRanks); worth {
		t.Errorf("off by %v is worth proposing, want past 2 points only", off)
	}
	if off, worth := population.WorthProposing(h, []int64{23, 70, 90}, population.TierRanks); !worth {
		t.Errorf("off by %v is not worth proposing", off)
	}
	if n := population.Moved(h, []int64{20, 70}, []int64{25, 70}); n != 5 {
		t.Errorf("%d move, want 5", n)
	}
	cuts, n := population.Limited([]int64{20, 70}, []int64{25, 70}, 100, func(c []int64) int64 { return population.Moved(h, []int64{20, 70}, c) })
	if n != 1 || cuts[0] != 21 {
		t.Errorf("the limited move is to %v and moves %d, want to 21 and 1 of 100", cuts, n)
	}
	if p := h.Percentile(50); p != .505 {
		t.Errorf("percentile of 50 is %v, want .505", p)
	}
}

func TestRefusals(t *testing.T) {
	even := new(population.Histogram)
	for v := range int64(100) {
		even.Add(v, 5)
	}
	few := new(population.Histogram)
	few.Add(1, 499)
	degenerate := new(population.Histogram)
	degenerate.Merge(even)
	degenerate.Add(3, 60)
	for _, row := range []struct {
		why  string
		h    *population.Histogram
		days int
		ok   bool
	}{
		{"500 buyers and 180 days", even, 180, true},
		{"499 buyers", few, 400, false},
		{"179 days", even, 179, false},
		{"65 of 560 on one value", degenerate, 400, false},
	} {
		if err := population.Refuse(row.h, row.days); (err == nil) != row.ok {
			t.Errorf("%s: %v", row.why, err)
		}
	}
}
