package judge

import "math"

// Line relates the log-odds of what happened to the log-odds that were forecast:
// intercept 0 and slope 1 if every forecast is true.
type Line struct {
	Intercept Estimate // above 0 where forecasts near .5 are too low
	Slope     Estimate // below 1 where forecasts are too extreme, above 1 where too timid
}

// CalibrationLine is the logistic regression of what happened on the log-odds of
// the forecasts, by maximum likelihood. It is NaN where the likelihood has no
// maximum: where one threshold on the forecast separates the outcomes, or where
// all forecasts are alike.
//
// Source: Cox, Two Further Applications of a Model for Binary Regression,
// Biometrika 45, 1958. The standard errors come from the Hessian.
func CalibrationLine(forecasts []float64, happened []bool) Line {
	sameLength("outcomes", len(happened), len(forecasts))
	cases := make([]weighed, len(forecasts))
	for i, p := range forecasts {
		cases[i] = weighed{logit(p), happened[i], 1}
	}
	return calibrate(cases)
}

// weighed counts the cases of one log-odds: in how many it happened, and in how
// many it did not.
type weighed struct {
	x        float64
	happened bool
	cases    float64
}

func calibrate(cases []weighed) Line {
	none := Line{Estimate{math.NaN(), math.NaN()}, Estimate{math.NaN(), math.NaN()}}
	if !overlap(cases) {
		return none
	}
	const enough = 1e-12 // of log-likelihood to gain
	a, b := 0., 0.       // where the curvature is greatest: from there Newton's steps, halved where they overshoot, stay where it is not lost
	here := slopeAt(a, b, cases)
	for range 100 {
		da, db := here.step()
		gain := float64(da*here.byA) + float64(db*here.byB)
		next := slopeAt(a+da, b+db, cases)
		rounding := 1e-13 * math.Abs(here.value)
		for halvings := 0; !(next.value >= here.value-rounding) && halvings < 50; halvings++ {
			da, db = da/2, db/2
			next = slopeAt(a+da, b+db, cases)
		}
		a, b, here = a+da, b+db, next
		if gain <= enough {
			return Line{
				Intercept: Estimate{a, math.Sqrt(here.bb / here.determinant())},
				Slope:     Estimate{b, math.Sqrt(here.aa / here.determinant())},
			}
		}
	}
	return none
}

// overlap reports whether no threshold on x separates the outcomes. Then, and
// only then, the likelihood has its maximum at finite parameters (Albert &
// Anderson, Biometrika 71, 1984).
func overlap(cases []weighed) bool {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, c := range cases {
		k := 0
		if c.happened {
			k = 1
		}
		if c.cases > 0 {
			low[k], high[k] = min(low[k], c.x), max(high[k], c.x)
		}
	}
	return high[0] > low[1] && high[1] > low[0]
}

// slope is the log-likelihood of a line a + b x, its first derivatives, and its
// second derivatives with the sign changed.
type slope struct {
	value, byA, byB, aa, ab, bb float64
}

func slopeAt(a, b float64, cases []weighed) slope {
	var s slope
	for _, c := range cases {
		odds := a + float64(b*c.x)
		p := 1 / (1 + math.Exp(-odds))
		off, weight := float64(c.cases*(indicator(c.happened)-p)), float64(c.cases*p*(1-p))
		s.value += float64(c.cases * logLikelihood(odds, c.happened))
		s.byA += off
		s.byB += float64(off * c.x)
		s.aa += weight
		s.ab += float64(weight * c.x)
		s.bb += float64(weight * c.x * c.x)
	}
	return s
}

func (s slope) determinant() float64 {
	return float64(s.aa*s.bb) - float64(s.ab*s.ab)
}

// step is a step of Newton's method.
func (s slope) step() (a, b float64) {
	det := s.determinant()
	return (float64(s.bb*s.byA) - float64(s.ab*s.byB)) / det, (float64(s.aa*s.byB) - float64(s.ab*s.byA)) / det
}
