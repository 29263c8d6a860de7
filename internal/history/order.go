package history

import (
	"cmp"

	"tidemark/internal/event"
)

var orderLimits = limits{perDay: 256, total: 4096}

// order is a version of an order: an ORDER or its CANCEL. Its stamp says on which day the order is, and since when on that day.
type order struct {
	stamp
	order  uint64 // hash of the order id; zero in the aggregate of a day
	amount int64
	// The optional amounts of the event. known has a bit for each amount that the event gives.
	margin, discount, service, acquisition int64
	known                                  uint8
	channel                                uint8 // place in Summary.channels plus one; zero for none
	category                               uint8 // place in Summary.categories plus one; zero for none
	cancel                                 bool
	// overruled: another version of Summary.orders stands above this one.
	overruled bool
	lines     uint32 // items named
	said      said
	recorded  event.Instant // the least record time of its event
	more      *revision     // nil where the stamp says all of time that there is to say
}

const (
	knownMargin uint8 = 1 << iota
	knownDiscount
	knownService
	knownAcquisition
)

// dayAggregate is the event of the fact that stands for the orders of a day beyond the cap.
const dayAggregate = 1

func (s *Summary) order(x *event.Purchase, f stamp, a Amounts, c event.Calendar) bool {
	v := order{stamp: f, order: hash(x.OrderID), amount: a.Amount, said: saidOf(&a), lines: uint32(len(x.Items))}
	v.margin = v.optional(a.Margin, knownMargin)
	v.discount = v.optional(a.Discount, knownDiscount)
	v.service = v.optional(a.ServiceCost, knownService)
	v.acquisition = v.optional(a.AcquisitionCost, knownAcquisition)
	var learned bool
	v.channel, learned = s.channel(x.Channel)
	v.category = s.category(mainCategory(x.Items))
	return s.version(v, x, c) || learned
}

func (v *order) optional(o event.OptionalMinor, bit uint8) int64 {
	if !o.Known {
		return 0
	}
	v.known |= bit
	return o.Minor
}

// version counts in a version of an order and reports whether that changed anything. v's stamp is the occurred_at of x.
func (s *Summary) version(v order, x *event.Purchase, c event.Calendar) bool {
	v.recorded = x.RecordedAt
	if at := x.StatedAt(); at != v.at {
		revised := moment{at, c.Day(at)}
		v.more = &revision{occurred: v.moment(), revised: revised, span: span{at, v.day}}
	}
	siblings, today := place{}, 0
	for b := range s.orders.blocks() {
		block := s.orders.block(b)
		for i := range block {
			w := &block[i]
			if w.day == v.day && w.event >= aggregates {
				today++
			}
			if w.order != v.order || w.event < aggregates {
				continue
			}
			if s.knows(w, &v) {
				return false
			}
			if siblings.count++; siblings.count == 1 {
				siblings.first = b
			}
			siblings.last = b
		}
	}
	switch {
	case siblings.count > 0:
		return s.replace(v, siblings)
	case today >= orderLimits.perDay || s.orders.len() >= orderLimits.total:
		return s.spillOrder(v, c)
	}
	s.orders = s.orders.with(&v)
	return true
}

// place says in which blocks of Summary.orders the versions of an order lie, and how many they are.
type place struct{ first, last, count int }

// replace counts in a version of a known order and reports whether that changed anything.
func (s *Summary) replace(v order, known place) bool {
	var versions []order
	for b := known.first; b <= known.last; b++ {
		block := s.orders.block(b)
		for i := range block {
			if w := &block[i]; w.order == v.order && w.event >= aggregates {
				versions = s.gather(versions, s.current(w))
			}
		}
	}
	next := s.join(versions, v)
	if sameOrders(versions, next) {
		return false
	}
	s.rewrite(v.order, known, next)
	s.seal() // v may have moved the order that kept a day open
	return true
}

// rewrite puts versions in the place of all versions of their order.
func (s *Summary) rewrite(id uint64, known place, versions []order) {
	s.orders = s.orders.without(known.first, known.last, func(w *order) bool { return w.order == id && w.event >= aggregates })
	for i := range versions {
		s.orders = s.orders.with(&versions[i])
	}
}

// compareOrders is the order of Summary.orders: the order of facts, then by order id, because one event may speak of several
// orders.
func compareOrders(v, w *order) int {
	return cmp.Or(v.compare(&w.stamp), cmp.Compare(v.order, w.order), cmp.Compare(bit(v.cancel, 1), bit(w.cancel, 1)),
		cmp.Compare(v.revised().day, w.revised().day))
}

// greaterOrder decides between two contents of one event.
func (s *Summary) greaterOrder(v, w *order) bool {
	return cmp.Or(
		cmp.Compare(v.amount, w.amount),
		cmp.Compare(v.lines, w.lines),
		cmp.Compare(v.known, w.known),
		cmp.Compare(v.margin, w.margin),
		cmp.Compare(v.discount, w.discount),
		cmp.Compare(v.service, w.service),
		cmp.Compare(v.acquisition, w.acquisition),
		cmp.Compare(s.channelName(v.channel), s.channelName(w.channel)),
		cmp.Compare(s.categoryName(v.category), s.categoryName(w.category)),
		v.said.compare(w.said),
	) > 0
}

// spillOrder adds an order to the aggregate of its day. A cancellation beyond the cap is dropped.
func (s *Summary) spillOrder(v order, c event.Calendar) bool {
	s.spilled++
	if v.cancel {
		return true
	}
	at := c.Start(v.day)
	whole := order{stamp: stamp{at: at, event: dayAggregate, day: v.day, n: 1}, amount: v.amount, lines: v.lines, recorded: at}
	pooled := func(w *order) bool { return w.day == v.day && w.event == dayAggregate }
	for w := range s.orders.all {
		if pooled(w) {
			whole.n, whole.amount, whole.lines = whole.n+w.n, whole.amount+w.amount, whole.lines+w.lines
		}
	}
	s.orders = s.orders.without(0, s.orders.blocks()-1, pooled)
	s.orders = s.orders.with(&whole)
	return true
}
