package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

var orderLimits = limits{perDay: 32, total: 1024}

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
	siblings, today := 0, 0
	for i := range s.orders {
		w := &s.orders[i]
		if w.day == v.day && w.event >= aggregates {
			today++
		}
		if w.order != v.order || w.event < aggregates {
			continue
		}
		if siblings++; s.knows(w, &v) {
			return false
		}
	}
	switch {
	case siblings > 0:
		return s.replace(v)
	case today >= orderLimits.perDay || len(s.orders) >= orderLimits.total:
		return s.spillOrder(v, c)
	}
	place, _ := slices.BinarySearchFunc(s.orders, v, func(w, v order) int { return compareOrders(&w, &v) })
	s.orders = insert(s.orders, place, v)
	return true
}

// replace counts in a version of a known order and reports whether that changed anything.
func (s *Summary) replace(v order) bool {
	var versions []order
	for i := range s.orders {
		if w := &s.orders[i]; w.order == v.order && w.event >= aggregates {
			versions = s.gather(versions, s.current(w))
		}
	}
	next := s.join(versions, v)
	if sameOrders(versions, next) {
		return false
	}
	s.rewrite(v.order, next)
	s.seal() // v may have moved the order that kept a day open
	return true
}

// rewrite puts versions in the place of all versions of their order.
func (s *Summary) rewrite(id uint64, versions []order) {
	orders := make([]order, 0, len(s.orders)+len(versions))
	for i := range s.orders {
		w := &s.orders[i]
		if w.order == id && w.event >= aggregates {
			continue
		}
		for len(versions) > 0 && compareOrders(&versions[0], w) < 0 {
			orders, versions = append(orders, versions[0]), versions[1:]
		}
		orders = append(orders, *w)
	}
	s.orders = append(orders, versions...)
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
	s.orders = pool(s.orders, whole, func(into, f *order) { into.amount, into.lines = into.amount+f.amount, into.lines+f.lines })
	return true
}
