package history

import "cmp"

// merged merges a sorted list of each part. meet puts the second of two equal entries into the first; without meet both stay. No list is
// modified. fresh says that the result shares no memory with a part.
func merged[T any](parts []part, of func(*part) []T, compare func(a, b *T) int, meet func(into, other *T)) (all []T, fresh bool) {
	if len(parts) == 1 {
		return of(&parts[0]), false
	}
	a, freshA := merged(parts[:len(parts)/2], of, compare, meet)
	b, freshB := merged(parts[len(parts)/2:], of, compare, meet)
	switch {
	case len(b) == 0:
		return a, freshA
	case len(a) == 0:
		return b, freshB
	}
	return merge(a, b, compare, meet), true
}

func merge[T any](a, b []T, compare func(a, b *T) int, meet func(into, other *T)) []T {
	all := make([]T, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		order := compare(&a[0], &b[0])
		if order > 0 {
			all, b = append(all, b[0]), b[1:]
			continue
		}
		all, a = append(all, a[0]), a[1:]
		if order == 0 && meet != nil {
			meet(&all[len(all)-1], &b[0])
			b = b[1:]
		}
	}
	return append(append(all, a...), b...)
}

// unite merges facts of all parts by the rule of admit: an event is known by its id on its day, and of two contents of one event the
// greater stays. pool adds up the aggregates of one day; it is nil for facts that have none.
func unite[T any, P stamped[T]](parts []part, of func(*part) []T, greater func(f, old *T) bool, pool func(into, f *T)) []T {
	facts, fresh := merged(parts, of, func(a, b *T) int { return P(a).key().compare(P(b).key()) }, nil)
	if !fresh {
		return facts
	}
	kept := facts[:0]
	for i := range facts {
		f, old := P(&facts[i]).key(), len(kept)-1
		for old >= 0 && P(&kept[old]).key().day == f.day && P(&kept[old]).key().event != f.event {
			old--
		}
		switch {
		case old < 0 || P(&kept[old]).key().day != f.day:
			kept = append(kept, facts[i])
		case f.event < aggregates:
			P(&kept[old]).key().n += f.n
			pool(&kept[old], &facts[i])
		case greater(&facts[i], &kept[old]): // a greater content does not lie before the other
			kept = append(append(kept[:old], kept[old+1:]...), facts[i])
		}
	}
	return kept
}

func (p *payment) pool(q *payment) { p.amount += q.amount }

// saysMore is greater, and prefers the copy that has kept the id of its event.
func (b *feedback) saysMore(g *feedback) bool {
	return b.greater(g) || b.id != "" && g.id == "" && !g.greater(b)
}

func compareConsents(c, d *consent) int { return cmp.Compare(c.channel, d.channel) }

func (c *consent) meet(d *consent) {
	if d.later(c) {
		*c = *d
	}
}

func compareAttributes(a, b *attribute) int { return cmp.Compare(a.key, b.key) }

func (a *attribute) meet(b *attribute) {
	if b.later(a) {
		*a = *b
	}
}
