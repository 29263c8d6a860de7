package score

import (
	"math"

	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
)

// traits are what mingles in a churn risk. In days, but for the repeats: recency, repeats, tenure (which includes the recency), and the usual
// gap; then by how much the season makes recency and tenure longer; then how regular the gaps are, as evenness says, and 1 where that is known.
type traits [8]float64

// The places of the traits that are factors.
const (
	atRecency = iota
	atRepeats
	atTenure
	atUsualGap
	atRecencyShift
	atTenureShift
	atEvenness
	atGapsKnown
)

func traitsOf(p clv.Pattern, usualGap float64) traits {
	t := traits{max(0, p.Age-p.Last), float64(p.Repeats), p.Age, usualGap, p.AgeShift - p.LastShift, p.AgeShift, evenness(p)}
	if p.GapsKnown {
		t[atGapsKnown] = 1
	}
	return t
}

// evenness is the mean logarithm of a gap over the mean gap: 0 where all gaps are equal, below 0 else, about -.58 where purchases come at random.
func evenness(p clv.Pattern) float64 {
	if p.Repeats == 0 || p.Last <= 0 {
		return 0
	}
	x := float64(p.Repeats)
	return p.LogGaps/x - math.Log(p.Last/x)
}

// take takes a trait from another customer, and what belongs to the trait.
func (t *traits) take(place int, from *traits) {
	t[place] = from[place]
	switch place {
	case atRecency:
		t[atRecencyShift] = from[atRecencyShift]
	case atTenure:
		t[atTenureShift] = from[atTenureShift]
	case atEvenness:
		t[atGapsKnown] = from[atGapsKnown]
	}
}

// pattern is a customer with the traits t. A mixture of two customers may be silent for longer than its tenure; then the tenure
// is the silence.
func (t *traits) pattern() clv.Pattern {
	p := clv.Pattern{Repeats: int(t[atRepeats]), Age: max(t[atTenure], t[atRecency]), GapsKnown: t[atGapsKnown] == 1}
	silent := t[atRecency] + t[atRecencyShift]
	age := max(t[atTenure]+t[atTenureShift], silent)
	p.AgeShift = age - p.Age
	if p.Repeats > 0 {
		p.Last = p.Age - t[atRecency]
		p.LastShift = age - silent - p.Last
		x := float64(p.Repeats)
		p.LogGaps = float64(x * (math.Log(max(p.Last/x, 1)) + t[atEvenness])) // no gap is shorter than a day
	}
	return p
}

// mingled are the places of the traits that interact in a risk of the model, and the names of their factors.
func (e *Engine) mingled() (places []int, names []string) {
	places, names = []int{atRecency, atRepeats, atTenure}, []string{factorRecency, factorFrequency, factorTenure}
	if e.Mixed() {
		places, names = append(places, atEvenness), append(names, factorRegularity)
	}
	if !e.model.Stack.Plain() { // else the usual gap says nothing
		places, names = append(places, atUsualGap), append(names, factorRhythm)
	}
	return places, names
}

// raw is the trait at a place, for human readers: of evenness a percentage, 0 where it is not known.
func (t *traits) raw(place int) float64 {
	switch place {
	case atRepeats:
		return t[place] + 1
	case atEvenness:
		if t[atGapsKnown] == 0 || t[atRepeats] == 0 {
			return 0
		}
		return 100 * math.Exp(t[place])
	}
	return t[place]
}

// logOdds are the log-odds of the risk of a customer with the traits t, and with the other traits of rest; in thousandths.
func (e *Engine) logOdds(t *traits, rest churn.Traits) float64 {
	p := t.pattern()
	rest.Silent, rest.MedianGap, rest.Tenure, rest.Repeats = p.Age-p.Last, t[atUsualGap], p.Last, p.Repeats
	bare := e.bareRisk(p)
	if e.model.Stack.Plain() {
		return float64(churn.LogOdds(bare))
	}
	return 1000 * e.model.Stack.LogOdds(rest, bare)
}
