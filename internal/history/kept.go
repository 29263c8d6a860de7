package history

import (
	"slices"
	"sort"

	"tidemark/internal/event"
)

// kept is what the totals of a past do not tell, and numbers of a year or of the categories over life need. It is never modified once a past
// holds it. A past without it has sealed nothing and counted no cost, or comes from a format before it: see past.knowsCosts, past.knowsSealed.
type kept struct {
	// costs are what folded interactions cost the business, by day, for 365 days.
	costs []costDay
	// lacks says that costs of days up to lacksUntil may be missing: a former format has counted them without their days.
	lacks      bool
	lacksUntil event.Day
	// sealed says that categories and first tell of all sealed days.
	sealed bool
	// categories are the hashes of the main categories of the sealed orders, ascending: nobody asks for the names.
	categories []uint32
	// first is the service of the first year, by the sealed days.
	first service
}

// costDay is what the folded interactions of one day cost the business, in minor units of the base currency.
type costDay struct {
	day  event.Day
	cost int64
}

// service adds up the orders that give a cost of service. orders is forgotten where the sums are not known.
type service struct{ cost, orders int64 }

// keeps returns what p keeps, to be modified. p is not held by a Summary yet.
func (p *past) keeps() *kept {
	k := new(kept)
	if p.kept != nil {
		*k = *p.kept
	}
	p.kept = k
	return k
}

// told returns p with what it keeps. A past of a former format does not know the days of its costs: all lie up to a newest day.
func (p *past) told(newest event.Day) *past {
	if p == nil || p.outreach == 0 || p.kept != nil {
		return p
	}
	p = p.clone()
	p.kept = &kept{lacks: true, lacksUntil: newest}
	return p
}

// knowsSealed reports whether categories and first tell of all sealed days.
func (p *past) knowsSealed() bool { return p == nil || p.days == 0 || p.kept != nil && p.kept.sealed }

// addCost counts in what an interaction cost on a day.
func (p *past) addCost(day event.Day, cost int64) {
	k := p.keeps()
	p.outreach += cost
	i := sort.Search(len(k.costs), func(i int) bool { return k.costs[i].day >= day })
	if i < len(k.costs) && k.costs[i].day == day {
		k.costs = slices.Clone(k.costs)
		k.costs[i].cost += cost
		return
	}
	k.costs = insert(k.costs, i, costDay{day, cost})
}

// forgetCosts drops the costs that no window reaches any more.
func (s *Summary) forgetCosts() {
	if s.past == nil || s.past.kept == nil {
		return
	}
	k, first := s.past.kept, s.newest-window-margin+1
	lacks := k.lacks && k.lacksUntil >= first
	if lacks == k.lacks && (len(k.costs) == 0 || k.costs[0].day >= first) {
		return
	}
	p := s.past.clone()
	q := p.keeps()
	if q.lacks = lacks; !lacks {
		q.lacksUntil = 0
	}
	for len(q.costs) > 0 && q.costs[0].day < first {
		q.costs = q.costs[1:]
	}
	s.past = p
}

// outreachOf adds up the costs of the folded interactions in the window of 365 days that ends with a day. It is false where some are missing. p is
// what told returns.
func (p *past) outreachOf(today event.Day) (cost int64, known bool) {
	switch {
	case p == nil || p.outreach == 0:
		return 0, true
	case p.kept.lacks && today-p.kept.lacksUntil < window:
		return 0, false
	}
	for _, d := range p.kept.costs {
		if today-d.day < window {
			cost += d.cost
		}
	}
	return cost, true
}

// keepDay takes a purchase day that is sealed. It comes before add: the days of p are still those before.
func (s *Summary) keepDay(p *past, e *entry) {
	if !p.knowsSealed() {
		return
	}
	y := p.firstYear()
	y.join(&firstYear{any: true, first: e.day, last: e.day, service: service{e.service, e.serviced}})
	k := p.kept
	if k == nil || s.past != nil && k == s.past.kept {
		k = p.keeps()
	}
	k.sealed, k.first = true, y.service
	for i, name := range s.categories {
		if e.categories>>(i+1)&1 != 0 {
			k.addCategory(name)
		}
	}
}

func categoryHash(name string) uint32 { return uint32(hash(name)) }

// addCategory takes a category of a sealed day. Beyond the cap it is one more, "other".
func (k *kept) addCategory(name string) {
	i, found := slices.BinarySearch(k.categories, categoryHash(name))
	switch {
	case found:
	case len(k.categories) < maxCategories || name == otherCategory:
		k.categories = insert(k.categories, i, categoryHash(name))
	default:
		k.addCategory(otherCategory)
	}
}

// keptWith returns what the sum of two parts keeps, but for the first year: see uniteFirstYears. Neither is modified.
func (p *past) keptWith(q *past) *kept {
	if p.kept == nil && q.kept == nil {
		return nil
	}
	var sum kept
	for _, of := range []*past{p, q} {
		if k := of.kept; k != nil {
			sum.costs = merge(sum.costs, k.costs, func(a, b *costDay) int { return int(a.day - b.day) }, func(into, other *costDay) { into.cost += other.cost })
			sum.lacks, sum.lacksUntil = sum.lacks || k.lacks, max(sum.lacksUntil, k.lacksUntil)
			sum.categories = append(sum.categories, k.categories...)
		}
	}
	slices.Sort(sum.categories)
	sum.categories = slices.Compact(sum.categories)
	sum.sealed = p.days+q.days > 0 && p.knowsSealed() && q.knowsSealed()
	return &sum
}
