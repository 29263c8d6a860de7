package rfm_test

import (
	"testing"

	"tidemark/internal/score/rfm"
)

var cuts = rfm.Cuts{
	Recency:   [4]float64{30, 90, 180, 365},
	Frequency: [4]int{2, 3, 4, 6},
	Monetary:  [4]int64{2000, 4000, 8000, 16000},
}

func TestScore(t *testing.T) {
	for _, row := range []struct {
		why    string
		days   float64
		orders int
		spend  int64
		want   rfm.Digits
	}{
		{"the cut itself belongs to the better grade", 30, 6, 16000, rfm.Digits{R: 5, F: 5, M: 5}},
		{"a moment past the cut is a grade less", 30.0001, 5, 15999, rfm.Digits{R: 4, F: 4, M: 4}},
		{"nothing within the year", 366, 0, 0, rfm.Digits{R: 1, F: 1, M: 1}},
		{"net spend may be negative", 200, 1, -500, rfm.Digits{R: 2, F: 1, M: 1}},
		{"each grade counts for itself", 10, 1, 5000, rfm.Digits{R: 5, F: 1, M: 3}},
	} {
		if got := cuts.Score(row.days, row.orders, row.spend); got != row.want {
			t.Errorf("%s: Score(%v, %d, %d) = %v, want %v", row.why, row.days, row.orders, row.spend, got, row.want)
		}
	}
}

// The grid as it is written down: R digits, F digits, name.
func TestSegment(t *testing.T) {
	want := map[string][]string{
		rfm.Champions:         {"54", "55"},
		rfm.Loyal:             {"34", "35", "44", "45"},
		rfm.PotentialLoyalist: {"42", "43", "52", "53"},
		rfm.New:               {"51"},
		rfm.Promising:         {"41"},
		rfm.NeedsAttention:    {"33"},
		rfm.AboutToSleep:      {"31", "32"},
		rfm.CannotLose:        {"15", "25"},
		rfm.AtRisk:            {"13", "14", "23", "24"},
		rfm.Lost:              {"11"},
		rfm.Hibernating:       {"12", "21", "22"},
	}
	seen := 0
	for name, places := range want {
		for _, rf := range places {
			seen++
			if got := (rfm.Digits{R: rf[0] - '0', F: rf[1] - '0', M: 3}).Segment(); got != name {
				t.Errorf("segment of R%c F%c = %q, want %q", rf[0], rf[1], got, name)
			}
		}
	}
	if seen != 25 {
		t.Errorf("%d places of the grid are covered, want 25", seen)
	}
	if got := (rfm.Digits{}).Segment(); got != "" {
		t.Errorf("segment of a customer without purchases = %q, want none", got)
	}
}

func TestCheckRefusesCutsThatDoNotAscend(t *testing.T) {
	if err := cuts.Check(); err != nil {
		t.Errorf("Check of good cuts = %v, want nil", err)
	}
	bad := cuts
	bad.Frequency[2] = bad.Frequency[1]
	if err := bad.Check(); err == nil {
		t.Error("Check of equal cuts = nil, want an error")
	}
}
