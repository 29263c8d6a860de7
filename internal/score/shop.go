package score

import (
	"fmt"

	"tidemark/internal/history"
)

// Shop says from which numbers on an id behaves like a shop and not like one customer: the id 0 of all guests, or a till that knows no
// card. The purchases of such an id have no rhythm and no silence to speak of, so the id gets no churn alert and no second-order alert.
//
// The rule looks at the mean over life, because silence does not change that mean: an id that was found stays found after its last order.
type Shop struct {
	// OrdersPerDay is the least mean of the orders on a day with a purchase, over life. Only orders that stand count. Zero finds no shop.
	OrdersPerDay int
	// MinDays is the least number of days with a purchase. One day of many orders is rather an import.
	MinDays int
}

// maxOrdersPerDay bounds Shop.OrdersPerDay, so that the product with a number of days never overflows.
const maxOrdersPerDay = 1_000_000

// Check returns nil where s is valid, else the first thing that is wrong.
func (s Shop) Check() error {
	switch {
	case s.OrdersPerDay < 0 || s.OrdersPerDay > maxOrdersPerDay:
		return fmt.Errorf("%d orders a day are not in 0..%d", s.OrdersPerDay, maxOrdersPerDay)
	case s.OrdersPerDay > 0 && s.OrdersPerDay < leastOrdersPerDay:
		return fmt.Errorf("%d orders a day are what one customer may place: at least %d, or 0 for no shop", s.OrdersPerDay, leastOrdersPerDay)
	case s.OrdersPerDay > 0 && s.MinDays < 1:
		return fmt.Errorf("%d days: at least 1", s.MinDays)
	}
	return nil
}

// leastOrdersPerDay is the least line that a model may draw. Without it a typing error would silence the alerts of ordinary customers.
const leastOrdersPerDay = 2

// behaves reports whether these facts are those of a shop.
func (s Shop) behaves(f *history.Facts) bool {
	return s.OrdersPerDay > 0 && f.PurchaseDays >= s.MinDays && f.Orders >= s.OrdersPerDay*f.PurchaseDays
}
