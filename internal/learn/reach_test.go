package learn

import (
	"math"
	"testing"

	"tidemark/internal/score/churn"
)

// At young cuts the long silences are known to have hardly begun, so their weights are held more firmly; at old cuts they are held as any weight.
func TestReach(t *testing.T) {
	aged := func(age float64) [churn.Rhythm]float64 {
		block := shopOf(t, 400, 5, 0, 0)
		for i := range block {
			block[i].Traits.Silent = age * float64(i) / 400
		}
		x, err := NewExamples(t.Context(), [][]Case{block}, quarter, 7)
		if err != nil {
			t.Fatal(err)
		}
		return x.reaches
	}
	young, old := aged(70), aged(2000)
	if young[churn.Silence60] < 20 || young[churn.SilenceDays] < 4 || young[churn.Silence] > 3 {
		t.Errorf("cuts at 70 days: got %.2f, want the excess over 60 days held the most, and ln(1 + s) hardly", young)
	}
	for _, term := range reaching {
		if old[term] < 1 || old[term] > 1.05 {
			t.Errorf("cuts at 2000 days: got %.3f for %s, want 1 to 1.05", old[term], term)
		}
	}
	if young[churn.Base] != 0 {
		t.Errorf("got %v for the purchase model's risk, want it held as ever", young[churn.Base])
	}
}

// What hardly varies at the cuts must not make the risks extreme a horizon later: in a young shop where silence beyond 60 days says by chance that a
// customer left, the risk at 170 days follows what all silences say.
func TestReachHoldsWhatHardlyVaries(t *testing.T) {
	block := shopOf(t, 400, 5, 0, 0)
	for i := range block {
		block[i].Traits.Silent = 66 * float64(i) / 400
		if block[i].Traits.Silent > 60 {
			block[i].Later.Days = 0
		}
	}
	x, err := NewExamples(t.Context(), [][]Case{block}, quarter, 7)
	if err != nil {
		t.Fatal(err)
	}
	held, _, err := x.Fit(t.Context(), Recipe{})
	if err != nil {
		t.Fatal(err)
	}
	x.reaches = [churn.Rhythm]float64{}
	loose, _, err := x.Fit(t.Context(), Recipe{})
	if err != nil {
		t.Fatal(err)
	}
	at := func(s churn.Stack) float64 {
		return s.LogOdds(churn.Traits{Silent: 170}, .5) - s.LogOdds(churn.Traits{Silent: 60}, .5)
	}
	if h, l := at(held), at(loose); !(h < l/2) || math.IsNaN(l) {
		t.Errorf("170 days of silence add %.2f to the log-odds of 60 days, and %.2f without reach; want less than half", h, l)
	}
}
