package dataset

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"tidemark/internal/event"
)

// Options say how files are read. The zero value reads a table of orders whose header is known, and that gives a currency.
type Options struct {
	// Zone is the zone of dates, and of times without an offset, in all formats. Nil is UTC.
	Zone *time.Location
	// Oldest is the oldest time that is taken. An event with an earlier one is left out as TOO_OLD.
	Oldest event.Instant
	// Strict ends the reading with the first line that is left out for a fault.
	Strict bool
	// Mapping names the columns. Without it the header must be one that is known.
	Mapping Mapping
	// Currency is the currency of tables without a column for it. CurrencyNamed says that somebody has named it; else a note tells
	// what was assumed.
	Currency      event.Currency
	CurrencyNamed bool
	// Digits are the numbers of minor digits of currencies that ISO 4217 does not know: those of the model file.
	Digits map[event.Currency]int
	// Decimal and Dates say how amounts and dates are written. At zero the table itself must tell.
	Decimal Decimal
	Dates   DateOrder
}

// DigitsOf returns the number of minor digits of a currency, by ISO 4217 or by Digits; false where neither tells.
func (o *Options) DigitsOf(c event.Currency) (int, bool) {
	if n, ok := c.Digits(); ok {
		return n, true
	}
	n, ok := o.Digits[c]
	return n, ok
}

// orders reads a table of orders, as shops export it: a header, and a row per order or per line of an order.
//
//   - The rows of one file with the same order id are one ORDER. Its rows may leave cells empty that another of its rows fills. An order
//     with a second amount, customer or currency is AMBIGUOUS, unless the mapping says what the amounts are: the total on each row, or
//     the amounts of lines to add up. Without a column for the order, each row is an order of its own.
//   - A refund is a REFUND linked to its order, at its own date, else at the date of the order. A date of cancellation is a CANCEL.
//     An order with a status that is no sale (cancelled, failed, pending and the like) is NOT_A_SALE.
//   - The time of revision is that of the version of the order which the rows tell: of two tables the later version wins, whichever is read last.
//     A cancellation is of that version too, so that an edit after a cancellation does not undo the cancellation.
//   - Amounts are in major units, and become minor units exactly; none is rounded.
//   - A line that cannot be read is left out as MALFORMED.
type orders struct {
	*collector
	names
}

// Reasons of tables of orders.
const (
	Ambiguous event.Reason = "AMBIGUOUS"  // an order whose rows contradict each other
	NotASale  event.Reason = "NOT_A_SALE" // an order with a status of one that was cancelled, failed or never paid
)

// noSale are the words of a status that is no sale.
var noSale = []string{"auto-draft", "canceled", "cancelled", "checkout-draft", "draft", "expired", "failed", "pending", "pending payment", "trash", "voided"}

func (o *orders) finish() error {
	o.shaped = true // a header that fits is shape enough
	return nil
}

func (o *orders) read(s Source) error {
	kind := ""
	mapping := func(header []string) (Mapping, error) {
		if o.Mapping == nil {
			known, name, ok := recognise(header)
			if !ok {
				return nil, fmt.Errorf("the header is of no table that is known: name the columns, as in --map %s", MappingExample)
			}
			kind = name
			return known, nil
		}
		for _, role := range Roles() {
			if column := o.Mapping[role]; column != "" {
				if _, err := find(header, column); err != nil {
					return nil, fmt.Errorf("--map %s=%s: %w", role, column, err)
				}
			}
		}
		return o.Mapping, nil
	}
	in, err := newRecords(s, func(header []string) bool { _, err := mapping(header); return err == nil })
	if err != nil {
		return err
	}
	columns, err := mapping(in.header)
	if err != nil {
		return fmt.Errorf("%s: %w; the columns are: %s", s.Name, err, strings.Join(in.header, ", "))
	}
	if kind != "" {
		o.note("%s is read as %s: --map %q", s.Name, kind, columns)
	}
	all, err := o.rows(in, columns)
	if err != nil {
		return err
	}
	if columns[roleCurrency] == "" && o.Currency == "" {
		return fmt.Errorf("%s: no column gives the currency: map currency=COLUMN, or give --currency", s.Name)
	}
	t := orderTable{orders: o, file: s.Name, columns: columns, ids: newIdentity("csv")}
	if err := t.learn(all); err != nil {
		return err
	}
	for _, of := range all {
		t.close(of)
	}
	t.remark()
	return nil
}

// rows reads the rows, and puts those of one order together.
func (o *orders) rows(in *records, columns Mapping) ([]*order, error) {
	index := map[string]int{}
	for role, column := range columns {
		index[role], _ = find(in.header, column)
	}
	var all []*order
	byID := map[string]*order{}
	for {
		row, at, err := in.next()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if _, bad := errors.AsType[*badLine](err); bad {
			o.lines++
			o.leaveOut(at, err)
			continue
		}
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(row, func(field string) bool { return strings.TrimSpace(field) != "" }) {
			continue // a blank row, as spreadsheets append it
		}
		o.lines++
		id := ""
		if i, ok := index[roleOrder]; ok {
			id = strings.TrimSpace(row[i])
		}
		of := byID[id]
		if of == nil || id == "" {
			of = &order{at: at}
			all = append(all, of)
			byID[o.ofString(id)] = of
		}
		of.lines++
		for role, i := range index {
			of.add(role, strings.TrimSpace(row[i]), at.line, o.names)
		}
	}
}
