package dataset

import (
	"errors"
	"fmt"
	"io"

	"tidemark/internal/event"
)

// cdnow reads the purchases of CDNOW's customers (Fader & Hardie 2001), January 1997 to June 1998. Each line is an ORDER in USD
// at the start of its day in Options.Zone. The order id is the event id, and the discs are one item. An amount of zero is valid.
//
// The customer is the id of the master file, in the sample as well. So a customer of the sample has the same id and the same
// events in both files. The sample's own id is the rank of the customer among the master ids of the sample.
type cdnow struct {
	*collector
	names
	// columns begin with the customer and end with the last three masterColumns.
	columns []string
}

var (
	masterColumns = []string{"customer_id", "date", "number_of_cds", "dollar_value"}
	sampleColumns = []string{"master_id", "sample_id", "date", "number_of_cds", "dollar_value"}
)

func (c *cdnow) finish() error { return nil }

func (c *cdnow) read(s Source) error {
	in, ids := newLines(s), newIdentity("cdnow")
	var buffer [5][]byte
	for first := true; ; first = false {
		line, err := in.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if _, bad := errors.AsType[*badLine](err); err != nil && !bad {
			return err
		}
		n := split(line, buffer[:])
		if first && n == len(c.columns) && isHeader(buffer[:n], c.columns) {
			continue
		}
		c.lines++
		var p *event.Purchase
		if err == nil {
			p, err = c.order(buffer[:], n)
		}
		if err != nil {
			c.leaveOut(in.at, err)
			continue
		}
		p.ID = ids.purchase(p, "")
		p.OrderID = p.ID
		c.accept(p, in.at, 1)
	}
}

// order makes an order of the columns of a line, of which there are n. The order has no id yet.
func (c *cdnow) order(columns [][]byte, n int) (*event.Purchase, error) {
	if n != len(c.columns) {
		return nil, fmt.Errorf("%d columns, not the %d of %v", n, len(c.columns), c.columns)
	}
	customer, rest := columns[0], columns[n-3:n]
	if !isNumber(customer) {
		return nil, fmt.Errorf("%s %q is not a number such as 00001", c.columns[0], customer)
	}
	date, ok := parseCompactDate(rest[0])
	if !ok {
		return nil, fmt.Errorf("date %q is not a day written YYYYMMDD", rest[0])
	}
	on := c.startOf(date)
	discs, ok := parseQuantity(rest[1])
	if !ok {
		return nil, fmt.Errorf("number_of_cds %q is not a number such as 2", rest[1])
	}
	dollars, ok := parseDecimal(rest[2])
	cents, fits := dollars.minor()
	if !ok || !fits || cents < 0 {
		return nil, fmt.Errorf("dollar_value %q is not an amount such as 11.77", rest[2])
	}
	return &event.Purchase{
		Head:   event.Head{Customer: c.of(customer), OccurredAt: on, RecordedAt: on},
		Kind:   event.Order,
		Amount: event.Money{Minor: cents, Currency: "USD"},
		Items:  []event.Item{{Category: "CD", Quantity: discs.pieces(), AmountMinor: cents}},
	}, nil
}

func isHeader(fields [][]byte, want []string) bool {
	for i, field := range fields {
		if string(field) != want[i] {
			return false
		}
	}
	return true
}

func isNumber[T string | []byte](s T) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return len(s) > 0
}
