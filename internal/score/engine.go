// Package score turns what a customer did, and did not do, into numbers and labels, and says when a label changes and why. Read
// this file first: Apply and Review are pure, and everything else in Tidemark exists to feed Apply and Review or to carry off
// their answers.
package score

import (
	"fmt"
	"math"
	"time"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// Identify names a transition for ever: by its content, without its own id and its episode's id.
type Identify func(Transition) string

// Engine scores customers under one model. It is immutable and safe for concurrent use.
type Engine struct {
	model    Model
	calendar event.Calendar
	identify Identify
	// previous scores under the model that was in force before; nil where there was none.
	previous *Engine
	// former is previous as it follows customers without publishing anything; nil where there was none.
	former *Engine
	// effective is the instant from which the model is in force; zero means always.
	effective event.Instant
	// scale is the number of minor units in a major unit of the base currency.
	scale float64
	// present is the worth today of one unit of money that comes evenly over the horizon of the value.
	present float64
	// oldest is the start of the model's oldest day: earlier times are refused.
	oldest event.Instant
	feels  feels
	// weighed are the entries that the lines of the scorecard weigh; nil for a line that reading knows itself.
	weighed [value.MaxLines]*catalogue.Entry
	// hash is the keyed hash of ids; see Naming.
	hash func(id string) uint64
	// forget is the silence after which prospects are forgotten; zero forgets nobody.
	forget time.Duration
}

// NewEngine returns the engine of a model. Its calendar days are those of c. previous is the engine that this one replaces, nil
// for none: it explains what the change of model did. The error names everything that is wrong with the model.
func NewEngine(m Model, c event.Calendar, identify Identify, previous *Engine) (*Engine, error) {
	if err := m.Check(); err != nil {
		return nil, fmt.Errorf("model %q: %w", m.Version, err)
	}
	m.Value = m.Value.Prepared()
	digits, _ := m.Base.Digits()
	e := &Engine{model: m, calendar: c, identify: identify, previous: previous, scale: math.Pow10(digits), oldest: c.Start(m.Oldest), present: m.Value.Present(), feels: feelsOf(&m), hash: event.Hash}
	e.weighed, e.feels.reads = weighed(&m.Scorecard)
	if m.Methods.Base == clv.Contribution && e.feels.weighs(catalogue.ReadsWorth) { // the historic value counts costs
		e.feels.reads |= catalogue.ReadsCosts
	}
	if previous != nil {
		e.former = previous.unheard()
	}
	return e, nil
}

// Effective returns e as in force from an instant on. Up to that instant a profile of the model before is carried on under the
// model before; then e looks at it anew.
func (e *Engine) Effective(from event.Instant) *Engine {
	other := *e
	other.effective = from
	return &other
}

// EffectiveAt is the instant from which the model is in force; zero means always.
func (e *Engine) EffectiveAt() event.Instant { return e.effective }

// major returns an amount of minor units in major units.
func (e *Engine) major(minor int64) float64 { return float64(minor) / e.scale }

// minor returns an amount of major units in minor units, rounded half to even.
func (e *Engine) minor(major float64) int64 { return int64(math.RoundToEven(major * e.scale)) }

// Model is the model that e scores under.
func (e *Engine) Model() Model { return e.model }

// Calendar is the calendar of e's days.
func (e *Engine) Calendar() event.Calendar { return e.calendar }

// Version is the version of the model.
func (e *Engine) Version() string { return e.model.Version }

// Hash names all numbers of the model.
func (e *Engine) Hash() string { return e.model.Hash }

// Unrated says for which events in a currency the model has no rate: see Model.Unrated.
func (e *Engine) Unrated(c event.Currency) string { return e.model.Unrated(c) }

// New returns the profile of a customer of whom nothing is known.
func (e *Engine) New(customer string) Profile {
	return Profile{Customer: customer, Model: e.model.Hash, Due: event.Never}
}

// Apply returns p after an event, and the transitions that follow. The reviews of p that are due by the event run first, in
// order. Apply does not modify p. Where the verdict is not Accepted, Apply returns p as it was.
//
// A prospect whom the silence before the event made forgotten begins anew with the event. An ERASED leaves a profile that is unknown but
// for Erased: the caller removes what is stored of the customer, and keeps the instant. So may a message of links that tells of an erasure;
// what it leaves is not unknown where links are younger than the erasure.
//
// What the customer must tell other ids after x is what Messages says.
func (e *Engine) Apply(p Profile, x event.Event) (Profile, []Transition, Verdict) {
	e.remember(&p)
	next, transitions, verdict := e.apply(p, x)
	next.memory = nil
	return next, transitions, verdict
}

// apply is Apply for a profile with a memory.
func (e *Engine) apply(p Profile, x event.Event) (Profile, []Transition, Verdict) {
	if at, ok := event.ErasedAt(x); ok {
		return e.erase(p, x, at)
	}
	if aboutLinks(x) {
		return e.link(p, x)
	}
	if event.ErasedBy(x, p.Erased) {
		return p, nil, Swallowed
	}
	if p.Unknown() {
		p.Muted, p.Second, p.Notice = false, SecondOrder{}, nil // what an erasure has left for Publish
		p.Drop, p.Unhappy = DropEpisode{}, UnhappyEpisode{}
	}
	at := max(p.AsOf, x.At())
	was, forgets := p, e.Forgets(&p)
	if forgets <= at {
		p = e.fresh(&p)
	}
	grown, verdict := e.Observe(p.History, x)
	if verdict != Accepted {
		return was, nil, verdict
	}
	at = max(p.AsOf, x.At())
	if p.Unknown() {
		p.Former = e.formerOfNobody(at)
	}
	next, transitions := e.review(p, at)
	before := next
	next.grow(&grown)
	next.Former = e.follow(&before, &next, x)
	next.LastChange, next.Outreach = at, next.Outreach.reached(x, at)
	next.Uncontactable = next.Whole().Uncontactable()
	next.contact(x)
	o := occasion{event: x.Common(), at: x.At(), news: e.mayBeNews(&before, x)}
	if !e.bears(x) && !o.news && !e.hearsAnswer(x) { // labels and Due stay as Review left them, but for the instant at which a prospect is forgotten
		next.overlook(x)
		if forgets != event.Never {
			next.Due = Unscheduled
		}
		return next, transitions, Accepted
	}
	next, more := e.relabel(before, next, o)
	next.Due = Unscheduled
	return next, append(transitions, more...), Accepted
}

// Observe returns a history with an event counted in, its money converted into the base currency. That is Apply without the
// labels. Where the verdict is not Accepted, Observe returns h as it was.
func (e *Engine) Observe(h history.Summary, x event.Event) (history.Summary, Verdict) {
	if event.Earliest(x) < e.oldest && x.Topic() != event.Links {
		return h, RefusedTooOld
	}
	amounts, ok := e.amounts(x)
	if !ok {
		return h, RefusedCurrency
	}
	amounts.Referral = e.referral(x)
	grown, verdict := h.Observe(x, amounts, e.calendar)
	switch verdict {
	case history.Repeated:
		return h, Repeated
	case history.TooLate:
		return h, RefusedTooLate
	case history.Accepted:
	}
	return grown, Accepted
}

// Review returns p as evaluated at an instant, after the reviews that are due before that instant, and the transitions of these
// reviews. A review that crosses nothing changes only AsOf, Due and the forecasts. An instant before p.AsOf is taken as p.AsOf. A prospect
// who is forgotten by then is unknown afterwards.
func (e *Engine) Review(p Profile, at event.Instant) (Profile, []Transition) {
	e.remember(&p)
	next, transitions := e.review(p, at)
	next.memory = nil
	return next, transitions
}

// review is Review for a profile with a memory.
func (e *Engine) review(p Profile, at event.Instant) (Profile, []Transition) {
	if e.Forgets(&p) <= at {
		return e.fresh(&p), nil
	}
	var transitions []Transition
	if p.Model != e.model.Hash {
		p, transitions = e.adopt(p, at)
	}
	for p.AsOf < at && (p.Due == Unscheduled || p.Due <= at) {
		due, crossed := p.Due, true
		if due == Unscheduled || due <= p.AsOf {
			due, crossed = e.next(&p, at)
		}
		if !crossed || due > at {
			break
		}
		e.tread(&p, p.AsOf, due-1, at)
		p.AsOf = due
		e.hold(&p)
		var more []Transition
		p, more = e.relabel(p, p, occasion{})
		if len(more) > 0 {
			p.LastChange = due
			transitions = append(transitions, more...)
		}
		p.Due = Unscheduled
		e.tread(&p, due-1, due, at)
	}
	if p.AsOf < at {
		e.tread(&p, p.AsOf, at, at)
		p.AsOf = at
	}
	e.settleSwitch(&p)
	return p, transitions
}

// Schedule returns p with Due set: to the next instant at which a label changes, a risk is frozen, a forecast is settled or a prospect is
// forgotten; or to the instant at which the search for it goes on. Call Schedule once per customer and batch, after the last event.
func (e *Engine) Schedule(p Profile) Profile {
	if forgets := e.Forgets(&p); forgets != event.Never { // nothing else comes of a prospect in silence
		p.Due, p.seen = forgets, nil
		return p
	}
	if p.Due == Unscheduled || p.Due <= p.AsOf {
		e.remember(&p)
		p.Due, _ = e.next(&p, horizon(p.Customer, p.AsOf, p.Shop))
		p.memory = nil
	}
	p.seen = nil // a profile may wait in a cache for long
	return p
}

// adopt returns p as e's own model sees it. It looks at p when the model comes into force, but not before p.AsOf and not after
// at. adopt also returns the transitions that follow. Where the model was in force before the last switch, and comes back, adopt takes
// that switch back.
func (e *Engine) adopt(p Profile, at event.Instant) (Profile, []Transition) {
	from := max(p.AsOf, min(e.effective, at))
	var transitions []Transition
	if e.replaces(p.Model) {
		p, transitions = e.previous.review(p, from)
	}
	e.tread(&p, p.AsOf, from, at)
	p.AsOf = from
	p.inherit(e)
	before := p
	p.Model, p.Due, p.Former = e.model.Hash, Unscheduled, e.formerOf(&before)
	var next Profile
	var more []Transition
	if e.comesBack(&before) {
		next, more = e.takeBack(before, p)
	} else {
		next, more = e.relabel(before, p, occasion{model: true})
	}
	if len(more) > 0 {
		next.LastChange = next.AsOf
	}
	return next, append(transitions, more...)
}

// replaces reports whether a hash names the model that e's own model replaces.
func (e *Engine) replaces(model string) bool {
	return e.previous != nil && e.previous.model.Hash == model
}

// amounts converts the money of an event into the base currency. It is false where the event's currency has no rate.
func (e *Engine) amounts(x event.Event) (history.Amounts, bool) {
	p, ok := x.(*event.Purchase)
	if !ok {
		return history.Amounts{}, true
	}
	factor, ok := e.model.factor(p.Amount.Currency, e.calendar.Day(p.OccurredAt))
	if !ok {
		return history.Amounts{}, false
	}
	part := func(m event.OptionalMinor) event.OptionalMinor {
		return event.OptionalMinor{Minor: convert(m.Minor, factor), Known: m.Known}
	}
	var said event.Money
	if p.Amount.Currency != e.model.Base {
		said = p.Amount
	}
	return history.Amounts{
		Said: said, Amount: convert(p.Amount.Minor, factor), Margin: part(p.Margin), Discount: part(p.Discount),
		ServiceCost: part(p.ServiceCost), AcquisitionCost: part(p.AcquisitionCost),
	}, true
}
