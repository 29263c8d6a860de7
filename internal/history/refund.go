package history

import (
	"cmp"

	"tidemark/internal/event"
)

var refundLimits = limits{perDay: 32, total: 256}

// refund is a REFUND or a CHARGEBACK. Its order is zero where the event names no order, and once its order is sealed. From
// then on, amount is what the refund moved in effect.
type refund struct {
	stamp
	order      uint64
	amount     int64
	chargeback bool
}

func (s *Summary) refund(r refund, c event.Calendar) bool {
	refunds, became := admit(s.refunds, r, r.stamp, refundLimits, r.greater)
	switch became {
	case known:
		return false
	case full:
		s.spilled++
		r.stamp = stamp{at: c.Start(r.day), event: dayAggregate + bit(r.chargeback, 1), day: r.day, n: 1}
		r.order = 0
		refunds = pool(s.refunds, r, func(into, r *refund) { into.amount += r.amount })
	case added:
	}
	s.refunds = refunds
	return true
}

func bit(set bool, value uint64) uint64 {
	if set {
		return value
	}
	return 0
}

func (r *refund) greater(q *refund) bool {
	return cmp.Or(
		cmp.Compare(r.at, q.at),
		cmp.Compare(bit(r.chargeback, 1), bit(q.chargeback, 1)),
		cmp.Compare(r.order, q.order),
		cmp.Compare(r.amount, q.amount),
	) > 0
}

// before is the canonical order of refunds.
func (r *refund) before(q *refund) bool {
	return r.at < q.at || r.at == q.at && (r.event < q.event || r.event == q.event && r.day < q.day)
}

// target returns the place of the version that a refund belongs to at an instant; -1 for none. Among the versions that stand,
// less than 365 days away, it is the newest at or before the refund, else the oldest after it.
func (s *Summary) target(r *refund, at event.Instant) int {
	best := -1
	for i := range s.orders {
		w := &s.orders[i]
		if w.order != r.order || w.at > at || apart(w.day, r.day) >= window || !s.stands(i, at) {
			continue
		}
		if best < 0 || nearer(r, w, &s.orders[best]) {
			best = i
		}
	}
	return best
}

func nearer(r *refund, v, w *order) bool {
	if v.at <= r.at {
		return w.at > r.at || v.at > w.at
	}
	return w.at > r.at && v.at < w.at
}

// belongs reports whether r belongs to the version at place i, which stands. Two standing versions less than 365 days before
// a refund never share an order id: the later would overrule the earlier.
func (s *Summary) belongs(r *refund, i int, at event.Instant) bool {
	w := &s.orders[i]
	if r.order != w.order || r.at > at || apart(r.day, w.day) >= window {
		return false
	}
	return w.at <= r.at || s.target(r, at) == i
}

// fate says whether the version at place i is an order that counts at an instant, and how much of the order was given back
// before its own date.
func (s *Summary) fate(i int, at event.Instant) (lives bool, early int64) {
	w := &s.orders[i]
	if w.cancel || w.at > at || !s.stands(i, at) {
		return false, 0
	}
	if w.order == 0 {
		return true, 0
	}
	for j := range s.refunds {
		r := &s.refunds[j]
		if r.order != w.order || !s.belongs(r, i, at) {
			continue
		}
		whole := r.amount >= w.amount
		switch {
		case whole && r.at >= w.at:
			return false, 0
		case !whole && r.at < w.at:
			early = min(early+r.amount, w.amount)
		}
	}
	return true, early
}

// moved returns the amount that the refund at place j takes off its own date at an instant. orphan says that the refund names
// an order that is not known.
func (s *Summary) moved(j int, at event.Instant) (amount int64, orphan bool) {
	r := &s.refunds[j]
	if r.order == 0 {
		return r.amount, false
	}
	i := s.target(r, at)
	if i < 0 {
		return r.amount, true
	}
	w := &s.orders[i]
	lives, taken := s.fate(i, at)
	if !lives || r.at < w.at {
		return 0, false
	}
	for k := range s.refunds {
		q := &s.refunds[k]
		if q.order == r.order && q.at >= w.at && q.before(r) && s.belongs(q, i, at) {
			taken = min(taken+q.amount, w.amount)
		}
	}
	return min(r.amount, w.amount-taken), false
}
