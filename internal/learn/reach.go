package learn

import (
	"math"

	"tidemark/internal/score/churn"
)

// reaching are the terms of silence alone, which go on growing after the cuts: reach says how far.
var reaching = []churn.Term{churn.Silence, churn.Silence14, churn.Silence60, churn.SilenceDays}

// reach is, by term, how many times larger the variance of a term is once a horizon has passed than at the cuts, at least 1. The ridge of the
// term is as many times stronger: it then holds the weight by the spread of the term where risks are foretold, not by its spread at the cuts.
//
// Where a log is young, nobody at a cut has been silent for long. A log of 79 days knows silences of 61 to 79 days beyond 60, so silence_60 hardly
// varies, and a ridge by that spread holds its weight 18 times too loosely. On Online Retail the weight was 1.18 at 2011-05-20, and foretold
// silences of 170 days: risks were too extreme, with a calibration slope of .85. With reach the weight is .37, and the slope .97. In an old log
// reach is near 1.
//
// To hold these terms at the edge of what was seen (see bound) gives the same slopes, but costs .0017 of AUC on the CDNOW sample: who has been
// silent for longer then hardly ranks higher.
func (x *Examples) reach(horizonDays float64) (by [churn.Rhythm]float64) {
	for _, t := range reaching {
		var now, then spread
		for i := range x.rows {
			v := x.rows[i].X
			later := churn.Traits{Silent: math.Expm1(v[churn.Silence]) + horizonDays}.Values(.5)
			now.add(v[t])
			then.add(v[t])
			then.add(later[t])
		}
		by[t] = 1
		if now.variance() > 0 {
			by[t] = max(1, then.variance()/now.variance())
		}
	}
	return by
}

// spread adds up numbers for their variance. Terms lie within some tens of 0, so their squares lose nothing.
type spread struct{ n, sum, squares float64 }

func (s *spread) add(v float64) {
	s.n++
	s.sum += v
	s.squares += float64(v * v)
}

func (s *spread) variance() float64 {
	mean := s.sum / s.n
	return max(0, s.squares/s.n-float64(mean*mean))
}
