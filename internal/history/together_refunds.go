package history

// uniteRefunds unites the refunds of all parts. If too many name an order, the oldest reduce money on their own days instead.
func (u *union) uniteRefunds() {
	u.refunds = unite(lists(u.parts, func(p *part) []refund { return p.refunds }), (*refund).greater, (*refund).pool)
	linked := 0
	for i := len(u.refunds) - 1; i >= 0; i-- {
		if u.refunds[i].order == 0 {
			continue
		}
		if linked++; linked > maxRefunds { // so several parts have refunds, and u.refunds is not the memory of any
			u.refunds[i].order, u.refunds[i].said = 0, said{}
			u.spilled++
		}
	}
}

func (r *refund) pool(q *refund) { r.amount += q.amount }
