package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
)

// retail reads the UCI Online Retail file (Chen, Sain & Guo 2012), December 2010 to December 2011. It also reads the second
// edition, which names three columns differently.
//
//   - The lines of an invoice are one ORDER in GBP, at the earliest time of the lines. (31 invoices with a customer have two
//     times.) Times are those of Options.Zone. The order id is the number of the invoice. An order of zero counts. (There are four, of free goods.)
//   - An invoice whose number begins with C is a REFUND of its absolute total. It is linked to no order: the file does not say
//     which order was cancelled.
//   - A line is an item: quantity × price, rounded half to even to the penny, so that the items add up to the amount. Four lines
//     have prices in thousandths. The amount of an item of a refund is what was paid back.
//   - Lines without a customer are rejected. They include the only three invoices that begin with A (bad debt written off). An
//     A-invoice with a customer would be BAD_DEBT, and an order below zero NEGATIVE_TOTAL. The file has neither.
type retail struct {
	*collector
	names
}

// invoice collects the lines of one number and one customer.
type invoice struct {
	number, customer string
	refund           bool
	at               place
	lines            int
	earliest         event.Instant
	items            []event.Item
}

type invoiceKey struct{ number, customer string }

func (r *retail) finish() error { return nil }

func (r *retail) read(s Source) error {
	rows, err := newRetailTable(s)
	if err != nil {
		return err
	}
	r.shaped = true // the header is
	var invoices []*invoice
	byKey := map[invoiceKey]*invoice{}
	for {
		err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if _, bad := errors.AsType[*badLine](err); err != nil && !bad {
			return err
		}
		r.lines++
		var one line
		if err == nil {
			one, err = r.line(rows)
		}
		if err != nil {
			r.leaveOut(rows.at(), err)
			continue
		}
		if one.customer == "" {
			r.reject(NoCustomer, rows.at(), 1, "no CustomerID")
			continue
		}
		of, known := byKey[one.invoiceKey]
		if !known {
			of = r.begin(one, rows.at())
			byKey[invoiceKey{of.number, of.customer}] = of
			invoices = append(invoices, of)
		}
		of.lines++
		of.earliest = min(of.earliest, one.at)
		one.item.SKU = r.ofString(one.item.SKU)
		of.items = append(of.items, one.item)
	}
	ids := newIdentity("online-retail")
	for _, of := range invoices {
		r.close(of, ids)
	}
	return nil
}

// line is one line of an invoice. Its texts are valid until the next row.
type line struct {
	invoiceKey
	at   event.Instant
	item event.Item
}

// line reads the row. Of a line without a customer it reads nothing else.
func (r *retail) line(rows *retailTable) (line, error) {
	one := line{invoiceKey: invoiceKey{rows.field(rows.number), rows.customerID()}}
	if one.customer == "" {
		return one, nil
	}
	if digits := strings.TrimLeft(one.number, "CA"); !isNumber(digits) || len(digits) < len(one.number)-1 {
		return one, fmt.Errorf("InvoiceNo %q is not a number, or one after C or A", one.number)
	}
	if !isNumber(one.customer) {
		return one, fmt.Errorf("CustomerID %q is not a number such as 17850", one.customer)
	}
	var err error
	if one.at, err = rows.time(r.zone()); err != nil {
		return one, err
	}
	quantity, ok := parseQuantity(rows.field(rows.quantity))
	if !ok {
		return one, fmt.Errorf("%s %q is not a number such as 6", quantityColumn, rows.field(rows.quantity))
	}
	price, ok := parseDecimal(rows.field(rows.price))
	if !ok {
		return one, fmt.Errorf("UnitPrice %q is not a price such as 2.55", rows.field(rows.price))
	}
	pence, ok := price.times(quantity).minor()
	if !ok {
		return one, fmt.Errorf("%s %s at UnitPrice %s is beyond all measure", quantityColumn, rows.field(rows.quantity), rows.field(rows.price))
	}
	pieces := quantity.pieces()
	one.item = event.Item{SKU: rows.field(rows.sku), Quantity: max(pieces, -pieces), AmountMinor: pence}
	return one, nil
}

func (r *retail) begin(one line, at place) *invoice {
	return &invoice{
		number: r.ofString(one.number), customer: r.ofString(one.customer), refund: one.number[0] == 'C', at: at, earliest: event.Never,
	}
}

// close makes the event of a complete invoice.
func (r *retail) close(of *invoice, ids *identity) {
	var total int64
	for _, item := range of.items {
		total += item.AmountMinor
	}
	p := &event.Purchase{
		Head:    event.Head{Customer: of.customer, OccurredAt: of.earliest, RecordedAt: of.earliest},
		Kind:    event.Order,
		OrderID: of.number,
		Amount:  event.Money{Minor: total, Currency: "GBP"},
		Items:   of.items,
	}
	switch {
	case of.number[0] == 'A':
		r.reject(BadDebt, of.at, of.lines, fmt.Sprintf("invoice %s adjusts a bad debt", of.number))
		return
	case of.refund:
		p.Kind, p.OrderID = event.Refund, ""
		if total < 0 {
			p.Amount.Minor = -total
			for i := range p.Items {
				p.Items[i].AmountMinor = -p.Items[i].AmountMinor
			}
		}
	case total < 0:
		r.reject(NegativeTotal, of.at, of.lines, fmt.Sprintf("invoice %s comes to %d pence", of.number, total))
		return
	}
	sortItems(p.Items) // the result must not depend on the order of the lines
	p.ID = ids.purchase(p, of.number)
	r.accept(p, of.at, of.lines)
}

func sortItems(items []event.Item) {
	slices.SortFunc(items, func(a, b event.Item) int {
		return cmp.Or(cmp.Compare(a.SKU, b.SKU), cmp.Compare(a.Quantity, b.Quantity), cmp.Compare(a.AmountMinor, b.AmountMinor))
	})
}

const quantityColumn = "Quantity"

// retailTable is a table with the known columns.
type retailTable struct {
	*table
	number, sku, quantity, date, price, customer int
	// The lines of an invoice follow each other and mostly share their time. So the last parsed time is kept.
	written string
	stamp   event.Instant
}

func newRetailTable(s Source) (*retailTable, error) {
	t, err := newTable(s)
	if err != nil {
		return nil, err
	}
	rt := &retailTable{table: t}
	for _, c := range []struct {
		index *int
		names []string
	}{
		{&rt.number, []string{"InvoiceNo", "Invoice"}},
		{&rt.sku, []string{"StockCode"}},
		{&rt.quantity, []string{quantityColumn}},
		{&rt.date, []string{"InvoiceDate"}},
		{&rt.price, []string{"UnitPrice", "Price"}},
		{&rt.customer, []string{"CustomerID"}},
	} {
		var ok bool
		if *c.index, ok = t.column(c.names...); !ok {
			return nil, malformed(t.at(), "the header has no column %s", strings.Join(c.names, " or "))
		}
	}
	return rt, nil
}

// customerID is the customer, or empty if the line has none. Some tools write the number as 17850.0; customerID drops the
// fraction.
func (t *retailTable) customerID() string { return strings.TrimSuffix(t.field(t.customer), ".0") }

func (t *retailTable) time(zone *time.Location) (event.Instant, error) {
	written := t.field(t.date)
	if written == t.written {
		return t.stamp, nil
	}
	stamp, err := localStamp(written, zone)
	if err != nil {
		return 0, fmt.Errorf("InvoiceDate %q is not a time such as 12/1/2010 8:26 or 2010-12-01 08:26:00%s", written, why(err))
	}
	t.written, t.stamp = strings.Clone(written), stamp
	return stamp, nil
}
