package history

import (
	"slices"

	"tidemark/internal/event"
)

// Versions of an order, and what Summary.orders keeps of them:
//
//	revised on   Monday              Tuesday        today
//	             ORDER ORDER ORDER   ORDER CANCEL   ORDER
//	                         |             |        |
//	kept                     (forgotten)   x        x
//
// Of the versions that are revised on one day the greatest speaks for all. Of the days, the older are forgotten once a day above them is
// two days old. What the forgotten versions say of the order's day is kept with those above them.

// obsoletes reports whether w, which v overrules, need not be kept: no query will ask for an instant at which w still stood.
func (s *Summary) obsoletes(v *order) bool { return v.revised().day < s.newest-margin }

// current returns a version as the encoding keeps it: the span matters only as long as somebody may ask for an instant of its day.
func (s *Summary) current(w *order) order {
	v := *w
	if r := v.more; r != nil && s.obsoletes(w) {
		v = compose(w.rivals(), r.revised, s.spanOf(r.revised, r.span), w.ordered())
		v.overruled = w.overruled
	}
	return v
}

// knows reports whether w holds the event of v with a content as great, and a record time as early.
func (s *Summary) knows(w, v *order) bool {
	if w.revised() != v.revised() || w.cancel != v.cancel {
		return false
	}
	if w.event == v.event && w.occurred() == v.occurred() {
		return v.recorded >= w.recorded && !s.greaterOrder(v, w)
	}
	for k := 0; w.more != nil && k < len(w.more.ties); k++ {
		if t := &w.more.ties[k]; t.event == v.event && t.moment() == v.occurred() {
			return v.recorded >= t.recorded && !s.greaterOrder(v, t)
		}
	}
	return false
}

// gather returns versions with w. Profiles of earlier formats may hold two versions of one revised day.
func (s *Summary) gather(versions []order, w order) []order {
	for i := range versions {
		if versions[i].revised().day == w.revised().day {
			versions[i] = s.meet(&versions[i], &w)
			return versions
		}
	}
	return append(versions, w)
}

// join returns versions of one order with v, in the order of Summary.orders. The input is not modified.
func (s *Summary) join(versions []order, v order) []order {
	next := slices.Clone(versions)
	day := v.revised().day
	spilled := false
	orders := v.ordered()
	found := false
	for i := range next {
		w := &next[i]
		switch {
		case w.revised().day == day:
			*w = s.meet(w, &v)
			found = true
		case w.revised().day > day && len(orders) > 0:
			*w = s.learn(w, orders)
		case w.revised().day < day:
			var full bool
			orders, full = withOrders(orders, w.ordered(), day)
			spilled = spilled || full
		}
	}
	if !found {
		next = append(next, compose(v.rivals(), v.revised(), s.spanOf(v.revised(), v.span()), orders))
	}
	if spilled {
		s.spilled++
	}
	return s.sift(next, &v)
}

// meet returns what the versions of one revised day come to when v joins w.
func (s *Summary) meet(w, v *order) order {
	rivals, revised := w.rivals(), w.revised()
	switch rank := v.rank(w); {
	case rank > 0:
		rivals, revised = v.rivals(), v.revised()
	case rank == 0:
		for _, x := range v.rivals() {
			rivals = s.rival(rivals, x)
		}
	}
	orders, full := withOrders(w.ordered(), v.ordered(), revised.day)
	if full {
		s.spilled++
	}
	return compose(rivals, revised, s.spanOf(revised, w.span().with(v.span())), orders)
}

// spanOf is the span of a version as far as it is worth keeping. Once the day is over for all, what the versions of the day overrule is gone.
func (s *Summary) spanOf(revised moment, x span) span {
	if revised.day < s.newest-margin {
		return span{revised.at, noDay}
	}
	return x
}

// rival returns versions of the same kind and revised with v, the greatest first.
func (s *Summary) rival(rivals []order, v order) []order {
	i := slices.IndexFunc(rivals, func(w order) bool { return w.event == v.event && w.moment() == v.moment() })
	if i >= 0 {
		w := rivals[i]
		if s.greaterOrder(&w, &v) {
			v, w = w, v
		}
		v.recorded = min(v.recorded, w.recorded)
		rivals[i] = v
	} else {
		rivals = append(rivals, v)
	}
	slices.SortFunc(rivals, func(v, w order) int { return w.outranks(&v) })
	if len(rivals) > maxTies+1 {
		s.spilled++
		rivals = rivals[:maxTies+1]
	}
	return rivals
}

// learn returns w, which is above the versions that say orders, with what they say of the order's day.
func (s *Summary) learn(w *order, orders []moment) order {
	all, full := withOrders(w.ordered(), orders, w.revised().day)
	if full {
		s.spilled++
	}
	return compose(w.rivals(), w.revised(), w.span(), all)
}

// sift drops the versions that need not be kept, and marks those that are overruled. next has just joined the versions: one of them may
// speak for it.
func (s *Summary) sift(versions []order, next *order) []order {
	all := slices.Clone(versions)
	kept := versions[:0]
	for _, w := range all {
		gone := next.overrules(&w) && s.obsoletes(next)
		w.overruled = false
		for i := range all {
			if v := &all[i]; v.overrules(&w) {
				w.overruled = true
				gone = gone || s.obsoletes(v)
			}
		}
		if !gone {
			kept = append(kept, w)
		}
	}
	slices.SortFunc(kept, func(v, w order) int { return compareOrders(&v, &w) })
	return kept
}

// forgetOverruled drops the versions that were kept only for questions about instants just before H.
func (s *Summary) forgetOverruled() {
	for w := range s.orders.all {
		if w.overruled && s.obsolete(w) {
			s.orders = s.orders.without(0, s.orders.blocks()-1, func(w *order) bool { return w.overruled && s.obsolete(w) })
			return
		}
	}
}

func (s *Summary) obsolete(w *order) bool {
	for v := range s.orders.all {
		if v.order == w.order && v.overrules(w) && s.obsoletes(v) {
			return true
		}
	}
	return false
}

// stands reports whether none of the orders, in force at an instant, overrules w.
func stands(orders *orderList, w *order, at event.Instant) bool {
	if !w.overruled {
		return true
	}
	for v := range orders.all {
		if v.order == w.order && v.from() <= at && v.overrules(w) {
			return false
		}
	}
	return true
}
