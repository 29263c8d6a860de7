package history

import "tidemark/internal/event"

// BoughtCategory is what was bought of one category.
type BoughtCategory struct {
	Name string
	// Orders counts the orders of which the category holds most of the amount. Amount is what they came to, before refunds.
	Orders int
	Amount int64
}

// BoughtCategories returns the categories of the orders of the trailing days that stand at an instant, in the order in which the orders first
// named them. Orders of sealed days, two years old and more, are no longer told apart: their categories are forgotten. An order counts whole,
// before refunds, for its main category, as in TopCategory.
func (s *Summary) BoughtCategories(at event.Instant, days int, c event.Calendar) []BoughtCategory {
	var used [maxCategories + 2]BoughtCategory
	today := c.Day(at)
	settled := claims{claimed: s.unclaimed()}
	settled.start(s, at)
	for w := range s.orders.all {
		lives := settled.settle(w).lives // also of orders that are not counted: they claim their refunds
		if lives && w.category > 0 && int(today-w.day) < days {
			used[w.category].Orders += int(w.n)
			used[w.category].Amount += w.amount
		}
	}
	var all []BoughtCategory
	for i, name := range s.categories {
		if u := used[i+1]; u.Orders > 0 {
			u.Name = name
			all = append(all, u)
		}
	}
	return all
}
