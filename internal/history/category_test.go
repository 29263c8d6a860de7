package history_test

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// of is an order of items: category, amount and pieces of each.
func of(day int, id string, amount int64, items ...event.Item) observed {
	at := event.Calendar{}.Start(base + event.Day(day))
	return observed{
		x: &event.Purchase{Head: event.Head{ID: id, Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id, Items: items},
		a: history.Amounts{Amount: amount},
	}
}

func TestTopCategory(t *testing.T) {
	tea, cups := event.Item{Category: "tea", AmountMinor: 10, Quantity: 1}, event.Item{Category: "cups", AmountMinor: 10, Quantity: 1}
	two := cups
	two.Quantity = 2
	for _, row := range []struct {
		why  string
		seen []observed
		want string
	}{
		{"nothing bought", nil, ""},
		{"no item says what it is", []observed{of(0, "a", 10, event.Item{})}, ""},
		{"the dearer order", []observed{of(0, "a", 10, tea), of(1, "b", 11, cups)}, "cups"},
		{"more orders of the same money", []observed{of(0, "a", 20, tea), of(1, "b", 10, cups), of(2, "c", 10, cups)}, "cups"},
		{"alphabetically, where all is equal", []observed{of(0, "a", 10, tea), of(1, "b", 10, cups)}, "cups"},
		{"an order counts for the category of most of its amount", []observed{of(0, "a", 30, tea, tea, two)}, "tea"},
		{"of most pieces among equals", []observed{of(0, "a", 20, tea, two)}, "cups"},
		{"a year ago is too long", []observed{of(0, "a", 99, tea), of(365, "b", 1, cups)}, "cups"},
		{"cancelled orders do not count", []observed{of(0, "a", 99, tea), of(1, "b", 1, cups), named(t, event.Head{ID: "x", OccurredAt: event.Calendar{}.Start(base + 1)}, "CANCEL", "a", 0)}, "cups"},
	} {
		s, _ := remember(row.seen)
		if got := s.TopCategory(event.Calendar{}.Start(s.Newest()+1)-1, event.Calendar{}); got != row.want {
			t.Errorf("%s: top category %q, want %q", row.why, got, row.want)
		}
	}
}

// Of two contents of one event that differ in nothing else, one category counts, whichever came first.
func TestCategoryOfTheGreaterContent(t *testing.T) {
	tea, cups := of(0, "a", 10, event.Item{Category: "tea"}), of(0, "a", 10, event.Item{Category: "cups"})
	for _, seen := range [][]observed{{tea, cups}, {cups, tea}} {
		s, _ := remember(seen)
		if got := s.TopCategory(at(&s), event.Calendar{}); got != "tea" {
			t.Errorf("top category %q, want tea", got)
		}
	}
}

// Of a customer who buys something of everything 32 categories are told apart, and what no order names any more is forgotten.
func TestCategoriesAreBounded(t *testing.T) {
	year := func(s history.Summary, from int) history.Summary {
		for i := range 40 {
			o := of(from+i, fmt.Sprint("o", from+i), 1, event.Item{Category: fmt.Sprintf("category %d", from+i)})
			s, _ = s.Observe(o.x, o.a, event.Calendar{})
		}
		return s
	}
	s := year(history.Summary{}, 0)
	if got, want := s.TopCategory(at(&s), event.Calendar{}), "other"; got != want {
		t.Errorf("8 of 40 orders are beyond the 32nd category: top category %q, want %q", got, want)
	}
	if got := s.Spilled(); got != 8 {
		t.Errorf("%d spilled, want the 8 beyond 32", got)
	}
	s = year(s, 1000) // by when the first year is sealed
	if got := s.Spilled(); got != 16 {
		t.Errorf("%d spilled, want 8 more: the old categories were to be forgotten", got)
	}
	if b := s.Append(nil); len(b) > 2000 {
		t.Errorf("%d bytes, want less than 2000", len(b))
	}
}

// An order of 32,768 items, each of a category of its own, makes a profile hardly larger than an order of one item does: of an order the
// history keeps the main category.
func TestLargeOrdersMakeNoLargeProfile(t *testing.T) {
	large := make([]event.Item, event.MaxItems)
	for i := range large {
		large[i] = event.Item{SKU: fmt.Sprint("article ", i), Category: fmt.Sprint("category ", i), Quantity: 1, AmountMinor: int64(i)}
	}
	few, _ := remember([]observed{of(0, "a", 10, event.Item{Category: "category 32767"}), of(1, "b", 10, event.Item{Category: "category 32767"})})
	many, _ := remember([]observed{of(0, "a", 10, large...), of(1, "b", 10, large...)})
	const numbers = 16 // bytes by which larger numbers are longer
	if got, most := len(many.Append(nil)), len(few.Append(nil))+numbers; got > most {
		t.Errorf("%d bytes, want at most %d, hardly more than after orders of one item", got, most)
	}
}
