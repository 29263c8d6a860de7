//go:build !race

// The test here checks figures. The race detector sees the same code in TestIntervalsOnAnyNumberOfProcessors, and takes ten times as long.

package backtest

import (
	"testing"
)

// Of shops whose months differ by chance, about four of five intervals hold: of purchase days and of spend, of all customers and of groups.
func TestIntervalsHoldWhereTheTruthIsKnown(t *testing.T) {
	held, known := map[string]int{}, map[string]int{}
	for seed := range uint64(6) {
		b := bandsOf(t, moody(seed, 200, .25), 455, 364, 273, 182, 91)
		if ahead := b.Cutoffs[len(b.Cutoffs)-1]; !ahead.Ahead || ahead.Sums[0].Why != "" || ahead.Sums[0].Came.finite() || ahead.Sums[0].Errors < 30 {
			t.Fatalf("the end of the log: want an interval of what is to come from 30 errors or more, got %+v", ahead.Sums[0])
		}
		for _, c := range b.Cutoffs {
			for k := range c.Sums {
				s := &c.Sums[k]
				kind := s.Of
				if s.Group != Everybody {
					kind += ", groups"
				}
				switch s.Held() {
				case "yes":
					held[kind]++
					known[kind]++
				case "no":
					known[kind]++
				}
			}
		}
	}
	for _, kind := range []string{PurchaseDays, SpendToCome, PurchaseDays + ", groups", SpendToCome + ", groups"} {
		share := float64(held[kind]) / float64(known[kind])
		t.Logf("%s: %d of %d intervals held, %.2f", kind, held[kind], known[kind], share)
		if known[kind] < 25 || !(share > .65 && share < .97) {
			t.Errorf("%s: %d of %d intervals held, want about .8", kind, held[kind], known[kind])
		}
	}
}
