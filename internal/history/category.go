package history

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"tidemark/internal/event"
)

// maxCategories bounds the categories that are told apart, among the orders that are kept. Further categories share one name,
// otherCategory.
const (
	maxCategories = 32
	otherCategory = "other"
)

// mainCategory is the category that holds most of an order's amount; among equals the category of the most pieces, then the
// alphabetically first. It is empty where no item names a category.
func mainCategory(items []event.Item) string {
	var first string
	plain := true
	for i := range items {
		if name := items[i].Category; name != "" && name != first {
			plain = plain && first == ""
			first = name
		}
	}
	if plain {
		return first
	}
	type share struct{ amount, pieces int64 }
	shares := map[string]share{}
	for i := range items {
		if item := &items[i]; item.Category != "" {
			s := shares[item.Category]
			shares[item.Category] = share{s.amount + item.AmountMinor, s.pieces + item.Quantity}
		}
	}
	best := first
	for name, s := range shares {
		most := shares[best]
		if cmp.Or(cmp.Compare(s.amount, most.amount), cmp.Compare(s.pieces, most.pieces), cmp.Compare(best, name)) > 0 {
			best = name
		}
	}
	return best
}

// category returns the reference to a category.
func (s *Summary) category(name string) uint8 {
	if name == "" {
		return 0
	}
	if i := slices.Index(s.categories, name); i >= 0 {
		return uint8(i + 1)
	}
	if len(s.categories) >= maxCategories {
		s.forgetCategories()
	}
	if len(s.categories) >= maxCategories && name != otherCategory {
		s.spilled++
		return s.category(otherCategory)
	}
	s.categories = insert(s.categories, len(s.categories), strings.Clone(name))
	return uint8(len(s.categories))
}

// forgetCategories drops the categories that no order names any more.
func (s *Summary) forgetCategories() {
	var kept []string
	rename := func(v *order) {
		name := s.categoryName(v.category)
		if name == "" {
			return
		}
		place := slices.Index(kept, name)
		if place < 0 {
			place, kept = len(kept), append(kept, name)
		}
		v.category = uint8(place + 1)
	}
	orders := make([]order, 0, s.orders.len())
	for v := range s.orders.all {
		orders = append(orders, *v)
	}
	for i := range orders {
		v := &orders[i]
		rename(v)
		if v.more == nil || len(v.more.ties) == 0 {
			continue
		}
		more := *v.more
		more.ties = slices.Clone(more.ties)
		for k := range more.ties {
			rename(&more.ties[k])
		}
		v.more = &more
	}
	s.orders, s.categories = orderListOf(orders), kept
}

func (s *Summary) categoryName(ref uint8) string {
	if ref == 0 {
		return ""
	}
	return s.categories[ref-1]
}

// rankCategories returns the categories that orders name, in alphabetical order, and makes their references.
func (e *encoder) rankCategories(s *Summary) []string {
	if len(s.categories) == 0 {
		return nil
	}
	var used [maxCategories + 2]bool
	for v := range s.orders.all {
		used[v.category] = true
		if e.moreOf(v)&moreTies != 0 {
			for k := range v.more.ties {
				used[v.more.ties[k].category] = true
			}
		}
	}
	var names []string
	for i, name := range s.categories {
		if used[i+1] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for i, name := range s.categories {
		place, _ := slices.BinarySearch(names, name)
		e.category[i+1] = uint8(place + 1)
	}
	return names
}

// OrderChannels returns the channels of the orders of the trailing 365 days that stand at an instant, that of the most orders first, and among
// equals in alphabetical order. It is nil where no order names a channel.
func (s *Summary) OrderChannels(at event.Instant, c event.Calendar) []string {
	counts := map[string]int64{}
	today := c.Day(at)
	all := claims{claimed: s.unclaimed()}
	all.start(s, at)
	for w := range s.orders.all {
		lives := all.settle(w).lives
		if lives && w.channel > 0 && today-w.day < window {
			counts[s.channelName(w.channel)] += int64(w.n)
		}
	}
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	return names
}

// TopCategory returns the category with the most money among the orders of the trailing 365 days that stand at an instant.
// Among equals it returns the category with the most orders, then the alphabetically first. It is empty where no order names
// a category. An order counts whole, before refunds, for the category that holds most of its amount.
func (s *Summary) TopCategory(at event.Instant, c event.Calendar) string {
	type share struct{ amount, orders int64 }
	var shares [maxCategories + 2]share
	today, best := c.Day(at), uint8(0)
	all := claims{claimed: s.unclaimed()}
	all.start(s, at)
	for w := range s.orders.all {
		lives := all.settle(w).lives // also of orders that are not counted: they claim their refunds
		if lives && w.category > 0 && today-w.day < window {
			shares[w.category].amount += w.amount
			shares[w.category].orders++
		}
	}
	for i := range s.categories {
		ref := uint8(i + 1)
		this, most := shares[ref], shares[best]
		if this.orders > 0 && (best == 0 || cmp.Or(cmp.Compare(this.amount, most.amount), cmp.Compare(this.orders, most.orders),
			cmp.Compare(s.categoryName(best), s.categoryName(ref))) > 0) {
			best = ref
		}
	}
	return s.categoryName(best)
}
