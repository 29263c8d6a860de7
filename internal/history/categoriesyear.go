package history

import "tidemark/internal/event"

// CategoryYear is what was bought of one category in the trailing 365 days.
type CategoryYear struct {
	Name string
	// Orders counts the orders of which the category holds most of the amount. Amount is what they came to, before refunds.
	Orders int
	Amount int64
}

// CategoriesYear returns the categories of the orders of the trailing 365 days that stand at an instant, in the order in which the orders first
// named them. An order counts whole, before refunds, for its main category, as in TopCategory.
func (s *Summary) CategoriesYear(at event.Instant, c event.Calendar) []CategoryYear {
	var used [maxCategories + 2]CategoryYear
	today := c.Day(at)
	all := claims{claimed: s.unclaimed()}
	all.start(s, at)
	for w := range s.orders.all {
		lives := all.settle(w).lives // also of orders that are not counted: they claim their refunds
		if lives && w.category > 0 && today-w.day < window {
			used[w.category].Orders += int(w.n)
			used[w.category].Amount += w.amount
		}
	}
	var years []CategoryYear
	for i, name := range s.categories {
		if u := used[i+1]; u.Orders > 0 {
			u.Name = name
			years = append(years, u)
		}
	}
	return years
}
