package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// churnAlert explains a change of churn level.
func (e *Engine) churnAlert(before, p *Profile, v *evaluation, b *base, o occasion, tier Tier, to Level) *ChurnAlert {
	ep := before.Episode
	cause, corrects := o.cause(before, ep.Since, ep.LastID)
	t := &ChurnAlert{
		Stamp:     e.stamp(before, v, cause, o),
		EpisodeID: ep.ID, State: state(ep.Level, to), Kind: Churn,
		LevelBefore: ep.Level, Level: to,
		RiskBefore: b.settled.signs.Risk, Risk: v.signs.Risk, RiskNormal: v.signs.Normal,
		HorizonDays: int32(e.model.Churn.Horizon.Hours() / 24),
		Tier:        tier, Currency: e.model.Base, OpenComplaints: int32(v.facts.OpenComplaints),
		Action: e.model.Actions[to], Corrects: corrects,
		Contactable: p.History.ContactableChannels(), Owner: p.History.Attribute("owner"),
	}
	if v.buyer() {
		t.LastPurchaseAt = v.facts.LastPurchase
		t.DaysSilent = tenth(v.pattern.Age - v.pattern.Last)
		t.UsualGapDays = tenth(v.facts.MedianGapDays)
		t.ExpectedNextP50 = e.expectedNext(v, .5)
		t.ExpectedNextP90 = e.expectedNext(v, .9)
		t.ValueAtStake = e.atStake(v)
		t.Factors = e.factors(v)
	}
	if t.State == Resolved {
		t.Resolve = e.resolution(b, v, cause)
		if cause == ByCorrection && o.event.At() < ep.RaisedAt {
			t.State, t.Resolve = Retracted, ByCorrected
		}
	}
	return t
}

func state(from, to Level) EpisodeState {
	switch {
	case from == churn.None:
		return Raised
	case to == churn.None:
		return Resolved
	case to > from:
		return Escalated
	}
	return Eased
}

// resolution is why an episode ended: bought again, silent for too long, a new model, or no longer what it was.
func (e *Engine) resolution(b *base, v *evaluation, cause Cause) ResolveReason {
	switch {
	case cause == ByModel:
		return ByNewModel
	case v.buyer() && v.signs.Silence >= e.model.Churn.Lapse:
		return ByLapse
	case v.facts.PurchaseDays > b.settled.facts.PurchaseDays, v.facts.LastDay > b.settled.facts.LastDay:
		return ByPurchase // also one that was stamped ahead, and whose time has come
	}
	return ByCorrected
}

// expectedNext is the instant by which somebody who is still there buys with probability q; zero beyond a century.
func (e *Engine) expectedNext(v *evaluation, q float64) event.Instant {
	n := e.model.Value.NextPurchase(v.pattern, q)
	if !(n < 36525) {
		return 0
	}
	return v.at.Add(days(n))
}

// atStake is V × (1 − P(alive)) with V = current value / P(alive), in minor units: what is lost if the customer has left. The
// current value counts the risk already, V does not.
func (e *Engine) atStake(v *evaluation) int64 {
	alive := e.model.Value.Alive(v.pattern)
	if alive < 1e-9 {
		return 0
	}
	return e.minor(v.current / alive * (1 - alive))
}

// The factors of a churn risk, in the order in which they are told.
const (
	factorReference = "reference" // the reference customer's own log-odds
	factorRecency   = "recency"   // days of silence
	factorFrequency = "frequency" // purchase days
	factorTenure    = "tenure"    // days since the first purchase
)

// factors splits the log-odds of v's risk into those of the reference customer and what recency, frequency and tenure make of
// it: Shapley values over the three. They add up to the log-odds of the rounded risk, in thousandths, exactly.
func (e *Engine) factors(v *evaluation) []Factor {
	ref, own := traitsOf(e.model.Reference), traitsOf(v.pattern)
	horizon := e.model.Churn.Horizon.Hours() / 24
	var odds [8]float64
	for set := range odds {
		mixed := ref
		for i := range own {
			if set>>i&1 == 1 {
				mixed[i] = own[i]
			}
		}
		odds[set] = float64(churn.LogOdds(e.model.Value.NoPurchase(mixed.pattern(), horizon)))
	}
	weight := [3]float64{1.0 / 3, 1.0 / 6, 1.0 / 3} // by how many joined before: 0, 1, 2 of three
	parts := make([]float64, 1+len(own))
	parts[0] = odds[0]
	for set := range odds {
		size := set&1 + set>>1&1 + set>>2&1
		for i := range own {
			if set>>i&1 == 0 {
				parts[1+i] += float64(weight[size] * (odds[set|1<<i] - odds[set]))
			}
		}
	}
	whole := value.Apportion(parts, churn.LogOdds(v.signs.Risk))
	names := [...]string{factorReference, factorRecency, factorFrequency, factorTenure}
	raw := [...]float64{0, own[0], own[1] + 1, own[2]}
	factors := make([]Factor, len(names))
	for i, name := range names {
		factors[i] = Factor{Name: name, LogOdds: whole[i], Raw: tenth(raw[i])}
	}
	return factors
}

// traits are recency, repeats and tenure, the last including the first.
type traits [3]float64

func traitsOf(p clv.Pattern) traits {
	return traits{max(0, p.Age-p.Last), float64(p.Repeats), p.Age}
}

// pattern is a customer of such traits. Where a mixture is of somebody silent for longer than known, the tenure is the silence.
func (t traits) pattern() clv.Pattern {
	p := clv.Pattern{Repeats: int(t[1]), Age: max(t[2], t[0])}
	if p.Repeats > 0 {
		p.Last = p.Age - t[0]
	}
	return p
}

// tenth rounds to a tenth, for reading.
func tenth(x float64) float64 { return math.RoundToEven(x*10) / 10 }
