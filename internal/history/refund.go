package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// maxRefunds bounds the refunds of a customer that are told apart.
const maxRefunds = 256

var refundLimits = limits{perDay: 32, total: maxRefunds}

// refund is a REFUND or a CHARGEBACK. Its order is zero where the event names no order, and once its order is sealed. From
// then on, amount is what the refund moved in effect.
type refund struct {
	stamp
	order      uint64
	amount     int64
	said       said // zero where it no longer matters
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
		r.order, r.said = 0, said{}
		refunds = pool(s.refunds, r, func(into, r *refund) { into.amount += r.amount })
	case added:
	}
	s.refunds = refunds
	s.link()
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
		r.said.compare(q.said),
	) > 0
}

// before compares two refunds of one order: the canonical order.
func (r *refund) before(q *refund) int {
	return cmp.Or(cmp.Compare(r.at, q.at), cmp.Compare(r.event, q.event), cmp.Compare(r.day, q.day))
}

// link makes Summary.links: the places of the refunds that name an order, by order, then canonically.
func (s *Summary) link() {
	var links []uint16
	for j := range s.refunds {
		if s.refunds[j].order != 0 {
			links = append(links, uint16(j))
		}
	}
	slices.SortFunc(links, func(i, j uint16) int {
		r, q := &s.refunds[i], &s.refunds[j]
		return cmp.Or(cmp.Compare(r.order, q.order), r.before(q))
	})
	s.links = links
}
