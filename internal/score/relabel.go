package score

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// occasion is why a customer is looked at again: an event, or a new model, or else the passing of time.
type occasion struct {
	event *event.Head // nil where there is none
	// at is the instant at which the event counts.
	at    event.Instant
	model bool
	// merge says that the event changes of whom the labels are read: of which ids, or of none.
	merge bool
	// news says that the event may be news for an open episode; see Update.
	news bool
	// back is the memory of the model that comes back into force; nil where none comes back.
	back *Former
}

// change is what all transitions of one evaluation have in common.
type change struct {
	occasion
	// before is the customer before the occasion, with the history and the model that the labels came from. p has the history and
	// the model of now.
	before, p *Profile
	// base is what the change is measured from, v the evaluation of now.
	base *base
	v    *evaluation
	// tier and level are the labels of now, tierSince and levelSince the instants from which a minimum stay in them counts.
	tier                  Tier
	level                 Level
	tierSince, levelSince event.Instant
	// ahead is the fall of the tier of which the customer is to have a notice.
	ahead fallAhead
	reactions
	placing
}

// cause names the occasion for a label that a transition with an id last set at an instant. An event from before that instant
// corrects the transition.
func (c *change) cause(since event.Instant, id string) (cause Cause, corrects string) {
	switch {
	case c.merge:
		return ByMerge, ""
	case c.event != nil && id != "" && c.occasion.at < c.before.AsOf && c.occasion.at < since:
		return ByCorrection, id
	case c.event != nil:
		return ByEvent, ""
	case c.model:
		return ByModel, c.withdrawn(id)
	}
	return ByTime, ""
}

// relabel evaluates p at p.AsOf, and returns p with the labels of that instant, and the transitions of these labels. before is p
// before the occasion: with the history and the model that the labels of p came from.
func (e *Engine) relabel(before, p Profile, o occasion) (Profile, []Transition) {
	v := e.evaluate(&p, p.AsOf)
	p.count(&v)
	e.see(&p, &v)
	tier, level := e.labels(&v, p.Standing, e.episode(&before, &v, o))
	second, returned := e.secondTurns(p.Second, &v.facts, v.signs.Silence), e.returned(&p, &v.facts, v.signs.Silence)
	if second && e.unasked(p.Second, o) {
		p.Second, second = SecondOrder{Closed: true}, false
	}
	p.Update = e.hear(&before, &p, o)
	news := p.Update.tells(p.AsOf)
	standing := p.Standing.next(tier, p.AsOf)
	ahead := e.fallAhead(&p, &v, standing, o)
	reacts := e.reacts(&p, &v, tier, o)
	placing := e.place(&p, &v, tier, level)
	p.Segments = p.Segments.holding(placing.held)
	stays := tier == p.Standing.Tier
	if stays && level == p.Episode.Level && !second && !returned && !news && !p.Notice.turns(ahead, stays, e.calendar) && !reacts.any() && !placing.turns() {
		return p, nil
	}
	var base base
	if !stays || level != p.Episode.Level || second || returned || news || reacts.any() || placing.turns() { // notices measure nothing from it
		base = e.base(&before, &v, o)
	}
	return e.tell(&change{
		occasion: o, before: &before, p: &p, base: &base, v: &v,
		reactions: reacts, placing: placing, tier: tier, level: level, tierSince: standing.Since, levelSince: v.at, ahead: ahead,
	}, second, returned)
}

// tell returns c.p with the labels of c, and the transitions that say so. second says that the window for a second order opens or closes,
// returned that a customer whose episode had lapsed is back.
func (e *Engine) tell(c *change, second, returned bool) (Profile, []Transition) {
	p := c.p
	var transitions []Transition
	add := func(t Transition) (id string) {
		id = e.number(p, t)
		p.Former = p.Former.hear(t)
		transitions = append(transitions, t)
		return id
	}
	addAlert := func(t *ChurnAlert) {
		t.Action = t.Action.inTime(t.AsOf, t.ActBy)
		if id := add(t); t.State == Raised {
			t.EpisodeID = id
		}
		if t.Kind == Churn || t.Kind == SecondOrderWindow {
			p.Update = p.Update.after(t)
		}
	}
	fulfilled := false
	if c.tier != p.Standing.Tier {
		t := e.tierChanged(c)
		fulfilled = t.NoticeID != ""
		p.Standing = Standing{Tier: c.tier, Since: p.AsOf, LastID: add(t)}
		p.Taken = e.takes(c.v, c.tier)
	}
	if c.level != p.Episode.Level {
		t := e.churnAlert(c)
		addAlert(t)
		if t.Resolve == ByLapse {
			p.Lapse = Lapse{p.Episode.ID, p.AsOf}
		}
		p.Episode = p.Episode.next(t)
	}
	if second {
		t := e.secondOrderAlert(c)
		addAlert(t)
		p.Second = p.Second.next(t)
	}
	if p.Update.tells(p.AsOf) { // and no alert above has told it
		addAlert(e.updated(c))
	}
	e.tellReactions(c, addAlert)
	if returned {
		if t := e.wonBack(c); t != nil {
			add(t)
		}
		p.Lapse = Lapse{}
	}
	if fulfilled {
		p.Notice = p.Notice.over()
	}
	for _, t := range e.notices(c, fulfilled) {
		if id := add(t); t.State == Given {
			t.NoticeID = id
		}
		p.Notice = p.Notice.next(t)
	}
	e.tellSegments(c, add)
	return *p, transitions
}

// episode returns the episode as the decision on the level must see it: a change of the purchases ends the minimum stay.
func (e *Engine) episode(before *Profile, v *evaluation, o occasion) Episode {
	ep := before.Episode
	if ep.Level == 0 || o.event == nil {
		return ep
	}
	f := before.Whole().Facts(v.at, e.calendar)
	if f.PurchaseDays != v.facts.PurchaseDays || f.LastDay != v.facts.LastDay {
		ep.Since = math.MinInt64 / 2
	}
	return ep
}

// next returns the episode after an alert.
func (ep Episode) next(t *ChurnAlert) Episode {
	switch t.State {
	case Raised:
		return Episode{Level: t.Level, Since: t.AsOf, RaisedAt: t.AsOf, ID: t.ID, LastID: t.ID}
	case Resolved, Retracted:
		return Episode{}
	case Escalated, Eased, Updated, UnknownState:
	}
	return Episode{Level: t.Level, Since: t.AsOf, RaisedAt: ep.RaisedAt, ID: ep.ID, LastID: t.ID}
}

// next returns the standing of a tier at an instant.
func (s Standing) next(t Tier, at event.Instant) Standing {
	if t == s.Tier {
		return s
	}
	return Standing{Tier: t, Since: at}
}

// number makes t the next transition of p, and returns its id.
func (e *Engine) number(p *Profile, t Transition) (id string) {
	p.Sequence++
	s := t.Common()
	s.ID, s.Sequence = e.identify(t), p.Sequence
	return s.ID
}

// signed is a stamp under e's model.
func (e *Engine) signed(customer string, at event.Instant, cause Cause) Stamp {
	return Stamp{
		Customer: customer, AsOf: at, Cause: cause,
		ModelVersion: e.model.Version, ScorecardHash: e.model.ScorecardHash, PopulationVersion: fixedPopulation,
	}
}

// stamp is what every transition of a change carries, with the cause of this one.
func (e *Engine) stamp(c *change, cause Cause) Stamp {
	s := e.signed(c.p.Customer, c.v.at, cause)
	s.ControlGroup = e.control(c.p.Customer)
	if c.event != nil {
		s.CauseEventID = c.event.ID
	}
	return s
}

// tierChanged explains a change of tier.
func (e *Engine) tierChanged(c *change) *TierChanged {
	p, v, was := c.p, c.v, c.before.Standing
	cause, corrects := c.cause(was.Since, was.LastID)
	t := &TierChanged{
		Stamp:    e.stamp(c, cause),
		Previous: was.Tier, Tier: c.tier, Direction: direction(was.Tier, c.tier),
		Before: c.base.last.points, After: v.points,
		LineCrossed: e.model.Tiers.Crossed(was.Tier, c.tier),
		Coverage:    micro(v.coverage), Corrects: corrects,
		Contributions: e.contributions(c.base, v),
		CurrentValue:  e.minor(v.current), Spend365: v.facts.Spend365, Currency: e.model.Base,
		ChurnLevel: c.level, Playbook: e.playbook(c.tier, v),
		PreferredChannel: preferredChannel(p, v), ContactableChannels: e.contactable(p.Whole()),
		TopCategory: p.Whole().TopCategory(v.at, e.calendar),
	}
	if direction(was.Tier, c.tier) == Down {
		t.NoticeID = c.before.Notice.id()
	}
	if e.model.ByConsent {
		t.OrderChannels = p.Whole().OrderChannels(v.at, e.calendar)
	}
	if was.Tier != 0 { // not for an ENTRY: every customer has one, and keepBy costs more than the rest of the transition
		kept := *p
		kept.Standing.Tier, kept.Standing.Since = c.tier, c.tierSince
		t.KeepBy = e.keepBy(kept)
		t.SinceTaken = e.sinceTaken(c.before, v)
		t.DaysInPrevious = int32(v.at.Sub(was.Since) / (24 * time.Hour))
	}
	return t
}

// preferredChannel is the channel in the customer's attributes, or else the channel of the most orders.
func preferredChannel(p *Profile, v *evaluation) string {
	if preferred := p.Whole().Attribute("preferred_channel"); preferred != "" {
		return preferred
	}
	return v.facts.PreferredChannel
}

func direction(from, to Tier) Direction {
	switch {
	case from == 0:
		return Entry
	case to == 0:
		return Exit
	case to > from:
		return Up
	}
	return Down
}
