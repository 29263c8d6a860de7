package fit

import (
	"math"
	"testing"

	"tidemark/internal/stat"
)

// Customers whose gaps are by turns long and short are less regular than random buyers: no k > 1 gains anything, and the fit ends where the fit for
// k = 1 has ended. Evenly spaced purchases gain much.
func TestNoRegularityIsSeenAtOnce(t *testing.T) {
	for _, row := range []struct {
		why  string
		gaps func(long, short float64) [2]float64
		want bool
	}{
		{"gaps by turns long and short", func(long, short float64) [2]float64 { return [2]float64{long, short} }, true},
		{"even gaps", func(long, short float64) [2]float64 { return [2]float64{(long + short) / 2, (long + short) / 2} }, false},
	} {
		var customers []stat.Paced
		var rhythms []stat.Rhythm
		for i := range 300 {
			h := stat.Paced{Rhythm: stat.Rhythm{T: 100}}
			gap := row.gaps(2+float64(i%17), .05)
			for n := 0; n < i%7 && h.TX+gap[n%2] < h.T; n++ {
				h.X, h.TX, h.LogGaps = h.X+1, h.TX+gap[n%2], h.LogGaps+math.Log(gap[n%2])
			}
			customers, rhythms = append(customers, h), append(rhythms, h.Rhythm)
		}
		one, err := MBGNBD(t.Context(), Groups(rhythms), Options{})
		if err != nil {
			t.Fatal(err)
		}
		groups := Groups(customers)
		m := mixture{groups: groups, typical: meansOf(Groups(rhythms))}
		m.purchases(one.Model)
		if got := m.irregular(t.Context()); got != row.want {
			t.Errorf("%s: irregular is %v, want %v", row.why, got, row.want)
		}
		r, err := Regular(t.Context(), groups, one.Model, Options{})
		if err != nil || (r.Model.Weights[0] == 1) != row.want {
			t.Errorf("%s: weights %v, %v", row.why, r.Model.Weights, err)
		}
		if row.want && math.Abs(r.LogLikelihood-one.LogLikelihood) > nothing {
			t.Errorf("%s: log-likelihood %v, want %v as for k = 1", row.why, r.LogLikelihood, one.LogLikelihood)
		}
	}
}
