//go:build !race

// The tests here read half a million lines in one goroutine, and check figures. The race detector sees the same code in the other tests of
// the package, and takes ten times as long.

package dataset

import (
	"errors"
	"io"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/realdata"
)

func TestRealOnlineRetail(t *testing.T) {
	t.Parallel()
	log := readReal(t, OnlineRetail, "online_retail/online_retail.csv.gz")
	// 25,900 invoices: 22,190 with a customer (3,654 of them cancellations) and 3,710 without.
	want := census{
		lines: 541_909, customers: 4_372, orders: 18_536, refunds: 3_654, free: 4, ordered: 891_140_790, refunded: 61_134_209,
	}
	if got := count(log); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got, want := rejectedLines(log), 135_080; len(got) != 1 || got[NoCustomer] != want {
		t.Errorf("rejected %v, want only %d lines without a customer", got, want)
	}
	wantUnique(t, log)
	ordered, refunded := 0, 0
	for _, e := range log.Events {
		p := e.(*event.Purchase)
		if p.Kind == event.Refund {
			refunded += len(p.Items)
		} else {
			ordered += len(p.Items)
		}
		var sum int64
		for _, item := range p.Items {
			sum += item.AmountMinor
		}
		if sum != p.Amount.Minor {
			t.Fatalf("invoice %s: items come to %d pence, want its amount of %d", p.OrderID, sum, p.Amount.Minor)
		}
	}
	// Of 9,288 cancellation lines 383 have no customer.
	if ordered != 397_924 || refunded != 8_905 {
		t.Errorf("got %d items ordered and %d refunded, want 397924 and 8905: one a line with a customer", ordered, refunded)
	}
}

// What the descriptions of Online Retail state about the file itself, before any rule of this package.
func TestRealOnlineRetailAsPublished(t *testing.T) {
	t.Parallel()
	f, err := open(realdata.File(t, "online_retail/online_retail.csv.gz"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := newRetailTable(Source{Name: "online retail", Reader: f})
	if err != nil {
		t.Fatal(err)
	}
	type published struct{ lines, invoices, customers, cancellations, anonymous, twoTimes int }
	var got published
	invoices, customers := map[string]string{}, map[string]bool{}
	twice := map[string]bool{}
	for {
		err := rows.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got.lines++
		number, customer, date := strings.Clone(rows.field(rows.number)), rows.field(rows.customer), strings.Clone(rows.field(rows.date))
		if number[0] == 'C' {
			got.cancellations++
		}
		before, known := invoices[number]
		invoices[number] = date
		if customer == "" {
			got.anonymous++
			continue
		}
		customers[strings.Clone(customer)] = true
		if known && before != date {
			twice[number] = true
		}
	}
	got.invoices, got.customers, got.twoTimes = len(invoices), len(customers), len(twice)
	want := published{541_909, 25_900, 4_372, 9_288, 135_080, 31}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
