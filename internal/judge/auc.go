package judge

import "math"

// Set is a set of cases that are ranked together, such as the customers of one
// cutoff. The slices have equal lengths.
type Set struct {
	Scores   []float64
	Rival    []float64 // other scores of the same cases, for AUCDifference
	Happened []bool
	// Customers names the customer of each case. Without it, all cases count as
	// independent.
	Customers []string
}

// Estimate is a figure with its standard error. The standard error is NaN where
// there are too few cases to estimate it.
type Estimate struct {
	Value, StandardError float64
}

// Interval is the 95 % interval, by the normal distribution. For an AUC near 0
// or 1 it may reach beyond 0 or 1.
func (e Estimate) Interval() (low, high float64) {
	const z = 1.959963984540054
	return e.Value - float64(z*e.StandardError), e.Value + float64(z*e.StandardError)
}

// AUC is the probability that a case in which it happened has a higher score
// than a case in which it did not; a tie counts half. Over several sets it is
// the mean of their AUCs. It is in [0, 1], and .5 by chance. It is NaN where a
// set lacks either kind of case. It takes O(n log n).
//
// The standard error is that of DeLong, DeLong & Clarke-Pearson, Comparing the
// Areas under Two or More Correlated Receiver Operating Characteristic Curves,
// Biometrics 44(3), 1988, from the ranks as in Sun & Xu, Fast Implementation of
// DeLong's Algorithm, IEEE Signal Processing Letters 21(11), 2014.
//
// Cutoffs that roll over the same customers are not independent: taken as
// independent, they look surer than they are. Where Customers are given, the
// contributions of all cases of a customer are added up before they are squared:
// Obuchowski, Nonparametric Analysis of Clustered ROC Curve Data, Biometrics
// 53(2), 1997, here across the sets as well. Its factor for small samples is
// taken by set and kind, so that customers with one case each give DeLong's
// standard error.
func AUC(sets ...Set) Estimate {
	return meanOf(sets, func(s Set) []float64 { return placements(s.Scores, s.Happened) })
}

// AUCDifference is the AUC of Scores less the AUC of Rival; over several sets
// the mean difference. Its standard error accounts for both ranking the same
// cases. All else is as for AUC.
func AUCDifference(sets ...Set) Estimate {
	return meanOf(sets, func(s Set) []float64 {
		v, w := placements(s.Scores, s.Happened), placements(s.Rival, s.Happened)
		for i := range v {
			v[i] -= w[i]
		}
		return v
	})
}

// placements is, for each case, the share of the cases of the other kind that
// the scores rank on the right side of it: DeLong's structural components. Their
// mean over the cases of either kind is the AUC.
func placements(scores []float64, happened []bool) []float64 {
	sameLength("outcomes", len(happened), len(scores))
	v := make([]float64, len(scores))
	yes := float64(count(happened))
	no := float64(len(happened)) - yes
	var yesBelow, noBelow float64
	for tied := range ties(scores) {
		var yesHere float64
		for _, i := range tied {
			if happened[i] {
				yesHere++
			}
		}
		noHere := float64(len(tied)) - yesHere
		for _, i := range tied {
			switch {
			case math.IsNaN(scores[i]):
				v[i] = math.NaN()
			case happened[i]:
				v[i] = (noBelow + noHere/2) / no
			default:
				v[i] = (yes - yesBelow - yesHere/2) / yes
			}
		}
		yesBelow += yesHere
		noBelow += noHere
	}
	return v
}

// meanOf is the mean over the sets of the mean of v over the cases in which it
// happened.
func meanOf(sets []Set, v func(Set) []float64) Estimate {
	var e Estimate
	all := customers{index: map[string]int{}}
	for _, s := range sets {
		of := v(s)
		mean := meanWhere(of, s.Happened, true)
		e.Value += mean / float64(len(sets))
		if s.Customers != nil {
			sameLength("customers", len(s.Customers), len(of))
		}
		for _, kind := range []bool{true, false} {
			var ids []int
			var parts []float64
			for i, happened := range s.Happened {
				if happened == kind {
					ids = append(ids, all.id(s, i))
					parts = append(parts, of[i]-mean)
				}
			}
			all.add(ids, parts, float64(len(sets)))
		}
	}
	var variance float64
	for _, part := range all.parts {
		variance += float64(part * part)
	}
	e.StandardError = math.Sqrt(variance)
	if len(sets) == 0 || math.IsNaN(e.Value) {
		return Estimate{math.NaN(), math.NaN()}
	}
	return e
}

// customers adds up, by customer, what the cases contribute to the error of an
// estimate.
type customers struct {
	index map[string]int
	parts []float64
}

// id is the customer of case i.
func (c *customers) id(s Set, i int) int {
	if s.Customers == nil {
		c.parts = append(c.parts, 0)
		return len(c.parts) - 1
	}
	id, ok := c.index[s.Customers[i]]
	if !ok {
		id = len(c.parts)
		c.index[s.Customers[i]] = id
		c.parts = append(c.parts, 0)
	}
	return id
}

// add takes in the cases of one kind in one of so many sets. A single customer
// says nothing of how customers differ: the error is then NaN.
func (c *customers) add(ids []int, parts []float64, sets float64) {
	distinct := map[int]bool{}
	for _, id := range ids {
		distinct[id] = true
	}
	k := float64(len(distinct))
	factor := math.Sqrt(k/(k-1)) / (float64(len(ids)) * sets)
	if k < 2 {
		factor = math.NaN()
	}
	for i, id := range ids {
		c.parts[id] += float64(factor * parts[i])
	}
}

func count(happened []bool) int {
	var n int
	for _, h := range happened {
		if h {
			n++
		}
	}
	return n
}

func meanWhere(v []float64, happened []bool, kind bool) float64 {
	var sum, n float64
	for i, h := range happened {
		if h == kind {
			sum += v[i]
			n++
		}
	}
	return sum / n
}
