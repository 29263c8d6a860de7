package score

import (
	"math"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// churnAlert explains a change of churn level.
func (e *Engine) churnAlert(c *change) *ChurnAlert {
	ep := c.before.Episode
	t := e.alert(c, ep.Since, ep.LastID)
	t.Kind, t.EpisodeID, t.State, t.Action = Churn, ep.ID, state(ep.Level, c.level), e.model.Actions[c.level]
	if t.State == Resolved {
		e.resolve(t, c, ep.RaisedAt, e.Lapse(&c.v.facts))
		return t
	}
	if t.State == Raised {
		t.Corrects = c.resumed(Churn)
	}
	q := *c.p
	q.Episode.Level, q.Episode.Since = c.level, c.levelSince
	t.WayBack = *e.wayBack(q, c.v)
	return t
}

// alert returns an alert with the fields that all kinds of alerts have. since and id are the instant and the id of the alert that this
// alert follows, but for an UPDATED between the two.
func (e *Engine) alert(c *change, since event.Instant, id string) *ChurnAlert {
	cause, corrects := c.cause(c.before.Update.last(since, id))
	return e.alertBy(c, cause, corrects)
}

// alertBy is alert for a known cause, and the id of what the alert corrects.
func (e *Engine) alertBy(c *change, cause Cause, corrects string) *ChurnAlert {
	v := c.v
	t := &ChurnAlert{
		Stamp:       e.stamp(c, cause),
		LevelBefore: c.before.Episode.Level, Level: c.level,
		RiskBefore: c.base.last.signs.Risk, Risk: v.signs.Risk, RiskNormal: v.signs.Normal,
		HorizonDays: int32(e.model.Churn.Horizon.Hours() / 24),
		Tier:        c.tier, Currency: e.model.Base, OpenComplaints: int32(v.facts.OpenComplaints),
		Corrects: corrects, Contactable: e.contactable(c.p.Whole()), Owner: c.p.Whole().Attribute("owner"),
	}
	if v.buyer() {
		t.LastPurchaseAt = v.facts.LastPurchase
		t.DaysSilent = tenth(v.pattern.Age - v.pattern.Last)
		t.UsualGapDays = tenth(v.facts.UsualGapDays())
		t.ExpectedNextP50 = e.expectedNext(v.pattern, v.at, .5)
		t.ExpectedNextP90 = e.expectedNext(v.pattern, v.at, .9)
		t.ValueAtStake = e.atStake(v)
		t.Factors = e.factors(v)
	}
	t.Unannounced = t.ControlGroup && !e.model.AnnounceControl
	return t
}

// resolve makes t the last alert of an episode or a window that was raised at an instant and that lapses with a silence. Where it
// lapsed, t also names the likely cause. No action is due any more.
func (e *Engine) resolve(t *ChurnAlert, c *change, raised event.Instant, lapse time.Duration) {
	t.State, t.Resolve, t.ActBy = Resolved, e.resolution(c, t.Cause, lapse), event.Never
	if t.Cause == ByCorrection && c.occasion.at < raised {
		t.State, t.Resolve = Retracted, ByCorrected
	}
	if c.back.began(t.Kind) {
		t.State = Retracted
	}
	if t.Resolve == ByLapse {
		t.LikelyCause, t.Evidence = e.likelyCause(*c.p.Whole(), c.v.at)
	}
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

// resolution is why an episode or a window ended: a new model, a silence as long as lapse, a purchase, the correction of a purchase,
// or only a risk that fell. A risk falls so when a complaint is resolved, or when what spoke for the risk is forgotten.
// The risk of an id that turns out to behave like a shop counts as fallen. An alert about a test account was never about a customer: that is a
// correction.
func (e *Engine) resolution(c *change, cause Cause, lapse time.Duration) ResolveReason {
	v := c.v
	was, is := &c.base.last.facts, &v.facts
	switch {
	case v.signs.Test:
		return ByCorrected // RELIEF would count as a customer won
	case cause == ByModel:
		return ByNewModel
	case cause == ByMerge:
		return ByMerged // what was bought under another id brings nobody back
	case v.buyer() && v.signs.Silence >= lapse:
		return ByLapse
	case is.PurchaseDays > was.PurchaseDays, is.LastDay > was.LastDay:
		return ByPurchase // also one that was stamped ahead, and whose time has come
	case v.signs.Shop:
		return ByRelief // the risk says nothing any more
	case cause == ByCorrection, is.Orders != was.Orders, is.PurchaseDays != was.PurchaseDays, is.LastDay != was.LastDay, is.Spend != was.Spend:
		return ByCorrected
	}
	return ByRelief
}

// expectedWithin is how far ahead a next purchase is still expected, in days: five years. A one-time buyer's ninth decile may lie
// decades ahead, and nobody can plan for that.
const expectedWithin = 5 * 365

// expectedNext is the instant by which a customer who is still there buys with probability q; zero where it is more than
// expectedWithin ahead.
func (e *Engine) expectedNext(p clv.Pattern, at event.Instant, q float64) event.Instant {
	n := e.model.Value.NextPurchase(p, q)
	if !(n <= 2*expectedWithin) { // no season makes ten years of five
		return 0
	}
	if n = e.until(at, n); n > expectedWithin {
		return 0
	}
	return at.Add(days(n))
}

// atStake is what is lost if the customer has left: V × (1 − P(alive)) with V = current value / P(alive), in minor units. The
// current value counts the risk already; V does not.
func (e *Engine) atStake(v *evaluation) int64 {
	alive := e.model.Value.Alive(v.pattern)
	if alive < 1e-9 {
		return 0
	}
	return e.minor(v.current / alive * (1 - alive))
}

// The factors of a churn risk, in the order of an alert. The factors from rhythm on exist with a stack only. The factors from nps
// on are left out where they change nothing: the reference customer has said nothing, given nothing back, and not looked in.
const (
	factorReference    = "reference"  // the reference customer's own log-odds
	factorRecency      = "recency"    // days of silence
	factorFrequency    = "frequency"  // purchase days
	factorTenure       = "tenure"     // days since the first purchase
	factorRegularity   = "regularity" // percent: the geometric mean of the gaps over their mean; only with a mixture of regularities
	factorRhythm       = "rhythm"     // the usual gap, in days
	factorSpend        = "spend"      // over life
	factorLastOrder    = "last_order"
	factorItems        = "items"        // that the orders named over life, and the last one
	factorNPS          = "nps"          // the latest answer, 0 to 10
	factorSatisfaction = "satisfaction" // the mean of the other answers of a year, 0 to 10
	factorComplaints   = "complaints"   // of a year, open or not
	factorRefunded     = "refunded"     // percent of a year's spend
	factorEngagement   = "engagement"   // weight of the interactions of 30 days
	factorLastYear     = "last_year"    // 1 for who bought a year ago in the window that now lies ahead
)

// factors splits the log-odds of v's risk into the log-odds of the reference customer and the effects of v's traits. Recency,
// frequency, tenure, regularity and rhythm interact: their parts are Shapley values. The parts of the other traits are plain differences. All
// parts add up to the log-odds of the rounded risk exactly; they are in thousandths.
func (e *Engine) factors(v *evaluation) []Factor {
	reference := &e.model.Reference
	ref, own := traitsOf(reference.Pattern, reference.UsualGap), traitsOf(v.pattern, v.facts.MedianGapDays)
	base := churn.Traits{Spend: reference.Spend, LastOrder: reference.LastOrder, Items: reference.Items, LastItems: reference.LastItems}
	plain := e.model.Stack.Plain()
	places, names := e.mingled()
	parts := make([]float64, 1, 8)
	parts[0] = e.logOdds(&ref, base)
	parts = append(parts, value.Shapley(len(places), func(set int) float64 {
		mixed := ref
		for i, place := range places {
			if set>>i&1 == 1 {
				mixed.take(place, &own)
			}
		}
		return e.logOdds(&mixed, base)
	})...)
	factors := make([]Factor, 1, 8)
	factors[0].Name = factorReference
	for i, place := range places {
		factors = append(factors, Factor{Name: names[i], Raw: tenth(own.raw(place))})
	}
	if !plain {
		was := parts[0]
		for _, mingled := range parts[1:] {
			was += mingled
		}
		step := func(name string, raw float64, to func(*churn.Traits)) {
			to(&base)
			is := e.logOdds(&own, base)
			parts, was = append(parts, is-was), is
			factors = append(factors, Factor{Name: name, Raw: tenth(raw)})
		}
		is := e.Traits(&v.facts, v.pattern)
		step(factorSpend, is.Spend, func(t *churn.Traits) { t.Spend = is.Spend })
		step(factorLastOrder, is.LastOrder, func(t *churn.Traits) { t.LastOrder = is.LastOrder })
		step(factorItems, float64(is.Items), func(t *churn.Traits) { t.Items, t.LastItems = is.Items, is.LastItems })
		felt := func(name string, raw float64, to func(*churn.Traits)) {
			if step(name, raw, to); parts[len(parts)-1] == 0 {
				parts, factors = parts[:len(parts)-1], factors[:len(factors)-1]
			}
		}
		if e.feels.mood {
			felt(factorNPS, v.facts.NPSScore, func(t *churn.Traits) { t.NPS = is.NPS })
			felt(factorSatisfaction, 10*v.facts.CSATMean, func(t *churn.Traits) { t.Satisfaction = is.Satisfaction })
			felt(factorComplaints, float64(is.Complaints), func(t *churn.Traits) { t.Complaints, t.OpenComplaints = is.Complaints, is.OpenComplaints })
			felt(factorRefunded, 100*is.Refunded, func(t *churn.Traits) { t.Refunded = is.Refunded })
		}
		if e.feels.engagement {
			felt(factorEngagement, is.Lately, func(t *churn.Traits) { t.Engagement, t.Lately = is.Engagement, is.Lately })
		}
		if is.LastYear {
			felt(factorLastYear, 1, func(t *churn.Traits) { t.LastYear = true })
		}
	}
	for i, odds := range value.Apportion(parts, churn.LogOdds(v.signs.Risk)) {
		factors[i].LogOdds = odds
	}
	return e.capped(v, factors)
}

// tenth rounds to a tenth, for human readers.
func tenth(x float64) float64 { return math.RoundToEven(x*10) / 10 }
