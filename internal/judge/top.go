package judge

import (
	"math"
	"slices"
)

// Top describes the cases with the highest scores.
type Top struct {
	Cases     int     // how many are in it
	Precision float64 // the share of the top cases in which it happened
	Lift      float64 // that share over the share among all
	Captured  float64 // the share, of all in which it happened, that is among them
}

// TopShare looks at the top share of the cases by score. share is in (0, 1],
// rounded to whole cases and at least one case: .1 is the top decile. The last
// place may fall among cases of equal score: then each of these cases counts
// with the probability that a fair draw would take it.
//
// With weights, such as the value at stake, the shares are shares of weight;
// Precision and Lift are then ratios of expected weights over the draw. nil
// weighs every case 1. The top remains a share of the cases, not of the weight.
func TopShare(scores []float64, happened []bool, weights []float64, share float64) Top {
	sameLength("outcomes", len(happened), len(scores))
	if weights != nil {
		sameLength("weights", len(weights), len(scores))
	}
	n := len(scores)
	top := Top{Cases: min(n, max(1, int(math.Round(share*float64(n)))))}
	if slices.ContainsFunc(scores, math.IsNaN) {
		top.Precision, top.Lift, top.Captured = math.NaN(), math.NaN(), math.NaN()
		return top
	}
	var in, hit, all, allHit float64 // weight
	before := 0
	above := make([]float64, n)
	for i, s := range scores {
		above[i] = -s
	}
	for tied := range ties(above) {
		taken := float64(max(0, min(len(tied), top.Cases-before))) / float64(len(tied))
		before += len(tied)
		for _, i := range tied {
			weight := 1.
			if weights != nil {
				weight = weights[i]
			}
			in += float64(taken * weight)
			all += weight
			if happened[i] {
				hit += float64(taken * weight)
				allHit += weight
			}
		}
	}
	top.Precision = hit / in
	top.Lift = top.Precision / (allHit / all)
	top.Captured = hit / allHit
	return top
}
