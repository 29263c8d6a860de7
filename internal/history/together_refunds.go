package history

import "slices"

// uniteRefunds unites the refunds of all parts. If they are too many to be told apart, the oldest go to the aggregates of their days, as the
// newest do in the history of one id.
func (u *union) uniteRefunds() {
	u.refunds = unite(u.parts, func(p *part) []refund { return p.refunds }, (*refund).greater, (*refund).pool)
	apart := 0
	for i := range u.refunds {
		apart += int(bit(u.refunds[i].event >= aggregates, 1))
	}
	if apart > maxRefunds {
		u.refunds = poolOldest(u.refunds, apart-maxRefunds)
		u.spilled += int64(apart - maxRefunds)
	}
}

func (r *refund) pool(q *refund) { r.amount += q.amount }

// poolOldest returns refunds with so many of them, the oldest, in the aggregates of their days.
func poolOldest(refunds []refund, many int) []refund {
	var kept []refund
	for _, r := range refunds {
		if r.event >= aggregates && many > 0 {
			many--
			r.event, r.order, r.said = dayAggregate+bit(r.chargeback, 1), 0, said{}
		}
		same := len(kept) - 1
		for same >= 0 && kept[same].day == r.day && kept[same].event != r.event {
			same--
		}
		if r.event >= aggregates || same < 0 || kept[same].day != r.day {
			kept = append(kept, r)
			continue
		}
		kept[same].n += r.n
		kept[same].pool(&r)
	}
	slices.SortFunc(kept, func(r, q refund) int { return r.compare(&q.stamp) })
	return kept
}
