package dataset

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"tidemark/internal/event"
)

const retailHeader = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"

func TestOnlineRetailInvoices(t *testing.T) {
	for _, row := range []struct {
		name  string
		lines []string
		want  event.Purchase
	}{
		{
			name: "an invoice is one order at the earliest of its times, whatever stands between its lines",
			lines: []string{
				`536365,85123A,"WHITE ""HEART"", BIG",6,12/1/2010 8:27,2.55,17850,United Kingdom`,
				`536366,22633,HAND WARMER,6,12/1/2010 8:28,1.85,17850,United Kingdom`,
				`536365,71053,LANTERN,8,12/1/2010 8:26,3.39,17850,United Kingdom`,
			},
			want: event.Purchase{
				Head: event.Head{Customer: "17850", OccurredAt: instant(t, "2010-12-01T08:26:00Z")},
				Kind: event.Order, OrderID: "536365", Amount: event.Money{Minor: 6*255 + 8*339, Currency: "GBP"},
				Items: []event.Item{{SKU: "71053", Quantity: 8, AmountMinor: 2712}, {SKU: "85123A", Quantity: 6, AmountMinor: 1530}},
			},
		},
		{
			name: "a C-invoice is a refund that is linked to no order, and its amounts are what was paid back",
			lines: []string{
				"C536379,D,Discount,-1,2010-12-01 09:41:00,27.5,14527,United Kingdom",
				"C536379,X,Less,2,2010-12-01 09:41:00,1,14527,United Kingdom",
			},
			want: event.Purchase{
				Head: event.Head{Customer: "14527", OccurredAt: instant(t, "2010-12-01T09:41:00Z")},
				Kind: event.Refund, Amount: event.Money{Minor: 2550, Currency: "GBP"},
				Items: []event.Item{{SKU: "D", Quantity: 1, AmountMinor: 2750}, {SKU: "X", Quantity: 2, AmountMinor: -200}},
			},
		},
		{
			name:  "a cancellation that was written without its minus is a refund of the absolute total too",
			lines: []string{"C496350,M,Manual,1,2010-02-01 08:24:00,373.57,14527,United Kingdom"},
			want: event.Purchase{
				Head: event.Head{Customer: "14527", OccurredAt: instant(t, "2010-02-01T08:24:00Z")},
				Kind: event.Refund, Amount: event.Money{Minor: 37357, Currency: "GBP"},
				Items: []event.Item{{SKU: "M", Quantity: 1, AmountMinor: 37357}},
			},
		},
		{
			name:  "free goods are an order of nothing",
			lines: []string{"543599,84535B,FAIRY CAKES,16,2011-02-10 13:08:00,0,17560,United Kingdom"},
			want: event.Purchase{
				Head: event.Head{Customer: "17560", OccurredAt: instant(t, "2011-02-10T13:08:00Z")},
				Kind: event.Order, OrderID: "543599", Amount: event.Money{Currency: "GBP"},
				Items: []event.Item{{SKU: "84535B", Quantity: 16}},
			},
		},
		{
			name: "thousandths of a pound are rounded half to even, line by line, so that the items add up",
			lines: []string{
				"550193,A,a,1,2011-04-15 09:27:00,0.001,13952,UK", "550193,B,b,1,2011-04-15 09:27:00,0.025,13952,UK",
				"550193,C,c,1,2011-04-15 09:27:00,0.035,13952,UK", "550193,D,d,-1,2011-04-15 09:27:00,0.025,13952,UK",
				"550193,E,e,3,2011-04-15 09:27:00,0.005,13952,UK",
			},
			want: event.Purchase{
				Head: event.Head{Customer: "13952", OccurredAt: instant(t, "2011-04-15T09:27:00Z")},
				Kind: event.Order, OrderID: "550193", Amount: event.Money{Minor: 0 + 2 + 4 - 2 + 2, Currency: "GBP"},
				Items: []event.Item{
					{SKU: "A", Quantity: 1},
					{SKU: "B", Quantity: 1, AmountMinor: 2},
					{SKU: "C", Quantity: 1, AmountMinor: 4},
					{SKU: "D", Quantity: 1, AmountMinor: -2},
					{SKU: "E", Quantity: 3, AmountMinor: 2},
				},
			},
		},
		{
			name:  "pandas writes the customer as a float",
			lines: []string{"1,A,a,1,2011-04-15 09:27:00,1,13952.0,UK"},
			want: event.Purchase{
				Head: event.Head{Customer: "13952", OccurredAt: instant(t, "2011-04-15T09:27:00Z")},
				Kind: event.Order, OrderID: "1", Amount: event.Money{Minor: 100, Currency: "GBP"},
				Items: []event.Item{{SKU: "A", Quantity: 1, AmountMinor: 100}},
			},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			log := mustReadFrom(t, OnlineRetail, text("r.csv", append([]string{retailHeader}, row.lines...)...))
			got := *log.Events[0].(*event.Purchase)
			row.want.RecordedAt, row.want.ID = row.want.OccurredAt, got.ID
			if !reflect.DeepEqual(got, row.want) {
				t.Errorf("got  %+v\nwant %+v", got, row.want)
			}
		})
	}
}

func TestOnlineRetailRejections(t *testing.T) {
	log := mustReadFrom(t, OnlineRetail, text("r.csv", retailHeader,
		"536414,22139,,56,2010-12-01 11:52:00,0,,United Kingdom",
		"A563186,B,Adjust bad debt,1,2011-08-12 14:51:00,-11062.06,,United Kingdom",
		"A563187,B,Adjust bad debt,1,2011-08-12 14:52:00,-11062.06,17850,United Kingdom",
		"540001,M,Manual,1,2011-01-04 10:00:00,1.00,17850,United Kingdom",
		"540001,M,Manual,-3,2011-01-04 10:00:00,1.00,17850,United Kingdom",
	))
	if log.Lines != 5 || len(log.Events) != 0 {
		t.Errorf("got %d events of %d lines, want none of 5", len(log.Events), log.Lines)
	}
	want := map[event.Reason]int{NoCustomer: 2, BadDebt: 1, NegativeTotal: 2}
	if got := rejectedLines(log); !reflect.DeepEqual(got, want) {
		t.Errorf("rejected %v, want %v", got, want)
	}
	for _, r := range log.Rejected {
		if r.Reason == NegativeTotal && r.Examples[0].String() != "r.csv:5: invoice 540001 comes to -200 pence" {
			t.Errorf("example %q, want where the invoice begins and what it comes to", r.Examples[0])
		}
	}
}

func TestOnlineRetailTooManyItemsIsRejectedAndCounted(t *testing.T) {
	lines := []string{retailHeader}
	const lineCount = event.MaxItems + 1
	for i := range lineCount {
		lines = append(lines, fmt.Sprintf("1,SKU%d,x,1,2011-01-04 10:00:00,1.00,17850,UK", i))
	}
	log := mustReadFrom(t, OnlineRetail, text("r.csv", lines...))
	if got := rejectedLines(log)[event.BadField]; got != lineCount || len(log.Events) != 0 {
		t.Errorf("%d lines rejected and %d events, want all %d and none", got, len(log.Events), lineCount)
	}
}

func TestOnlineRetailSecondEdition(t *testing.T) {
	first := mustReadFrom(t, OnlineRetail, text("1.csv", retailHeader, "489434,85048,LIGHTS,12,2009-12-01 07:45:00,6.95,13085,United Kingdom"))
	second := mustReadFrom(t, OnlineRetail, text("2.csv", "\ufeffInvoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country",
		"489434,85048,LIGHTS,12,2009-12-01 07:45:00,6.95,13085.0,United Kingdom"))
	if !reflect.DeepEqual(first.Events, second.Events) {
		t.Errorf("second edition gives %+v, want %+v", second.Events, first.Events)
	}
}

func TestOnlineRetailTypos(t *testing.T) {
	for _, row := range []struct{ name, line, want string }{
		{"a letter that no invoice has", "X1,A,a,1,2011-01-04 10:00:00,1,17850,UK", `InvoiceNo "X1"`},
		{"two letters", "CA1,A,a,1,2011-01-04 10:00:00,1,17850,UK", `InvoiceNo "CA1"`},
		{"no invoice", ",A,a,1,2011-01-04 10:00:00,1,17850,UK", `InvoiceNo ""`},
		{"a name for the customer", "1,A,a,1,2011-01-04 10:00:00,1,Smith,UK", `CustomerID "Smith"`},
		{"a number of pieces in words", "1,A,a,six,2011-01-04 10:00:00,1,17850,UK", `Quantity "six" is not a number such as 6`},
		{"a pound sign", "1,A,a,1,2011-01-04 10:00:00,£1,17850,UK", `UnitPrice "£1" is not a price such as 2.55`},
		{"more than there is money", "1,A,a,999999,2011-01-04 10:00:00,99999999,17850,UK", "beyond all measure"},
		{"a 25th hour", "1,A,a,1,2011-01-04 25:00:00,1,17850,UK", `InvoiceDate "2011-01-04 25:00:00" is not a time`},
		{"a 13th month: day and month the wrong way round", "1,A,a,1,13/1/2011 8:26,1,17850,UK", `InvoiceDate "13/1/2011 8:26"`},
		{"a field too few", "1,A,a,1,2011-01-04 10:00:00,1,17850", "7 fields, not the 8 of the header"},
		{"a stray quote", `1,A,a "b" c,1,2011-01-04 10:00:00,1,17850,UK`, `bare "`},
	} {
		t.Run(row.name, func(t *testing.T) {
			// The quoted field spans two lines, so the next row is line 4 of the file.
			wantError(t, OnlineRetail, []string{"r.csv:4: ", row.want},
				text("r.csv", retailHeader, `1,A,"a`, `b",1,2011-01-04 10:00:00,1,17850,UK`, row.line))
		})
	}
	wantError(t, OnlineRetail, []string{"r.csv:1: ", "InvoiceNo or Invoice"}, text("r.csv", strings.TrimPrefix(retailHeader, "InvoiceNo,")))
	wantError(t, OnlineRetail, []string{"r.csv", "empty"}, Source{Name: "r.csv", Reader: strings.NewReader("")})
}
