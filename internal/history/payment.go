package history

import (
	"cmp"

	"tidemark/internal/event"
)

var paymentLimits = limits{perDay: 32, total: 512}

// payment says how a bill was met: PAYMENT_FAILED, PAYMENT_OVERDUE or PAID.
type payment struct {
	stamp
	amount int64
	kind   event.PurchaseKind
}

func (s *Summary) payment(p payment, c event.Calendar) bool {
	payments, became := admit(s.payments, p, p.stamp, paymentLimits, p.greater)
	switch became {
	case known:
		return false
	case full:
		s.spilled++
		p.stamp = stamp{at: c.Start(p.day), event: uint64(p.kind), day: p.day, n: 1}
		payments = pool(s.payments, p, func(into, p *payment) { into.amount += p.amount })
	case added:
	}
	s.payments = payments
	return true
}

func (p *payment) greater(q *payment) bool {
	return cmp.Or(cmp.Compare(p.at, q.at), cmp.Compare(p.kind, q.kind), cmp.Compare(p.amount, q.amount)) > 0
}
