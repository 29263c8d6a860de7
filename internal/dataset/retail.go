package dataset

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"tidemark/internal/event"
)

// retail reads the UCI Online Retail file (Chen, Sain & Guo 2012), December 2010 to December 2011. It also reads the second
// edition, which names three columns differently.
//
//   - The lines of an invoice are one ORDER in GBP, at the earliest time of the lines. (31 invoices with a customer have two
//     times.) The order id is the number of the invoice. An order of zero counts. (There are four, of free goods.)
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
	var invoices []*invoice
	byKey := map[invoiceKey]*invoice{}
	for {
		err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		r.lines++
		number, customer := rows.field(rows.number), rows.customerID()
		if customer == "" {
			r.reject(NoCustomer, rows.at(), 1, "no CustomerID")
			continue
		}
		of, known := byKey[invoiceKey{number, customer}]
		if !known {
			if of, err = r.begin(number, customer, rows.at()); err != nil {
				return err
			}
			byKey[invoiceKey{of.number, of.customer}] = of
			invoices = append(invoices, of)
		}
		if err := r.add(of, rows); err != nil {
			return err
		}
	}
	ids := newIdentity("online-retail")
	for _, of := range invoices {
		r.close(of, ids)
	}
	return nil
}

func (r *retail) begin(number, customer string, at place) (*invoice, error) {
	if !isNumber(strings.TrimLeft(number, "CA")) || len(strings.TrimLeft(number, "CA")) < len(number)-1 {
		return nil, malformed(at, "InvoiceNo %q is not a number, or one after C or A", number)
	}
	if !isNumber(customer) {
		return nil, malformed(at, "CustomerID %q is not a number such as 17850", customer)
	}
	return &invoice{
		number: r.ofString(number), customer: r.ofString(customer), refund: number[0] == 'C', at: at, earliest: event.Never,
	}, nil
}

func (r *retail) add(of *invoice, rows *retailTable) error {
	at, err := rows.time()
	if err != nil {
		return err
	}
	quantity, ok := parseQuantity(rows.field(rows.quantity))
	if !ok {
		return malformed(rows.at(), "Quantity %q is not a whole number such as 6", rows.field(rows.quantity))
	}
	price, ok := parseDecimal(rows.field(rows.price))
	if !ok {
		return malformed(rows.at(), "UnitPrice %q is not a price such as 2.55", rows.field(rows.price))
	}
	pence, ok := price.times(quantity).minor()
	if !ok {
		return malformed(rows.at(), "Quantity %d at UnitPrice %s is beyond all measure", quantity, rows.field(rows.price))
	}
	of.lines++
	of.earliest = min(of.earliest, at)
	of.items = append(of.items, event.Item{
		SKU: r.ofString(rows.field(rows.sku)), Quantity: max(quantity, -quantity), AmountMinor: pence,
	})
	return nil
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
		{&rt.quantity, []string{"Quantity"}},
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

func (t *retailTable) time() (event.Instant, error) {
	written := t.field(t.date)
	if written == t.written {
		return t.stamp, nil
	}
	stamp, ok := parseStamp(written)
	if !ok {
		return 0, malformed(t.at(), "InvoiceDate %q is not a time such as 12/1/2010 8:26 or 2010-12-01 08:26:00", written)
	}
	t.written, t.stamp = strings.Clone(written), stamp
	return stamp, nil
}
