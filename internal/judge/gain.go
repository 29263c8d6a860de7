package judge

// LogLossGain is by how much the log loss of Scores is lower than the log loss of
// Rival: above 0 where Scores are better. Both are probabilities of what Happened.
// Over several sets it is the mean gain. Its standard error accounts for both being
// held against the same cases, and takes the cases of a customer together, as for
// AUC. It is NaN for a set without cases, and its standard error for fewer than two
// customers in a set.
func LogLossGain(sets ...Set) Estimate {
	return overall(sets, func(s Set) []float64 {
		sameLength("outcomes", len(s.Happened), len(s.Scores))
		gains := make([]float64, len(s.Scores))
		for i, p := range s.Scores {
			gains[i] = logLikelihood(logit(p), s.Happened[i]) - logLikelihood(logit(s.Rival[i]), s.Happened[i])
		}
		return gains
	})
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
