package dataset

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"tidemark/internal/event"
)

// basket is the items of an order in JSON. An item that cannot be read costs the item, not the order.
type basket struct {
	items []item
	// bad says of each item that cannot be read why.
	bad []error
}

// UnmarshalJSON reads a list of items.
func (b *basket) UnmarshalJSON(raw []byte) error {
	var all []json.RawMessage
	if err := json.Unmarshal(raw, &all); err != nil {
		return err
	}
	for i, one := range all {
		var next item
		if err := unmarshal(one, &next); err != nil {
			b.bad = append(b.bad, fmt.Errorf("item %d is left out, the order counts: %w", i+1, err))
			continue
		}
		b.items = append(b.items, next)
	}
	return nil
}

// MarshalJSON writes the items.
func (b basket) MarshalJSON() ([]byte, error) { return json.Marshal(b.items) }

// IsZero reports whether there is no item.
func (b basket) IsZero() bool { return len(b.items) == 0 }

// pieces is a quantity: see event.Pieces.
type pieces int64

// UnmarshalJSON reads a number, or a number as text.
func (p *pieces) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	text := string(b)
	if quoted, err := strconv.Unquote(text); err == nil {
		text = quoted
	}
	if whole, err := strconv.ParseInt(text, 10, 64); err == nil {
		*p = pieces(whole)
		return nil
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.Abs(n) > 1<<53 || math.IsNaN(n) {
		return fmt.Errorf("quantity %.40s is not a number that can be counted", b)
	}
	*p = pieces(event.Pieces(n))
	return nil
}
