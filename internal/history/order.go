package history

import (
	"cmp"

	"tidemark/internal/event"
)

var orderLimits = limits{perDay: 32, total: 1024}

// order is a version of an order: an ORDER or its CANCEL.
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
}

const (
	knownMargin uint8 = 1 << iota
	knownDiscount
	knownService
	knownAcquisition
)

// dayAggregate is the event of the fact that stands for the orders of a day beyond the cap.
const dayAggregate = 1

// above reports whether v would overrule w if both were close enough: the later version, a CANCEL among equals, then the
// greater event id.
func (v *order) above(w *order) bool {
	if v.at != w.at {
		return v.at > w.at
	}
	if v.cancel != w.cancel {
		return v.cancel
	}
	return v.event > w.event
}

// overrules reports whether v takes the place of w, another version of the same order.
func (v *order) overrules(w *order) bool { return v.above(w) && apart(v.day, w.day) < window }

// obsoletes reports whether w, which v overrules, need not be kept: no query will ask for an instant at which w still stood.
func (s *Summary) obsoletes(v, w *order) bool { return v.day < s.newest-margin || v.at == w.at }

func (s *Summary) order(x *event.Purchase, f stamp, a Amounts, c event.Calendar) bool {
	v := order{stamp: f, order: hash(x.OrderID), amount: a.Amount, lines: uint32(len(x.Items))}
	v.margin = v.optional(a.Margin, knownMargin)
	v.discount = v.optional(a.Discount, knownDiscount)
	v.service = v.optional(a.ServiceCost, knownService)
	v.acquisition = v.optional(a.AcquisitionCost, knownAcquisition)
	var learned bool
	v.channel, learned = s.channel(x.Channel)
	v.category = s.category(mainCategory(x.Items))
	return s.version(v, c) || learned
}

func (v *order) optional(o event.OptionalMinor, bit uint8) int64 {
	if !o.Known {
		return 0
	}
	v.known |= bit
	return o.Minor
}

// version counts in a version of an order and reports whether that changed anything.
func (s *Summary) version(v order, c event.Calendar) bool {
	keep, changes, today := true, false, 0
	for i := range s.orders {
		w := &s.orders[i]
		if w.day == v.day && w.event >= aggregates {
			today++
		}
		if w.order != v.order {
			continue
		}
		switch {
		case w.event == v.event && w.at == v.at && w.cancel == v.cancel:
			if !s.greaterOrder(&v, w) {
				return false
			}
			changes = true // w goes
		case w.overrules(&v):
			v.overruled = true
			keep = keep && !s.obsoletes(w, &v)
		case v.overrules(w):
			changes = changes || !w.overruled || s.obsoletes(&v, w)
		}
	}
	if !keep && !changes {
		return false
	}
	if !changes && (today >= orderLimits.perDay || len(s.orders) >= orderLimits.total) {
		return s.spillOrder(v, c)
	}
	s.rewrite(v, keep)
	return true
}

// rewrite drops the orders that v makes obsolete, marks the others that v overrules, and adds v if keep is true.
func (s *Summary) rewrite(v order, keep bool) {
	rest := make([]order, 0, len(s.orders)+1)
	for i := range s.orders {
		w := s.orders[i]
		if keep && compareOrders(&v, &w) < 0 {
			rest, keep = append(rest, v), false
		}
		if w.order == v.order {
			if w.event == v.event && w.at == v.at && w.cancel == v.cancel {
				continue
			}
			if v.overrules(&w) {
				if s.obsoletes(&v, &w) {
					continue
				}
				w.overruled = true
			}
		}
		rest = append(rest, w)
	}
	if keep {
		rest = append(rest, v)
	}
	s.orders = rest
}

// compareOrders is the order of Summary.orders: the order of facts, then by order id, because one event may speak of several
// orders.
func compareOrders(v, w *order) int {
	return cmp.Or(v.compare(&w.stamp), cmp.Compare(v.order, w.order), cmp.Compare(bit(v.cancel, 1), bit(w.cancel, 1)))
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
	) > 0
}

// spillOrder adds an order to the aggregate of its day. A cancellation beyond the cap is dropped.
func (s *Summary) spillOrder(v order, c event.Calendar) bool {
	s.spilled++
	if v.cancel {
		return true
	}
	whole := order{stamp: stamp{at: c.Start(v.day), event: dayAggregate, day: v.day, n: 1}, amount: v.amount, lines: v.lines}
	s.orders = pool(s.orders, whole, func(into, f *order) { into.amount, into.lines = into.amount+f.amount, into.lines+f.lines })
	return true
}

// forgetOverruled drops the versions that were kept only for questions about instants just before H.
func (s *Summary) forgetOverruled() {
	var rest []order
	for i := range s.orders {
		w := &s.orders[i]
		gone := w.overruled && s.obsolete(w)
		if gone && rest == nil {
			rest = append(make([]order, 0, len(s.orders)-1), s.orders[:i]...)
		}
		if !gone && rest != nil {
			rest = append(rest, *w)
		}
	}
	if rest != nil {
		s.orders = rest
	}
}

func (s *Summary) obsolete(w *order) bool {
	for i := range s.orders {
		if v := &s.orders[i]; v.order == w.order && v.overrules(w) && s.obsoletes(v, w) {
			return true
		}
	}
	return false
}

// stands reports whether no version known by an instant overrules the version at place i.
func (s *Summary) stands(i int, at event.Instant) bool {
	w := &s.orders[i]
	if !w.overruled {
		return true
	}
	for j := range s.orders {
		if v := &s.orders[j]; v.order == w.order && v.at <= at && v.overrules(w) {
			return false
		}
	}
	return true
}
