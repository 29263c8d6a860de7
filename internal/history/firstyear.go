package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

// firstYear are purchase days, and the service of the first 365 days from the first of them on.
type firstYear struct {
	any         bool
	first, last event.Day
	service
}

// join takes the purchase days of another part. The sums of a part that begins later are those of its own first year: where that goes on after
// the year of both has ended, nobody knows any more on which side its orders lie.
func (y *firstYear) join(of *firstYear) {
	if !y.any || !of.any {
		if of.any {
			*y = *of
		}
		return
	}
	early, late := *y, *of
	if late.first < early.first {
		early, late = late, early
	}
	y.any, y.first, y.last, y.service = true, early.first, max(early.last, late.last), early.service
	switch {
	case late.first-early.first >= window: // all of it lies after the year
	case y.orders == forgotten:
	case late.orders == forgotten || late.orders > 0 && late.first > early.first && late.last-early.first >= window:
		y.service = service{orders: forgotten}
	default:
		y.cost += late.cost
		y.orders += late.orders
	}
}

// firstYear is the first year by the sealed days.
func (p *past) firstYear() firstYear {
	switch {
	case p == nil || p.days == 0:
		return firstYear{}
	case !p.knowsSealed():
		return firstYear{any: true, first: p.firstDay, last: p.lastDay, service: service{orders: forgotten}}
	}
	return firstYear{any: true, first: p.firstDay, last: p.lastDay, service: p.kept.first}
}

// uniteFirstYears sums over the sealed days of all parts. It goes by their first days, so that the order of the parts does not matter.
func (u *union) uniteFirstYears() {
	var all []firstYear
	for i := range u.parts {
		if y := u.parts[i].past.firstYear(); y.any {
			all = append(all, y)
		}
	}
	if len(all) == 0 || !u.past.knowsSealed() {
		return
	}
	slices.SortFunc(all, func(a, b firstYear) int { return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.last, b.last)) })
	var y firstYear
	for i := range all {
		y.join(&all[i])
	}
	if u.past.kept.first != y.service { // else what u keeps may be the part's own
		u.past.kept.first = y.service
	}
}
