package score

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/tier"
	"tidemark/internal/score/value"
)

// Drop says how far the score or the current value of a customer falls within a tier before it is told. Each is compared with the reference: the
// newest end of a month that is at least 30 days ago, in the tier that the customer has since then. The zero value tells none.
//
//	end of month   end of month
//	─────┴──────────────┴─────────────┬──────────────┬────────────> time
//	     └────── 30 days ─────> reference ──> the next reference
//
// A drop is over when it is half made good, which the next reference may do: the customer has stayed where they were. It is also over when the
// tier tells of it, and when the customer lapses. Who has bought too seldom for a churn alert has nothing to drop from yet: the value of a one-time
// buyer falls in every silence.
//
// The shipped model tells of no drops, for they foretell nothing that the score and the risk do not. Compared were customers of three purchase days or
// more at the same date, in the same tier, bands of silence and ten points of score, with and without an open drop by {score .25, clv .5, least_clv 10};
// the intervals are 95 % of a bootstrap over customers. Within 90 days they bought again by so many points more or less:
//
//	CDNOW          +2.8 (+0.7 to +4.7); in the same band of risk besides +0.3 (-1.7 to +2.7)
//	Online Retail  -9.8 (-22.6 to +3.0); -9.7 (-23.8 to +3.9)
//	apparel        -7.2 (-24.3 to +8.0); 26 drops are too few for bands of risk
//
// A spend of 182 days below half of that of the 183 days before, which the stage DECLINING takes, foretells more in two of the three logs:
//
//	CDNOW          -3.9 (-6.1 to -2.3); -4.2 (-6.2 to -2.4), and 22 % less spend (17 to 28)
//	Online Retail  -21.2 (-32.3 to -10.1); -18.3 (-32.6 to -3.9), and 42 % less spend (18 to 62)
//	apparel        +0.1 (-10.8 to +10.5)
type Drop struct {
	// Score and Value are the shares of the reference that the score and the current value lose, in (0, 1); 0 leaves the measure out.
	Score, Value float64
	// Tier is the least tier in which a drop is told; zero is any. Least is the least current value of the reference of which a drop of the value
	// is told, in major units.
	Tier  Tier
	Least int64
	// Action is the answer to a drop.
	Action Action
}

func (d *Drop) on() bool { return d.Score > 0 || d.Value > 0 }

func (d *Drop) check() error {
	var errs []error
	for _, share := range []float64{d.Score, d.Value} {
		if !(share >= 0 && share < 1) {
			errs = append(errs, fmt.Errorf("value_drop: share %v is not in [0, 1)", share))
		}
	}
	if d.Least < 0 {
		errs = append(errs, errors.New("value_drop: the least value must not be negative"))
	}
	return errors.Join(errs...)
}

// measures is a set of what has dropped.
type measures uint8

// The measures. Profiles store the bits: only append.
const (
	scoreDrop measures = 1 << iota
	valueDrop

	measuresEnd // all combinations of the bits lie below
)

// DropEpisode is the memory of a drop of value. The zero value, but for Muted, says that none is open.
type DropEpisode struct {
	RaisedAt event.Instant
	// ID is the id of the episode's RAISED, LastID that of its last alert, which came at LastAt.
	ID, LastID string
	LastAt     event.Instant
	// Told is what the alerts have told of.
	Told measures
	// Muted says that the current or last episode was not published; see Publish.
	Muted bool
}

func (d *DropEpisode) open() bool { return d.Told != 0 }

// Open reports whether an episode is open.
func (d *DropEpisode) Open() bool { return d.open() }

// What names what the episode has told of: score, clv.
func (d *DropEpisode) What() (names []string) {
	for m, name := range [...]string{"score", "clv"} {
		if d.Told>>m&1 == 1 {
			names = append(names, name)
		}
	}
	return names
}

// mayDrop reports whether a drop of p with these facts may be told, or go on.
func (e *Engine) mayDrop(p *Profile, f *history.Facts) bool {
	d := &e.model.Reactions.Drop
	return d.on() && p.Standing.Tier != tier.None && p.Standing.Tier >= d.Tier && f.PurchaseDays > 0 && !f.TestAccount && !e.model.Shop.behaves(f) &&
		(p.Drop.open() || e.model.Churn.Counts(f.PurchaseDays, f.Spend))
}

// referenceAge is how old the end of a month must be before a drop is measured from it.
const referenceAge = 30 * 24 * time.Hour

// reference is what a drop is measured from.
type reference struct {
	// month is the month of the sample, plus one; zero where nothing has been looked up.
	month  int
	sample Sample
}

// referenceAt is the reference of p at an instant. Its sample is zero where p has none: because p's tier is younger, or the model.
func (e *Engine) referenceAt(p *Profile, at event.Instant) reference {
	month := e.monthEnded(at.Add(-referenceAge))
	r := reference{month: month + 1}
	switch end := e.MonthEnd(month); {
	case end < p.Standing.Since, end < e.effective:
	case end <= p.AsOf:
		r.sample = p.Trail.of(month)
	default: // what the next touch will write down
		r.sample = e.sample(p, month)
	}
	if r.sample.Tier != p.Standing.Tier {
		r.sample = Sample{}
	}
	return r
}

// nextReference is the first instant after at from which a drop of p is measured from another reference; event.Never where no drop can be told.
func (e *Engine) nextReference(p *Profile, f *history.Facts, at event.Instant) event.Instant {
	if !e.mayDrop(p, f) || at >= e.lapses(f) {
		return event.Never
	}
	next := e.monthEnded(at.Add(-referenceAge)) + 1
	if !p.Drop.open() {
		next = max(next, e.monthEnded(max(p.Standing.Since, e.effective)-1)+1)
	}
	return e.MonthEnd(next).Add(referenceAge)
}

// dropped returns what has dropped of a customer of an episode, with a score and a current value in minor units, since a reference. What has been
// told holds until half of it is made good.
func (e *Engine) dropped(told measures, r *Sample, points Points, current int64) (all measures) {
	if r.Tier == tier.None {
		return 0
	}
	d := &e.model.Reactions.Drop
	judge := func(m measures, share, was, is float64) {
		line := was * (1 - share)
		if told&m != 0 {
			line = was * (1 - share/2)
		}
		if share > 0 && was > 0 && is <= line {
			all |= m
		}
	}
	judge(scoreDrop, d.Score, float64(r.Points), float64(points))
	if r.Value >= d.Least {
		judge(valueDrop, d.Value, float64(e.minor(float64(r.Value))), float64(current))
	}
	return all
}

// turns reports whether what is told of the drop changes once all of that has dropped.
func (d *DropEpisode) turns(all measures) bool { return (all == 0) == d.open() || all&^d.Told != 0 }

// dropOf is what has dropped of p, as evaluated, in a tier.
func (e *Engine) dropOf(p *Profile, v *evaluation, t Tier) measures {
	if !e.mayDrop(p, &v.facts) || t != p.Standing.Tier || v.signs.Silence >= e.Lapse(&v.facts) {
		return 0
	}
	r := e.referenceAt(p, v.at)
	return e.dropped(p.Drop.Told, &r.sample, v.points, e.minor(v.current))
}

// dropTurns reports whether an alert of a drop is due at an instant of the stretch.
func (w *walk) dropTurns(at event.Instant) bool {
	turns, _ := w.dropAt(at)
	return turns
}

// dropAt reports whether an alert of a drop is due at an instant of the stretch, and how far above its line the nearest measure lies, as a share of
// the reference.
func (w *walk) dropAt(at event.Instant) (turns bool, ahead float64) {
	e, p, f := w.engine, w.p, &w.facts
	if !e.model.Reactions.Drop.on() {
		return false, 0
	}
	if !e.mayDrop(p, f) || at >= e.lapses(f) {
		return p.Drop.open(), 0
	}
	if w.since.month != e.monthEnded(at.Add(-referenceAge))+1 {
		w.since = e.referenceAt(p, at)
	}
	r := &w.since.sample
	if r.Tier == tier.None {
		return p.Drop.open(), 0
	}
	worth := w.worthAt(at)
	exact, current := worth.exact, worth.current
	ahead = math.Inf(1)
	d := &e.model.Reactions.Drop
	until := func(m measures, share, was, is float64) { // what is rounded crosses half a unit before the line
		if p.Drop.Told&m == 0 && share > 0 && was > 0 {
			ahead = min(ahead, (is-math.Floor(was*(1-share))-.5)/was)
		}
	}
	until(scoreDrop, d.Score, float64(r.Points), exact)
	if r.Value >= d.Least {
		until(valueDrop, d.Value, float64(e.minor(float64(r.Value))), current*e.scale)
	}
	return p.Drop.turns(e.dropped(p.Drop.Told, r, value.Round(exact), e.minor(current))), ahead
}

// searchDrop returns the first instant in (w.at, until] at which an alert of a drop is due, given that one is at until and none at w.at. Within a
// stretch the score and the value only fall.
func (w *walk) searchDrop(until event.Instant) event.Instant {
	look := func(at event.Instant) point {
		turns, ahead := w.dropAt(at)
		return point{at, turns, ahead}
	}
	return firstCrossed(look(w.at), look(until), true, look)
}

// dropAlert tells of a drop of value.
func (e *Engine) dropAlert(c *change) *ChurnAlert {
	d := &c.before.Drop
	cause, corrects := c.cause(d.LastAt, d.LastID)
	t := e.alertBy(c, cause, corrects)
	t.Kind, t.EpisodeID, t.Action, t.ActBy = ValueDrop, d.ID, e.model.Reactions.Drop.Action, event.Never
	r := e.referenceAt(c.p, c.v.at)
	e.measure(t, c, &r)
	switch {
	case c.drop == 0:
		t.Action = e.model.Actions[0]
		e.resolve(t, c, d.RaisedAt, e.Lapse(&c.v.facts))
		if t.State == Resolved && t.Resolve == ByRelief && c.tier != c.before.Standing.Tier {
			t.Resolve = ByTierChange
		}
		return t
	case d.open():
		t.State = Updated
	default:
		t.State = Raised
	}
	t.LikelyCause, t.Evidence = e.likelyCause(*c.p.Whole(), c.v.at)
	t.MaxOffer = e.maxOffer(t.ValueAtStake, t.Action.Cost)
	t.ActBy = e.lapses(&c.v.facts)
	if fall, _, ok := e.nextFall(*c.p); ok {
		t.ActBy = min(t.ActBy, fall)
	}
	return t
}

// measure writes into t how far the customer has dropped since a reference, and why. The customer at the end of that month is looked at anew: as
// the history is known now, under the model in force. What the sample of that month says otherwise is the reason "restated".
func (e *Engine) measure(t *ChurnAlert, c *change, r *reference) {
	v := c.v
	if r.sample.Tier == tier.None || !v.buyer() {
		return
	}
	end := e.MonthEnd(r.month - 1)
	t.Measured = Measured{
		Since: end, ScoreBefore: r.sample.Points, ScoreAfter: v.points,
		ValueBefore: e.minor(float64(r.sample.Value)), ValueAfter: e.minor(v.current),
	}
	then := e.evaluate(c.p, end)
	cause := ByTime
	if was, is := &then.facts, &v.facts; was.Orders != is.Orders || was.LastDay != is.LastDay || was.Spend != is.Spend || was.NPSAt != is.NPSAt || was.Referrals != is.Referrals {
		cause = ByEvent
	}
	var all tally
	all.change(cause, &e.model.Scorecard, &then.reading, &v.reading)
	for i, points := range value.Apportion(all.parts, v.points-then.points) {
		from := &all.all[i]
		t.Reasons = append(t.Reasons, Reason{Name: from.Indicator, Cause: cause, Before: from.RawBefore, After: from.RawAfter, Weight: int64(points)})
	}
	t.ValueReasons = e.valueReasons(&then, v, &t.Measured, cause)
	if restated := then.points - r.sample.Points; restated != 0 {
		t.Reasons = append(t.Reasons, Reason{
			Name: restatedReason, Cause: ByCorrection, Before: float64(r.sample.Points) / 100, After: float64(then.points) / 100, Weight: int64(restated),
		})
	}
}

// valueReasons splits the change of the current value since a reference, in minor units, over the factors that it is the product of. then is the
// customer at the reference, looked at anew.
func (e *Engine) valueReasons(then, now *evaluation, m *Measured, cause Cause) (all []Reason) {
	was, is := e.valueFactors(then), e.valueFactors(now)
	parts := value.Shapley(len(was), func(set int) float64 {
		product := 1.0
		for i := range was {
			if set>>i&1 == 1 {
				product *= is[i]
			} else {
				product *= was[i]
			}
		}
		return product
	})
	from := e.minor(then.current)
	if int64(math.RoundToEven(then.current)) == int64(math.RoundToEven(e.major(m.ValueBefore))) {
		from = m.ValueBefore // the sample is rounded: that is no news
	}
	rest := m.ValueAfter - from
	for i, part := range parts {
		all = append(all, Reason{Name: valueFactorNames[i], Cause: cause, Before: micro(was[i]), After: micro(is[i]), Weight: e.minor(part)})
		rest -= all[i].Weight
	}
	most := 0
	for i := range all {
		if max(all[i].Weight, -all[i].Weight) > max(all[most].Weight, -all[most].Weight) {
			most = i
		}
	}
	all[most].Weight += rest // of rounding
	all = slices.DeleteFunc(all, func(r Reason) bool { return r.Weight == 0 && r.Before == r.After })
	if restated := from - m.ValueBefore; restated != 0 {
		all = append(all, Reason{Name: restatedReason, Cause: ByCorrection, Before: e.major(m.ValueBefore), After: micro(then.current), Weight: restated})
	}
	return all
}

// The factors of a current value: the probability that the customer is still there; the purchases within the horizon of one who is, discounted; the
// spend of a purchase in major units; the share of it that is margin.
var valueFactorNames = [...]string{"p_alive", "purchases_if_alive", "spend_per_purchase", "margin"}

func (e *Engine) valueFactors(v *evaluation) (f [len(valueFactorNames)]float64) {
	if !v.buyer() {
		return f
	}
	alive, spend, margin := e.model.Value.Alive(v.pattern), e.model.Value.SpendPerDay(v.pattern), e.model.Value.MarginOf(v.pattern)
	f[0], f[2], f[3] = alive, spend, margin
	if all := alive * spend * margin; all > 0 {
		f[1] = v.current / all
	}
	return f
}

// restatedReason is what became known of the reference since its month ended.
const restatedReason = "restated"

// next returns the episode after an alert.
func (d DropEpisode) next(t *ChurnAlert, told measures) DropEpisode {
	switch t.State {
	case Raised:
		return DropEpisode{RaisedAt: t.AsOf, ID: t.ID, LastID: t.ID, LastAt: t.AsOf, Told: told, Muted: d.Muted}
	case Updated:
		d.LastID, d.LastAt, d.Told = t.ID, t.AsOf, d.Told|told
		return d
	case Resolved, Retracted, Escalated, Eased, UnknownState:
	}
	return DropEpisode{Muted: d.Muted}
}
