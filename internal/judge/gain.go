package judge

// Gain is by how much the mean log loss of one forecast is lower than that of another, with its standard error; above 0 where the first is
// better. It has no unit. Both are NaN where nothing was judged, and then none of the questions below is answered with yes.
type Gain Estimate

// LogLossGain is the gain of Scores over Rival. Both are probabilities of what Happened, and are held within [1e-6, 1 - 1e-6]: a forecast that
// was sure and wrong costs 13.8.
//
// In one set the gain is the mean over all cases; over several sets it is the mean of the gains of the sets. The standard error compares the
// two forecasts case by case, and adds up the cases of a customer before it squares them: a customer who is judged at several cutoffs counts
// once. With k customers the variance has the factor k/(k-1), as for AUC. The gain is NaN for a set without cases, its standard error for
// fewer than two customers in a set.
//
// To ask whether a hold-out of several parts shows a gain, put all parts in one set: parts are no cutoffs, and small parts must not count as
// much as large ones.
func LogLossGain(sets ...Set) Gain {
	return Gain(overall(sets, func(s Set) []float64 {
		sameLength("outcomes", len(s.Happened), len(s.Scores))
		gains := make([]float64, len(s.Scores))
		for i, p := range s.Scores {
			gains[i] = logLikelihood(logit(p), s.Happened[i]) - logLikelihood(logit(s.Rival[i]), s.Happened[i])
		}
		return gains
	}))
}

// overall is the mean over the sets of the mean of v over all cases.
func overall(sets []Set, v func(Set) []float64) Estimate {
	everyone := make([]Set, len(sets))
	for i, s := range sets {
		everyone[i] = Set{Scores: v(s), Customers: s.Customers, Happened: make([]bool, len(s.Scores))}
		for k := range everyone[i].Happened {
			everyone[i].Happened[k] = true
		}
	}
	return meanOf(everyone, func(s Set) []float64 { return s.Scores })
}

// leastGain is the gain of log loss from which on a forecast is worth another model: nobody sees that a probability of .5 has become .50005.
const leastGain = 1e-4

// Better reports whether the gain is worth anything, and above 0 by more than chance: by two standard errors.
func (g Gain) Better() bool { return g.Value >= leastGain && g.Value > 2*g.StandardError }

// Probable reports whether the gain is worth anything, and above 0 by more than one standard error: it is real five times of six. That is
// enough where a wrong answer costs little, as between two forecasts that hardly differ.
func (g Gain) Probable() bool { return g.Value >= leastGain && g.Value > g.StandardError }

// Worse reports whether the gain is below 0 by more than one standard error.
func (g Gain) Worse() bool { return g.Value < -g.StandardError }

// SurelyWorse reports whether the gain is below 0 by more than two standard errors.
func (g Gain) SurelyWorse() bool { return g.Value < -2*g.StandardError }

// Interval is the 95 % interval of the gain.
func (g Gain) Interval() (low, high float64) { return Estimate(g).Interval() }
