package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// moment is an instant and its day.
type moment struct {
	at  event.Instant
	day event.Day
}

func (m moment) compare(n moment) int {
	return cmp.Or(cmp.Compare(m.day, n.day), cmp.Compare(m.at, n.at))
}

// revision is what a version says of time beyond its stamp. Most versions have none. It is never modified once a Summary holds it.
type revision struct {
	// occurred and revised are what the event says: occurred_at, and revised_at or else occurred_at.
	occurred, revised moment
	span
	// orders are the occurred of the order's ORDERs up to this version: the least of each day, ascending, of the days less than 365
	// days before revised. Nil stands for the version's own, if it is an ORDER.
	orders []moment
	// ties are the other versions of the same kind and revised, the greatest first. The stamp of a tie is its own occurred.
	ties []order
}

// span says what the versions of an order that are revised on one day have in common.
type span struct {
	// since is the least revised, reach the day of the least occurred.
	since event.Instant
	reach event.Day
}

func (x span) with(y span) span { return span{min(x.since, y.since), min(x.reach, y.reach)} }

// span of the day on which v is revised.
func (v *order) span() span {
	if v.more != nil {
		return v.more.span
	}
	return span{v.at, v.day}
}

// Caps of one version of an order.
const (
	maxOrderDays = 32
	maxTies      = 16
)

func (f *stamp) moment() moment { return moment{f.at, f.day} }

func (v *order) occurred() moment {
	if v.more != nil {
		return v.more.occurred
	}
	return v.moment()
}

func (v *order) revised() moment {
	if v.more != nil {
		return v.more.revised
	}
	return v.moment()
}

// from is the instant from which the version is in force.
func (v *order) from() event.Instant {
	if v.more != nil {
		return max(v.at, v.more.since)
	}
	return v.at
}

// ordered are the moments that revision.orders stands for.
func (v *order) ordered() []moment {
	switch {
	case v.more != nil && v.more.orders != nil:
		return v.more.orders
	case v.cancel:
		return nil
	}
	return []moment{v.occurred()}
}

// above reports whether v counts before w, another version of its order: by revised, then a CANCEL before an ORDER.
func (v *order) above(w *order) bool { return v.rank(w) > 0 }

func (v *order) rank(w *order) int {
	return cmp.Or(cmp.Compare(v.revised().at, w.revised().at), cmp.Compare(bit(v.cancel, 1), bit(w.cancel, 1)))
}

// outranks decides between two versions of the same kind and revised: by record time, event id, occurred.
func (v *order) outranks(w *order) int {
	return cmp.Or(cmp.Compare(v.recorded, w.recorded), cmp.Compare(v.event, w.event), v.occurred().compare(w.occurred()))
}

// overrules reports whether v, or a version that v speaks for, takes the place of w, another version of the same order.
func (v *order) overrules(w *order) bool {
	return v.above(w) && v.span().reach-w.occurred().day < window
}

// compose puts together one version of those that are revised on one day. rivals are the versions of the greatest rank, the
// greatest first, each with its occurred as stamp.
func compose(rivals []order, revised moment, of span, orders []moment) order {
	v := rivals[0]
	r := &revision{occurred: v.moment(), revised: revised, span: span{of.since, min(of.reach, v.day)}, orders: orders, ties: rivals[1:]}
	if !v.cancel && r.revised.at == r.occurred.at && len(orders) > 0 { // else the event itself says the day
		v.at, v.day = orders[0].at, orders[0].day
	}
	if len(orders) == 0 || len(orders) == 1 && !v.cancel && orders[0] == r.occurred {
		r.orders = nil
	}
	v.more = r
	if r.plain(v.moment()) {
		v.more = nil
	}
	return v
}

// plain reports whether r says no more than a stamp.
func (r *revision) plain(m moment) bool {
	return r.occurred == m && r.revised == m && r.span == (span{m.at, m.day}) && r.orders == nil && len(r.ties) == 0
}

// rivals are v and its ties, each with its occurred as stamp.
func (v *order) rivals() []order {
	first := *v
	first.at, first.day, first.more, first.overruled = v.occurred().at, v.occurred().day, nil, false
	if v.more == nil {
		return []order{first}
	}
	return append([]order{first}, v.more.ties...)
}

// withOrders returns moments with more of them: the least of each day, less than 365 days before a day. full says that some were left out
// because there were too many.
func withOrders(moments, more []moment, revised event.Day) (union []moment, full bool) {
	union = slices.Concat(moments, more)
	slices.SortFunc(union, moment.compare)
	union = slices.CompactFunc(union, func(m, n moment) bool { return m.day == n.day })
	union = slices.DeleteFunc(union, func(m moment) bool { return m.day <= revised-window })
	if len(union) > maxOrderDays {
		return union[:maxOrderDays], true
	}
	return union, false
}

// sameOrders reports whether two lists of versions say the same.
func sameOrders(a, b []order) bool { return slices.EqualFunc(a, b, sameOrder) }

func sameOrder(v, w order) bool {
	p, q := v.more, w.more
	v.more, w.more = nil, nil
	if v != w || (p == nil) != (q == nil) {
		return false
	}
	return p == nil || p.occurred == q.occurred && p.revised == q.revised && p.span == q.span &&
		slices.Equal(p.orders, q.orders) && sameOrders(p.ties, q.ties)
}
