package score

import (
	"math"
	"time"

	"tidemark/internal/event"
)

// occasion is why a customer is looked at again: an event, a new model, or neither: the time.
type occasion struct {
	event *event.Head
	model bool
}

// cause names the occasion for a label that was last said at an instant, by a transition of some id: an event from before
// what was said corrects it.
func (o occasion) cause(before *Profile, said event.Instant, id string) (c Cause, corrects string) {
	switch {
	case o.event != nil && id != "" && o.event.At() < before.AsOf && o.event.At() < said:
		return ByCorrection, id
	case o.event != nil:
		return ByEvent, ""
	case o.model:
		return ByModel, ""
	}
	return ByTime, ""
}

// relabel evaluates p at p.AsOf and returns it with its labels of then, and what there is to tell. before is p as it was: with
// the history and the model that its labels came from.
func (e *Engine) relabel(before, p Profile, o occasion) (Profile, []Transition) {
	v := e.evaluate(&p.History, p.AsOf)
	tier, level := e.labels(&v, p.Standing, e.episode(&before, &v, o))
	second, returned := e.secondTurns(p.Second, &v.facts, v.signs.Silence), e.returned(&p, &v.facts, v.signs.Silence)
	if second && e.unasked(p.Second, o) {
		p.Second, second = SecondOrder{Closed: true}, false
	}
	if tier == p.Standing.Tier && level == p.Episode.Level && !second && !returned {
		return p, nil
	}
	var told []Transition
	tell := func(t Transition) (id string) {
		p.Sequence++
		s := t.Common()
		s.ID, s.Sequence = e.identify(t), p.Sequence
		told = append(told, t)
		return s.ID
	}
	tellAlert := func(t *ChurnAlert) {
		if id := tell(t); t.State == Raised {
			t.EpisodeID = id
		}
	}
	base := e.base(&before, &v, o)
	if tier != p.Standing.Tier {
		t := e.tierChanged(&before, &p, &v, &base, o, tier, level)
		p.Standing = Standing{Tier: tier, Since: p.AsOf, LastID: tell(t)}
	}
	if level != p.Episode.Level {
		t := e.churnAlert(&before, &p, &v, &base, o, tier, level)
		tellAlert(t)
		if t.Resolve == ByLapse {
			p.Lapse = Lapse{p.Episode.ID, p.AsOf}
		}
		p.Episode = p.Episode.next(t)
	}
	if second {
		t := e.secondOrderAlert(&before, &p, &v, &base, o, tier, level)
		tellAlert(t)
		p.Second = p.Second.next(t)
	}
	if returned {
		if t := e.wonBack(&p, &v, o); t != nil {
			tell(t)
		}
		p.Lapse = Lapse{}
	}
	return p, told
}

// episode returns the episode as the churn level's decision must see it: a change of the purchases ends the minimum stay.
func (e *Engine) episode(before *Profile, v *evaluation, o occasion) Episode {
	ep := before.Episode
	if ep.Level == 0 || o.event == nil {
		return ep
	}
	f := before.History.Facts(v.at, e.calendar)
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
	case Escalated, Eased, UnknownState:
	}
	return Episode{Level: t.Level, Since: t.AsOf, RaisedAt: ep.RaisedAt, ID: ep.ID, LastID: t.ID}
}

// stamp is what all transitions of an evaluation share.
func (e *Engine) stamp(before *Profile, v *evaluation, c Cause, o occasion) Stamp {
	s := Stamp{
		Customer: before.Customer, AsOf: v.at, Cause: c, ModelVersion: e.model.Version,
		ScorecardHash: e.model.ScorecardHash, PopulationVersion: "fixed", ControlGroup: e.control(before.Customer),
	}
	if o.event != nil {
		s.CauseEventID = o.event.ID
	}
	return s
}

// control reports whether a customer belongs to the control group: a fixed share by the hash of the id.
func (e *Engine) control(customer string) bool {
	const slots = 10_000
	return float64(hash(customer)%slots) < e.model.Control*slots
}

// hash spreads customers evenly.
func hash(customer string) uint64 {
	h := uint64(14695981039346656037) // FNV-1a, 64 bits
	for i := range len(customer) {
		h = (h ^ uint64(customer[i])) * 1099511628211
	}
	h ^= h >> 33 // FNV's low bits are weak for short ids
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

// tierChanged explains a change of tier.
func (e *Engine) tierChanged(before, p *Profile, v *evaluation, b *base, o occasion, to Tier, level Level) *TierChanged {
	from := before.Standing.Tier
	cause, corrects := o.cause(before, before.Standing.Since, before.Standing.LastID)
	t := &TierChanged{
		Stamp:    e.stamp(before, v, cause, o),
		Previous: from, Tier: to, Direction: direction(from, to),
		Before: b.settled.points, After: v.points,
		LineCrossed: e.model.Tiers.Crossed(from, to),
		Coverage:    micro(v.coverage), Corrects: corrects,
		Contributions: e.contributions(b, v),
		CurrentValue:  e.minor(v.current), Spend365: v.facts.Spend365, Currency: e.model.Base,
		ChurnLevel: level, Playbook: e.model.Playbooks[to],
		PreferredChannel: preferredChannel(p, v), ContactableChannels: p.History.ContactableChannels(),
		TopCategory: p.History.TopCategory(v.at, e.calendar),
	}
	if from != 0 {
		kept := *p
		kept.Standing.Tier, kept.Standing.Since = to, v.at
		t.KeepBy = e.keepBy(kept) // costs more than all else of an ENTRY, and every customer has one
		t.DaysInPrevious = int32(v.at.Sub(before.Standing.Since) / (24 * time.Hour))
	}
	return t
}

// preferredChannel is what the customer's attributes say, or else the channel of most orders.
func preferredChannel(p *Profile, v *evaluation) string {
	if said := p.History.Attribute("preferred_channel"); said != "" {
		return said
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
