package history

import (
	"cmp"
	"math"
	"slices"

	"tidemark/internal/event"
)

const (
	// half divides the window: the last half has 182 days, the one before 183.
	half = 182
	// assisting is how many days before an order an interaction may lie that assists it.
	assisting = 1
)

// byDay adds up what depends on the days alone: the spend of the half years, and the gaps. It notes the purchase days for touched.
func (v *view) byDay(m *More) {
	var l ledger
	var last event.Day
	var n, sum, squares int64
	l.claimed = v.unclaimed()
	for l.open(v.Summary, v.at, noDay); l.next(); {
		m.halves(v.today-l.day, l.amount-l.reduced)
		if l.orders == 0 || v.today-l.day >= window {
			continue
		}
		if n++; n > 1 {
			gap := int64(l.day - last)
			sum += gap
			squares += gap * gap
		}
		last = l.day
		if age := v.age(l.day); int(age) < len(v.bought) {
			v.bought[age] = true
		}
	}
	for k := range l.links {
		if r, orphan := l.orphan(k); orphan {
			m.halves(v.today-r.day, -r.amount)
		}
	}
	if m.Gaps = int(max(0, n-1)); m.Gaps > 1 {
		m.GapCV = math.Sqrt(float64(int64(m.Gaps)*squares-sum*sum)) / float64(sum)
	}
}

// halves adds net spend of an age in days.
func (m *More) halves(age event.Day, net int64) {
	switch {
	case age < half:
		m.SpendHalf += net
	case age < window:
		m.SpendHalfBefore += net
	}
}

// byOrder adds up the orders, one by one. It comes after touched.
func (v *view) byOrder(m *More) {
	var channels [maxChannels + 2]ChannelUse
	var categories [maxCategories + 2]CategoryUse
	year := v.past.firstYear()
	c := claims{claimed: v.unclaimed()}
	c.start(v.Summary, v.at)
	for w := range v.orders.all {
		inYear := v.today-w.day < window
		if inYear && w.from() <= v.at && stands(&v.orders, w, v.at) {
			m.Placed += int(w.n)
		}
		x := c.settle(w)
		if !x.lives {
			continue
		}
		if inYear {
			m.Year.add(w, &x)
			v.byChannel(&channels[w.channel], w, &x)
		}
		year.join(&firstYear{any: true, first: w.day, last: w.day, service: service{w.service, int64(bit(w.known&knownService != 0, 1))}})
		u := &categories[w.category]
		if u.Orders == 0 {
			u.First = w.day
		}
		u.add(w, &x)
	}
	if m.FirstYearKnown = year.any && year.orders != forgotten; m.FirstYearKnown {
		m.FirstYear = Service{int(year.orders), year.cost}
	}
	for ref := range channels {
		if u := &channels[ref]; ref > 0 && u.Orders > 0 {
			u.Name = v.channelName(uint8(ref))
			m.Channels = append(m.Channels, *u)
		}
	}
	slices.SortFunc(m.Channels, func(a, b ChannelUse) int { return cmp.Or(cmp.Compare(b.Orders, a.Orders), cmp.Compare(a.Name, b.Name)) })
	for ref := range categories {
		if u := &categories[ref]; ref > 0 && u.Orders > 0 {
			u.Name = v.categoryName(uint8(ref))
			m.Categories = append(m.Categories, *u)
		}
	}
	slices.SortFunc(m.Categories, func(a, b CategoryUse) int { return cmp.Or(cmp.Compare(a.First, b.First), cmp.Compare(a.Name, b.Name)) })
	v.ever(m)
}

// ever counts the categories of the whole life. What a sealed day has named was first bought before the window.
func (v *view) ever(m *More) {
	m.CategoriesKnown = v.past == nil || v.past.days == 0
	if m.BoughtKnown = v.past.knowsSealed(); !m.BoughtKnown {
		return
	}
	var sealed []uint32
	if !m.CategoriesKnown {
		sealed = v.past.kept.categories
	}
	m.Bought = len(sealed)
	for i := range m.Categories {
		u := &m.Categories[i]
		if _, found := slices.BinarySearch(sealed, categoryHash(u.Name)); found {
			continue
		}
		m.Bought++
		m.Tried += int(bit(v.today-u.First < window, 1))
	}
}

// add counts in a standing order.
func (s *Sums) add(w *order, x *settled) {
	s.Orders += int(w.n)
	s.Amount += w.amount
	s.Net += w.amount - x.back
	if w.known&knownMargin != 0 {
		s.Margin += w.margin
		s.MarginSpend += w.amount
	}
	s.Discount += w.discount
	s.DiscountOrders += int(bit(w.known&knownDiscount != 0, 1))
	s.Service += w.service
	s.ServiceOrders += int(bit(w.known&knownService != 0, 1))
	s.Acquisition += w.acquisition
}

// byChannel counts in a standing order on its channel.
func (v *view) byChannel(u *ChannelUse, w *order, x *settled) {
	u.Orders += int(w.n)
	u.Spend += w.amount - x.back
	age := int(v.age(w.day))
	if w.channel == 0 || age+assisting >= touchWindow {
		return
	}
	u.Seen += int(w.n)
	if on := v.touchedOn[age] | v.touchedOn[age+assisting]; on&^(1<<(w.channel-1)) != 0 {
		u.Assisted += int(w.n)
	}
}
