package score

import (
	"math"
	"time"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// evaluation is everything that a customer's labels depend on, at one instant. It is a pure function of the history, the model
// and the instant. The numbers that labels are decided on are rounded, so that every architecture decides alike.
type evaluation struct {
	at      event.Instant
	facts   history.Facts
	pattern clv.Pattern
	signs   churn.Signs
	reading value.Reading
	points  Points
	// coverage is the share of the scorecard's weight that is known, in [0, 1]; current is the current value, predicted the predicted value of
	// the scorecard, in major units.
	coverage, current, predicted float64
}

// buyer reports whether the customer counts and has a purchase that stands. A test account is no buyer, whatever it has bought.
func (v *evaluation) buyer() bool { return v.facts.PurchaseDays > 0 && !v.facts.TestAccount }

// evaluate looks at the history that p is read from at an instant.
func (e *Engine) evaluate(p *Profile, at event.Instant) evaluation {
	f := e.Facts(p.Whole(), at)
	return e.evaluateFacts(&f, at, p.memory)
}

// evaluateFacts is evaluate for a caller who has the facts already.
func (e *Engine) evaluateFacts(f *history.Facts, at event.Instant, memory *clv.Memory) evaluation {
	v := evaluation{at: at, facts: *f}
	if !v.buyer() {
		v.signs.Test = f.TestAccount
		return v
	}
	v.pattern = e.Pattern(f, at)
	v.pattern.Memory = memory
	bare, ahead := e.model.Value.Judge(v.pattern, e.horizonDays())
	v.signs = e.signs(f, v.pattern, bare, e.normal(f, v.pattern))
	current, predicted := e.worth(f, v.pattern, ahead)
	v.current, v.predicted = current, predicted
	v.reading = e.reading(f, v.pattern, predicted)
	v.points, v.coverage = e.model.Scorecard.Score(&v.reading)
	return v
}

// Facts returns the facts of a history at an instant, by the engine's calendar. LastYear is among the facts where the churn stack weighs it,
// More where the scorecard weighs an entry that reads it.
func (e *Engine) Facts(h *history.Summary, at event.Instant) history.Facts {
	f := h.Facts(at, e.calendar)
	if e.feels.lastYear {
		e.lookBack(&f, h, at)
	}
	if e.feels.weighs(catalogue.ReadsMore) {
		e.lookCloser(&f, h, at)
	}
	return f
}

// lookCloser fills in the rarer facts. Interactions fade from day to day, so while there are any the facts change at midnight.
func (e *Engine) lookCloser(f *history.Facts, h *history.Summary, at event.Instant) {
	m := h.More(at, e.calendar)
	f.More = &m
	if m.Touched.Count > 0 {
		f.UntilTouches = min(f.UntilTouches, e.calendar.Start(e.calendar.Day(at)+1))
	}
}

// Pattern restates the facts of an instant for the purchase model and the spend model. The customer has a purchase that stands.
func (e *Engine) Pattern(f *history.Facts, at event.Instant) clv.Pattern {
	p := clv.Pattern{
		Repeats:   f.PurchaseDays - 1,
		Last:      float64(f.LastDay - f.FirstDay),
		SpendDays: f.RepeatDays,
		Spend:     e.major(f.RepeatSpend),
		FreeDays:  f.PurchaseDays - f.RepeatDays,
	}
	if f.FirstDayNet > 0 {
		p.FreeDays--
	}
	p.Age = max(p.Last, e.calendar.Since(f.FirstDay, at))
	e.shift(&p, f.FirstDay)
	p.LogGaps, p.GapsKnown = float64(f.LogGaps)/1e6, f.GapsKnown
	if f.MarginSpend > 0 { // who costs more than they bring is worth nothing, and not the usual margin
		p.Margin, p.MarginKnown = min(max(0, float64(f.Margin)/float64(f.MarginSpend)), 1), true
	}
	return p
}

// signs returns what the churn level depends on. bare is e.bareRisk of p, normal is e.normal of f and p.
func (e *Engine) signs(f *history.Facts, p clv.Pattern, bare, normal churn.Risk) churn.Signs {
	return e.signsOf(f, p, e.model.Stack.Risk(e.Traits(f, p), bare), normal)
}

// signsOf is signs for a risk that is known.
func (e *Engine) signsOf(f *history.Facts, p clv.Pattern, risk, normal churn.Risk) churn.Signs {
	rhythm := days(f.LifeGapDays())
	return churn.Signs{
		Risk:         micro(risk),
		Normal:       normal,
		PurchaseDays: f.PurchaseDays,
		Shop:         e.model.Shop.behaves(f),
		Spend:        f.Spend,
		Silence:      silence(p),
		Usual:        churn.Usual(days(f.MedianGapDays), rhythm),
		LifeGap:      rhythm,
	}
}

// normal is the churn risk just after the last purchase, rounded, in [0, 1]. The silence does not change it: p.Age does not matter. LastYear is
// that of now, so its steps move the risk and what is normal alike: the rise between the two is what the silence has done.
func (e *Engine) normal(f *history.Facts, p clv.Pattern) churn.Risk {
	p.Age, p.AgeShift = p.Last, p.LastShift
	t := e.Traits(f, p)
	t.Mood, t.Lately = moodOf(&f.AtLast, f), t.Engagement
	return micro(e.model.Stack.Risk(t, e.bareRisk(p)))
}

// bareRisk is the risk by the purchase model alone, in [0, 1]: over a horizon of seasonal days where there is a season, see Ahead; that the
// customer has left, where there is a mixture of regularities. It never falls in silence.
func (e *Engine) bareRisk(p clv.Pattern) churn.Risk {
	return e.model.Value.Risk(p, e.horizonDays())
}

// horizonDays is the horizon of the churn risk in days.
func (e *Engine) horizonDays() float64 { return e.model.Churn.Horizon.Hours() / 24 }

// Traits restates facts, and their Pattern, for the churn stack.
func (e *Engine) Traits(f *history.Facts, p clv.Pattern) churn.Traits {
	t := churn.Traits{
		Silent: p.Age - p.Last, MedianGap: f.MedianGapDays, Tenure: p.Last, Repeats: p.Repeats,
		Spend: e.major(f.Spend), LastOrder: e.major(f.LastOrderAmount), Items: f.Lines, LastItems: f.LastLines,
		Mood: moodOf(&f.Experience, f), Lately: float64(f.Interactions30), LastYear: f.LastYear,
	}
	var weight int64
	for _, w := range f.Interactions90 {
		weight += w
	}
	t.Engagement = float64(weight) / 3
	return t
}

// moodOf restates an experience for the churn stack. The experience may be of an earlier instant than f.
func moodOf(x *history.Experience, f *history.Facts) churn.Mood {
	m := churn.Mood{Complaints: x.Complaints, OpenComplaints: x.OpenComplaints}
	switch {
	case x.NPSKnown && x.NPSScore >= 9:
		m.NPS = 1
	case x.NPSKnown && x.NPSScore < 7:
		m.NPS = -1
	}
	if x.CSATCount > 0 {
		m.Satisfaction = 2*x.CSATMean - 1
	}
	if back := x.RefundAmount365; back > 0 { // of what was paid before anything was given back
		m.Refunded = float64(back) / float64(max(0, f.Spend365)+f.RefundAmount365)
	}
	return m
}

// reading fills in the scorecard from a buyer's facts, their pattern and the predicted value in major units.
func (e *Engine) reading(f *history.Facts, p clv.Pattern, predicted float64) value.Reading {
	var raw [value.MaxLines]value.Raw
	spend, silent := e.major(f.Spend365), p.Age-p.Last
	for i, line := range e.model.Scorecard.Lines {
		switch line.Indicator {
		case value.Spend:
			raw[i].Value = spend
		case value.OrderValue:
			raw[i].Value = spend / float64(max(1, f.Orders365))
		case value.Frequency:
			raw[i].Value = float64(f.Orders365)
		case value.Recency:
			raw[i].Value = silent
		case value.Predicted:
			raw[i].Value = predicted
		case value.Referrals:
			raw[i].Value = float64(f.Referrals)
		case value.ActiveMonths:
			raw[i].Value = float64(f.ActiveMonths)
		case value.Promoter:
			raw[i] = value.Raw{Value: f.NPSScore, Missing: !f.NPSKnown}
		default:
			raw[i] = e.weigh(e.weighed[i], f, p)
		}
	}
	return e.model.Scorecard.Read(&raw)
}

// labels returns the tier and the churn level that v leads to from a standing and an episode.
func (e *Engine) labels(v *evaluation, s Standing, ep Episode) (Tier, Level) {
	if !v.buyer() {
		return 0, 0
	}
	return e.model.Tiers.Next(s.Tier, s.Since, v.points, v.at), e.model.Churn.Next(ep.Level, ep.Since, v.signs, v.at)
}

// silence is the time since the last purchase.
func silence(p clv.Pattern) time.Duration { return days(p.Age - p.Last) }

func days(n float64) time.Duration { return time.Duration(n * 24 * float64(time.Hour)) }

// micro rounds a probability to 1e-6.
func micro(p float64) float64 { return math.RoundToEven(p*1e6) / 1e6 }
