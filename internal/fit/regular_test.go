package fit

import (
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"gonum.org/v1/gonum/stat/distuv"

	"tidemark/internal/dataset"
	"tidemark/internal/judge"
	"tidemark/internal/stat"
)

// shop simulates customers of whom all buy, with one regularity after another of ks, at rates of Gamma(r, alpha), over up to 1000 days. They leave with
// a probability of Beta(.8, b).
func shop(n int, seed uint64, r, alpha, b float64, ks ...int) (at []stat.Paced, left []bool, span float64) {
	random := rand.NewPCG(seed, 1)
	rates := distuv.Gamma{Alpha: r, Beta: alpha, Src: random}
	leaves := distuv.Beta{Alpha: .8, Beta: b, Src: random}
	uniform := rand.New(random)
	span = 90
	for i := range n {
		h := stat.Paced{Rhythm: stat.Rhythm{T: 200 + 800*uniform.Float64()}}
		rate, p := rates.Rand(), leaves.Rand()
		k, quiet := ks[i%len(ks)], true
		for now := 0.; uniform.Float64() >= p; {
			gap := 0.
			for range k {
				gap += uniform.ExpFloat64() / (rate * float64(k))
			}
			if now += gap; now > h.T {
				quiet = now > h.T+span
				break
			}
			h.X, h.TX, h.LogGaps = h.X+1, now, h.LogGaps+math.Log(gap)
		}
		at, left = append(at, h), append(left, quiet)
	}
	return at, left, span
}

// mixed fits both models, and judges them by other customers.
func mixed(t *testing.T, fitted []stat.Paced, o Options) (Result[stat.PurchaseModel], Result[stat.Regular]) {
	t.Helper()
	groups := Groups(fitted)
	one, err := Purchases(t.Context(), rhythms(groups), false, o)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Regular(t.Context(), groups, one.Model, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("k = 1: %+v, log-likelihood %.1f; mixture: %+v, weights %.3f, log-likelihood %.1f, converged %t, warnings %v, %d iterations",
		one.Model, one.LogLikelihood, r.Model.Purchases, r.Model.Weights, r.LogLikelihood, r.Converged, r.Warnings, r.Iterations)
	if err := r.Model.Validate(); err != nil {
		t.Error(err)
	}
	return one, r
}

func judged(one stat.PurchaseModel, r stat.Regular, at []stat.Paced, left []bool, span float64) (gain judge.Gain, bias [2]float64) {
	before, after := make([]float64, len(at)), make([]float64, len(at))
	for i, h := range at {
		before[i], after[i] = one.NoPurchase(h.Rhythm, span), r.NoPurchase(h, span)
		bias[0] += before[i] / float64(len(at))
		bias[1] += after[i] / float64(len(at))
		if left[i] {
			bias[0] -= 1 / float64(len(at))
			bias[1] -= 1 / float64(len(at))
		}
	}
	return judge.LogLossGain(judge.Set{Scores: after, Rival: before, Happened: left}), bias
}

func TestRegularOfSimulatedShops(t *testing.T) {
	for _, row := range []struct {
		why    string
		ks     []int
		r      float64
		better bool
		mean   [2]float64 // bounds of the mean of 1/k
	}{
		{"all buy at random", []int{1}, .9, false, [2]float64{.93, 1}},
		{"all are regular", []int{8}, .9, true, [2]float64{.1, .2}},
		{"half are regular", []int{1, 13}, .9, true, [2]float64{.45, .62}},
		{"subscribers, all at one rate", []int{13}, 1e4, true, [2]float64{.07, .15}},
	} {
		fitted, _, _ := shop(1500, 1, row.r, row.r*60, 4, row.ks...)
		at, left, span := shop(3000, 2, row.r, row.r*60, 4, row.ks...)
		one, r := mixed(t, fitted, Options{})
		gain, bias := judged(one.Model, r.Model, at, left, span)
		t.Logf("%s: gain %.4f ± %.4f, bias of P(no purchase) %+.4f, with the mixture %+.4f", row.why, gain.Value, gain.StandardError, bias[0], bias[1])
		if gain.Better() != row.better {
			t.Errorf("%s: gain %+v, want it better: %t", row.why, gain, row.better)
		}
		if r.LogLikelihood < one.LogLikelihood-1 {
			t.Errorf("%s: log-likelihood %v, want at least %v, that of k = 1", row.why, r.LogLikelihood, one.LogLikelihood)
		}
		var mean float64
		for i, k := range stat.Regularities {
			mean += r.Model.Weights[i] / float64(k)
		}
		if !(mean >= row.mean[0] && mean <= row.mean[1]) {
			t.Errorf("%s: the mean of 1/k is %.3f, want it within %v", row.why, mean, row.mean)
		}
		if math.Abs(bias[1]) > .03 {
			t.Errorf("%s: bias of P(no purchase) %+.4f, want it within .03", row.why, bias[1])
		}
	}
}

// paced sums up the customers at the end of a day, in days, and says who bought nothing in the days after it.
func (l ledger) paced(end time.Time, after int) (at []stat.Paced, left []bool) {
	until := end.Add(time.Duration(after) * day)
	for _, customer := range slices.Sorted(maps.Keys(l)) {
		days := slices.SortedFunc(maps.Keys(l[customer]), time.Time.Compare)
		var h stat.Paced
		quiet := true
		for i, d := range days {
			switch {
			case d.After(until):
			case d.After(end):
				quiet = false
			case i > 0:
				h.X++
				h.TX = d.Sub(days[0]).Hours() / 24
				h.LogGaps += math.Log(d.Sub(days[i-1]).Hours() / 24)
			}
		}
		if days[0].After(end) {
			continue
		}
		h.T = end.Sub(days[0]).Hours() / 24
		at, left = append(at, h), append(left, quiet)
	}
	return at, left
}

// What the mixture gains on real data, out of time: both are fitted 90 days before the day at which they are judged. CDNOW stays with k = 1. On
// Online Retail the mixture is better.
func TestRegularOfRealData(t *testing.T) {
	for _, row := range []struct {
		name, file string
		format     dataset.Format
		end        time.Time
		better     bool
	}{
		{"CDNOW", "cdnow/CDNOW_sample.txt", dataset.CDNOWSample, date(1998, 3, 31), false},
		{"Online Retail", "online_retail/online_retail.csv.gz", dataset.OnlineRetail, date(2011, 9, 9), true},
	} {
		log := orders(t, row.format, row.file)
		fitted, _ := log.paced(row.end.Add(-90*day), 0)
		one, r := mixed(t, fitted, Options{})
		at, left := log.paced(row.end, 90)
		gain, bias := judged(one.Model, r.Model, at, left, 90)
		t.Logf("%s: %d customers, gain %.5f ± %.5f, bias of P(no purchase within 90 days) %+.4f, with the mixture %+.4f", row.name, len(at), gain.Value, gain.StandardError, bias[0], bias[1])
		if gain.Better() != row.better {
			t.Errorf("%s: gain %+v, want it better: %t", row.name, gain, row.better)
		}
	}
}

// Customers with a rhythm of their own among random buyers: on their day they are no risk, and half a gap later they are. The model for k = 1
// gives both days much the same risk.
func TestSubscribersAreNoRiskBeforeTheirDay(t *testing.T) {
	all, _, _ := shop(500, 1, .9, 54, 2.4, 1)
	r := rand.New(rand.NewPCG(9, 9))
	for _, gap := range []float64{365, 91} {
		for range 100 {
			h := stat.Paced{Rhythm: stat.Rhythm{T: 700 + 1000*r.Float64()}}
			for r.Float64() > .15 {
				g := math.Round(gap + 5*r.NormFloat64())
				if h.TX+g > h.T {
					break
				}
				h.X, h.TX, h.LogGaps = h.X+1, h.TX+g, h.LogGaps+math.Log(g)
			}
			all = append(all, h)
		}
	}
	one, m := mixed(t, all, Options{})
	for _, row := range []struct {
		gap     float64
		repeats int
	}{{365, 4}, {365, 7}, {91, 4 * 4}} {
		n := float64(row.repeats)
		h := stat.Paced{Rhythm: stat.Rhythm{X: row.repeats, TX: n * row.gap}, LogGaps: n * math.Log(row.gap)}
		var risk, before []float64
		for _, share := range []float64{0, 1, 1.1, 1.5, 1.75, 2} {
			h.T = h.TX + share*row.gap
			risk, before = append(risk, 1-m.Model.Alive(h)), append(before, one.Model.NoPurchase(h.Rhythm, 90))
		}
		t.Logf("%d gaps of %v days, after 0, 1, 1.1, 1.5, 1.75 and 2 gaps of silence: 1 - P(alive) %.2f, for k = 1 P(no purchase within 90 days) %.2f", row.repeats, row.gap, risk, before)
		if !(risk[2] < .3 && risk[3] > .5 && risk[4] > .75 && risk[5] > .9) {
			t.Errorf("%d gaps of %v days: risk %.2f, want it below .3 a tenth of a gap after the day, and above .5, .75 and .9 after 1.5, 1.75 and 2 gaps", row.repeats, row.gap, risk)
		}
	}
}

// A large log is fitted on a sample, and the result says so.
func TestRegularOfALargeLog(t *testing.T) {
	all, _, _ := shop(4500, 4, .9, 54, 4, 1, 8)
	r, err := Regular(t.Context(), Groups(all), stat.MBGNBD{R: .9, Alpha: 54, A: .8, B: 4}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if r.Customers != mixtureSample || r.Groups > mixtureSample {
		t.Errorf("%d customers in %d groups, want %d in no more groups", r.Customers, r.Groups, mixtureSample)
	}
	if w := r.Model.Weights[0]; math.Abs(w-.5) > .1 {
		t.Errorf("the weight of k = 1 is %.3f, want about .5", w)
	}
}
