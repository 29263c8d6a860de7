package history

import (
	"iter"
	"math"
	"slices"
	"strings"

	"tidemark/internal/event"
)

// Held is all that a Summary holds, for people. Money is in minor units of the base currency. Ids are not kept: a Ref is the hash of an id.
// It tells whether two facts speak of the same order, and it is 0 where there is none.
type Held struct {
	// Newest is the newest day with an event; Seen is false where there was none.
	Newest event.Day
	Seen   bool

	Orders       []HeldOrder
	Refunds      []HeldRefund
	Payments     []HeldPayment
	Feedbacks    []HeldFeedback
	Interactions []HeldInteraction
	// InteractionDays are the interactions older than 7 days, counted by day and kind.
	InteractionDays []HeldDay
	// Sealed are the totals of the days that are no longer told apart.
	Sealed     HeldTotals
	Channels   []HeldChannel
	Categories []string
	Consents   []HeldConsent
	Attributes []HeldAttribute
	// Referrals are the pairs with those whom the customer has referred.
	Referrals HeldReferrals
	// BeyondCaps counts the facts of which less is known than of the others.
	BeyondCaps int64
}

// HeldOrder is a version of an order: an ORDER or its CANCEL. Count is above 1 for what stands for several orders of a day.
type HeldOrder struct {
	Ref, Event uint64
	Count      int
	// Day and At place the order. Occurred, Revised and Recorded are what its event says.
	Day                             event.Day
	At, Occurred, Revised, Recorded event.Instant
	Amount                          int64
	// Said is the amount as the event says it, where its currency is not the base currency. The currency is empty if no code of ISO 4217
	// has its hash.
	Said                                           event.OptionalMinor
	SaidCurrency                                   event.Currency
	Margin, Discount, ServiceCost, AcquisitionCost event.OptionalMinor
	Channel, Category                              string
	Lines                                          int
	Cancel                                         bool
	// Overruled says that another version counts in place of this one.
	Overruled bool
	// Earlier are the times of the order's other ORDERs.
	Earlier []event.Instant
}

// HeldRefund is a REFUND or a CHARGEBACK.
type HeldRefund struct {
	Order, Event uint64
	Count        int
	Day          event.Day
	At           event.Instant
	Amount       int64
	Said         event.OptionalMinor
	SaidCurrency event.Currency
	Chargeback   bool
}

// HeldPayment says how a bill was met.
type HeldPayment struct {
	Event  uint64
	Count  int
	Kind   event.PurchaseKind
	Day    event.Day
	At     event.Instant
	Amount int64
}

// HeldFeedback is an answer, a complaint or its resolution. Score is 0 to 10 for NPS, and 0 to 1 for CSAT and REVIEW; Scored is false for
// the others.
type HeldFeedback struct {
	Order, Event uint64
	// ID is the id of the event, which is kept of complaints and unhappy answers alone.
	ID     string
	Kind   event.FeedbackKind
	Day    event.Day
	At     event.Instant
	Score  float64
	Scored bool
	About  event.Subject
}

// HeldInteraction is an interaction of the newest 7 days. Cost is what it cost the business.
type HeldInteraction struct {
	Event   uint64
	Kind    event.InteractionKind
	Day     event.Day
	At      event.Instant
	Channel string
	Weight  int
	Cost    int64
}

// HeldDay counts the interactions of one kind on one day.
type HeldDay struct {
	Day      event.Day
	Kind     event.InteractionKind
	Count    int
	Weight   int64
	Channels []string
}

// HeldTotals are sums over the sealed days. Any is false where no day is sealed. The days and amounts of the first and the last purchase are
// theirs among the sealed days.
type HeldTotals struct {
	Any                  bool
	Orders, PurchaseDays int64
	FirstDay, LastDay    event.Day
	// SecondDay is the purchase day after the first, if SecondKnown: a former format has not kept it.
	SecondDay   event.Day
	SecondKnown bool
	// UsualGapDays is the geometric mean of the gaps between the purchase days, in days. It is 0 with one purchase day, and where a former
	// format has not kept it.
	UsualGapDays                            float64
	First, Last                             event.Instant
	LastAmount                              int64
	Lines, LastLines                        int64
	Spend                                   int64
	Margin, MarginSpend                     int64
	Discount, ServiceCost, AcquisitionCost  int64
	FirstDayNet, RepeatPurchaseDays, Repeat int64
	OutreachCost                            int64
	// OutreachDays are what interactions older than 7 days cost, by day, for 365 days. If OutreachLacks is true, costs of days up to
	// OutreachLacksUntil may be missing: a former format has not kept them.
	OutreachDays       []HeldCost
	OutreachLacks      bool
	OutreachLacksUntil event.Day
	// Categories counts the main categories of the orders, ServiceOrders and Service the orders of the first 365 days that give a cost of service.
	// They say nothing if Known is false: a former format has not kept them.
	Known                  bool
	Categories             int
	ServiceOrders, Service int64
	// Interactions counts, by kind, the interactions older than 90 days.
	Interactions map[event.InteractionKind]int
}

// HeldCost is what interactions of a day cost the business.
type HeldCost struct {
	Day  event.Day
	Cost int64
}

// HeldChannel is a channel that an event has named. Interactions counts those older than 7 days.
type HeldChannel struct {
	Name         string
	Interactions int64
}

// HeldConsent is the last word on one channel; the empty channel stands for all.
type HeldConsent struct {
	Channel string
	At      event.Instant
	Event   uint64
	Granted bool
}

// HeldAttribute is what was last said under one key.
type HeldAttribute struct {
	Key, Value string
	At         event.Instant
	Event      uint64
}

// Held returns all that s holds.
func (s *Summary) Held() Held {
	h := Held{Newest: s.newest, Seen: s.seen, Categories: slices.Clone(s.categories), BeyondCaps: s.spilled, Referrals: s.referrals.held(), Sealed: s.past.held()}
	for v := range s.versions() {
		h.Orders = append(h.Orders, s.heldOrder(v))
	}
	for i := range s.refunds {
		r := &s.refunds[i]
		held := HeldRefund{Order: r.order, Event: r.id(), Count: int(r.n), Day: r.day, At: r.at, Amount: r.amount, Chargeback: r.chargeback}
		held.Said, held.SaidCurrency = r.said.held()
		h.Refunds = append(h.Refunds, held)
	}
	for i := range s.payments {
		p := &s.payments[i]
		h.Payments = append(h.Payments, HeldPayment{p.id(), int(p.n), p.kind, p.day, p.at, p.amount})
	}
	for i := range s.feedbacks {
		h.Feedbacks = append(h.Feedbacks, s.feedbacks[i].held())
	}
	for i := range s.touches {
		t := &s.touches[i]
		h.Interactions = append(h.Interactions, HeldInteraction{t.id(), t.kind, t.day, t.at, s.channelName(t.channel), int(t.weight), t.cost})
	}
	for i := range s.days {
		h.InteractionDays = append(h.InteractionDays, s.heldDay(&s.days[i]))
	}
	for _, c := range s.channels {
		h.Channels = append(h.Channels, HeldChannel{c.name, c.touches})
	}
	for i := range s.consents {
		c := &s.consents[i]
		h.Consents = append(h.Consents, HeldConsent{c.channel, c.at, c.event, c.granted})
	}
	for i := range s.attributes {
		a := &s.attributes[i]
		h.Attributes = append(h.Attributes, HeldAttribute{attributeKeys[a.key], a.value, a.at, a.event})
	}
	return h
}

// versions yields the versions of all orders, and after each version its ties.
func (s *Summary) versions() iter.Seq[*order] {
	return func(yield func(*order) bool) {
		for v := range s.orders.all {
			if !yield(v) {
				return
			}
			if v.more == nil {
				continue
			}
			for k := range v.more.ties {
				tie := v.more.ties[k]
				tie.order, tie.cancel, tie.overruled = v.order, v.cancel, true
				tie.more = &revision{occurred: tie.moment(), revised: v.more.revised}
				if !yield(&tie) {
					return
				}
			}
		}
	}
}

func (s *Summary) heldOrder(v *order) HeldOrder {
	h := HeldOrder{
		Ref: v.order, Event: v.id(), Count: int(v.n), Day: v.day, At: v.at, Occurred: v.occurred().at, Revised: v.revised().at,
		Recorded: v.recorded, Amount: v.amount, Channel: s.channelName(v.channel), Category: s.categoryName(v.category),
		Lines: int(v.lines), Cancel: v.cancel, Overruled: v.overruled,
		Margin: v.given(v.margin, knownMargin), Discount: v.given(v.discount, knownDiscount),
		ServiceCost: v.given(v.service, knownService), AcquisitionCost: v.given(v.acquisition, knownAcquisition),
	}
	h.Said, h.SaidCurrency = v.said.held()
	if v.more != nil {
		for _, m := range v.more.orders {
			h.Earlier = append(h.Earlier, m.at)
		}
	}
	return h
}

// given returns an optional amount of v.
func (v *order) given(minor int64, bit uint8) event.OptionalMinor {
	return event.OptionalMinor{Minor: minor, Known: v.known&bit != 0}
}

// id is the hash of the event; 0 where the fact stands for several.
func (f *stamp) id() uint64 {
	if f.event < aggregates {
		return 0
	}
	return f.event
}

// held returns an amount that was said in another currency, and the code of that currency.
func (x said) held() (minor event.OptionalMinor, code event.Currency) {
	if x.currency == 0 {
		return minor, ""
	}
	for code := range event.Currencies() {
		if currencyHash(code) == x.currency {
			return event.Minor(x.minor), code
		}
	}
	return event.Minor(x.minor), ""
}

func (b *feedback) held() HeldFeedback {
	h := HeldFeedback{Order: b.order, Event: b.event, ID: strings.Clone(b.id), Kind: b.kind, Day: b.day, At: b.at, About: b.about}
	switch b.kind {
	case event.NPS:
		h.Score, h.Scored = float64(b.score)/scoreNPS, true
	case event.CSAT, event.Review:
		h.Score, h.Scored = b.share(), true
	case event.Complaint, event.ComplaintResolved, event.UnknownFeedback:
	}
	return h
}

func (s *Summary) heldDay(d *touchDay) HeldDay {
	h := HeldDay{Day: d.day, Kind: d.kind, Count: int(d.n), Weight: d.weight}
	for i := range s.channels {
		if d.channels>>i&1 != 0 {
			h.Channels = append(h.Channels, s.channels[i].name)
		}
	}
	return h
}

func (p *past) held() HeldTotals {
	if p == nil {
		return HeldTotals{}
	}
	t := HeldTotals{
		Any: true, Orders: p.orders, PurchaseDays: p.days, FirstDay: p.firstDay, LastDay: p.lastDay, First: p.first, Last: p.last,
		LastAmount: p.lastAmount, Lines: p.lines, LastLines: p.lastLines, Spend: p.spend, Margin: p.margin, MarginSpend: p.marginSpend,
		Discount: p.discount, ServiceCost: p.service, AcquisitionCost: p.acquisition,
		FirstDayNet: p.firstNet, RepeatPurchaseDays: p.repeatDays, Repeat: p.repeatSpend, OutreachCost: p.outreach,
	}
	if p.untilSecond > 0 {
		t.SecondDay, t.SecondKnown = p.firstDay+event.Day(p.untilSecond), true
	}
	if p.days > 1 && p.gaps != forgotten {
		t.UsualGapDays = math.Exp(float64(p.gaps) / 1e6 / float64(p.days-1))
	}
	p.kept.tell(&t)
	t.Known = p.days > 0 && p.knowsSealed()
	for kind, n := range p.touches {
		if n == 0 {
			continue
		}
		if t.Interactions == nil {
			t.Interactions = map[event.InteractionKind]int{}
		}
		t.Interactions[event.InteractionKind(kind)] = int(n)
	}
	return t
}

func (k *kept) tell(t *HeldTotals) {
	if k == nil {
		return
	}
	for _, c := range k.costs {
		t.OutreachDays = append(t.OutreachDays, HeldCost{c.day, c.cost})
	}
	t.OutreachLacks, t.OutreachLacksUntil = k.lacks, k.lacksUntil
	t.Categories, t.ServiceOrders, t.Service = len(k.categories), k.first.orders, k.first.cost
}
