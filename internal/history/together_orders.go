package history

import (
	"cmp"
	"slices"
)

// uniteOrders unites the orders of all parts. Most orders lie in one part. The versions of an order that lies in several parts meet as if
// one id had observed them.
func (u *union) uniteOrders() {
	if p, only := u.onlyBuyer(); only {
		u.orders = p.orders
		return
	}
	shared := u.sharedOrders()
	var versions []order
	orders, _ := merged(u.parts, func(p *part) []order { return p.ordersBut(shared, &versions) }, compareOrders, (*order).pool)
	if len(versions) > 0 {
		orders = merge(orders, u.settleVersions(versions), compareOrders, nil)
	}
	u.orders = orderListOf(orders)
}

// onlyBuyer returns the only part that has orders, if they are orders of the union as they are.
func (u *union) onlyBuyer() (buyer *part, only bool) {
	for k := range u.parts {
		switch p := &u.parts[k]; {
		case p.orders.len() == 0:
		case buyer != nil || p.renamedChannels || p.renamedCategories:
			return nil, false
		default:
			buyer = p
		}
	}
	return buyer, buyer != nil
}

// pool adds an aggregate to another of the same day. No other orders of several parts are equal: their order ids differ.
func (v *order) pool(w *order) { v.n, v.amount, v.lines = v.n+w.n, v.amount+w.amount, v.lines+w.lines }

// ordersBut returns the orders of p by the union's references, without the versions of some orders: it appends those to versions.
func (p *part) ordersBut(ids []uint64, versions *[]order) []order {
	if len(ids) == 0 && len(p.orders.older) == 0 && !p.renamedChannels && !p.renamedCategories {
		return p.orders.last
	}
	orders := make([]order, 0, p.orders.len())
	for v := range p.orders.all {
		to := &orders
		if _, shared := slices.BinarySearch(ids, v.order); shared {
			to = versions
		}
		*to = append(*to, *v)
		w := &(*to)[len(*to)-1]
		p.rename(w)
		if to == versions {
			*w = p.kept(w)
		}
	}
	return orders
}

// kept returns a version as the encoding of its part keeps it: the answer is the same for a part that has been stored.
func (p *part) kept(v *order) order {
	w, revised := *v, v.revised()
	if revised.day > p.newest-window {
		return w
	}
	w.recorded = revised.at
	if v.more != nil && len(v.more.ties) > 0 {
		more := *v.more
		more.ties = nil
		if w.more = &more; more.plain(w.moment()) {
			w.more = nil
		}
	}
	return w
}

// sharedOrders returns the ids of the orders that lie in several parts, ascending.
func (u *union) sharedOrders() []uint64 {
	const bits = 4096
	var seen [bits / 64]uint64 // has a bit for each order of the parts before: most orders of a part are new, and need no search
	var ids []uint64
	for k := range u.parts {
		orders := &u.parts[k].orders
		if k > 0 {
			for v := range orders.all {
				if bit := v.order % bits; v.event >= aggregates && seen[bit/64]>>(bit%64)&1 != 0 {
					ids = append(ids, v.order)
				}
			}
		}
		if k < len(u.parts)-1 {
			for v := range orders.all {
				bit := v.order % bits
				seen[bit/64] |= 1 << (bit % 64)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return u.inSeveral(ids)
}

// inSeveral returns those of some ids of orders that lie in several parts.
func (u *union) inSeveral(ids []uint64) []uint64 {
	holder := make([]int, len(ids)) // the last part that holds the order, plus one
	parts := make([]int, len(ids))
	for k := range u.parts {
		for v := range u.parts[k].orders.all {
			if i, found := slices.BinarySearch(ids, v.order); found && holder[i] != k+1 {
				holder[i] = k + 1
				parts[i]++
			}
		}
	}
	several := ids[:0]
	for i, id := range ids {
		if parts[i] > 1 {
			several = append(several, id)
		}
	}
	return several
}

// settleVersions returns what the versions of several orders come to, in the order of Summary.orders.
func (u *union) settleVersions(versions []order) []order {
	slices.SortStableFunc(versions, func(v, w order) int { return cmp.Compare(v.order, w.order) })
	var settled []order
	for len(versions) > 0 {
		n := 1
		for n < len(versions) && versions[n].order == versions[0].order {
			n++
		}
		settled = append(settled, u.meetAll(versions[:n])...)
		versions = versions[n:]
	}
	slices.SortFunc(settled, func(v, w order) int { return compareOrders(&v, &w) })
	return settled
}

// meetAll returns what the versions of one order come to: join, for versions that are compositions themselves.
func (u *union) meetAll(versions []order) []order {
	if !slices.ContainsFunc(versions, func(v order) bool { return !sameOrder(v, versions[0]) }) {
		return []order{u.current(&versions[0])} // several ids have observed the same
	}
	var days []order // one for each day on which a version is revised
	for i := range versions {
		days = u.gather(days, versions[i])
	}
	slices.SortFunc(days, func(v, w order) int { return cmp.Compare(v.revised().day, w.revised().day) })
	var orders []moment
	for i := range days {
		v, full := &days[i], false
		if orders, full = withOrders(orders, v.ordered(), v.revised().day); full {
			u.spilled++
		}
		*v = compose(v.rivals(), v.revised(), u.spanOf(v.revised(), v.span()), orders)
	}
	return u.siftAll(days, versions)
}

// siftAll is sift for versions of which each may have joined the days: it may speak for it, and for what it has made its part forget.
func (u *union) siftAll(days, versions []order) []order {
	kept := make([]order, 0, len(days))
	for _, w := range days {
		gone := false
		for i := range days {
			if v := &days[i]; v.overrules(&w) {
				w.overruled = true
				gone = gone || u.obsoletes(v)
			}
		}
		for i := range versions {
			v := &versions[i]
			gone = gone || u.obsoletes(v) && (v.overrules(&w) || v.followed(&w))
		}
		if !gone {
			kept = append(kept, w)
		}
	}
	return kept
}

// followed reports whether v has taken the place of an ORDER that overrules w. v knows of that ORDER only when it occurred. So it was
// revised later than w if it occurred later than w was revised.
func (v *order) followed(w *order) bool {
	return slices.ContainsFunc(v.ordered(), func(m moment) bool {
		return m.at > w.revised().at && m.day-w.occurred().day < window
	})
}
