package history

// with returns the sum of p and q, the totals of two parts. A day that both have sealed counts twice: totals no longer tell their days
// apart. Neither is modified.
func (p *past) with(q *past) *past {
	switch {
	case p == nil:
		return q
	case q == nil:
		return p
	}
	sum := p.clone()
	sum.kept = p.keptWith(q)
	sum.spend += q.spend
	sum.outreach += q.outreach
	for kind, n := range q.touches {
		sum.touches[kind] += n
	}
	if q.days == 0 {
		return sum
	}
	if sum.gaps = q.gaps; p.days > 0 {
		sum.gaps = forgotten // until uniteGaps
	}
	sum.addSeconds(q)
	sum.addFirst(q.firstDay, q.first, q.firstNet)
	sum.addLast(q.lastDay, q.last, q.lastAmount, q.lastLines)
	sum.orders += q.orders
	sum.days += q.days
	sum.lines += q.lines
	sum.margin += q.margin
	sum.marginSpend += q.marginSpend
	sum.discount += q.discount
	sum.service += q.service
	sum.acquisition += q.acquisition
	sum.repeatDays += q.repeatDays
	sum.repeatSpend += q.repeatSpend
	return sum
}
