package dataset

import (
	"strings"
	"testing"

	"tidemark/internal/event"
)

// faulty are files with one line that is at fault, the line at which it stands, and what is said of it.
var faulty = []struct {
	name    string
	format  Format
	sources func() []Source
	// events is the number of events that the other lines give.
	events, line int
	reason       event.Reason
	want         string
}{
	{
		"cdnow, a column too few", CDNOW, func() []Source {
			return []Source{text("f", "00001 19970101 1 11.77", "00001 19970102", "00002 19970103 2 5.00")}
		},
		2, 2, event.Malformed, "2 columns, not the 4",
	},
	{
		"cdnow, a day that no calendar has", CDNOW, func() []Source { return []Source{text("f", "00001 19970229 1 11.77", "00001 19970102 1 11.77")} },
		1, 1, event.Malformed, "is not a day written YYYYMMDD",
	},
	{
		"online-retail, a price with its sign", OnlineRetail, func() []Source {
			return []Source{text("f", retailHeader, "1,A,a,6,2010-12-01 08:26:00,2.55,17850,UK", "1,B,b,6,2010-12-01 08:26:00,£1,17850,UK", "2,A,a,6,2010-12-01 08:26:00,2.55,17850,UK")}
		},
		2, 3, event.Malformed, "is not a price such as 2.55",
	},
	{
		"online-retail, a stray quote", OnlineRetail, func() []Source {
			return []Source{text("f", retailHeader, `1,A,"a,6,2010-12-01 08:26:00,2.55,17850,UK`, "2,B,b,6,2010-12-01 08:26:00,1,17850,UK", "3,A,a,6,2010-12-01 08:26:00,2.55,17850,UK")}
		},
		2, 2, event.Malformed, `extraneous or missing "`,
	},
	{
		"olist, a payment with a comma", Olist, func() []Source {
			return []Source{
				text("orders", "order_id,customer_id,order_status,order_purchase_timestamp", "o1,c1,delivered,10/2/2017 10:56", "o2,c2,shipped,10/3/2017 9:05"),
				text("customers", "customer_id,customer_unique_id", "c1,u", "c2,u"),
				text("items", "order_id,order_item_id,product_id,price", "o1,1,p2,5"),
				text("reviews", "order_id,review_score,review_answer_timestamp", "o1,5,10/12/2017 0:00"),
				text("f", "order_id,payment_value", "o1,10", `o1,"2,50"`, "o2,7.5"),
			}
		},
		3, 3, event.Malformed, "is not an amount such as 99.33",
	},
	{
		"csv, a date in words", CSV, func() []Source {
			return []Source{text("f", "customer,at,amount,currency", "a,2026-03-01,1.00,EUR", "a,yesterday,2.00,EUR", "b,2026-03-01,3.00,EUR")}
		},
		2, 3, event.Malformed, "it is not a time such as",
	},
	{
		"jsonl, a date with a blank", JSONL, func() []Source {
			return []Source{text("f", login("2026-03-01"), login("2026-03-01 12:00"), login("2026-03-02"))}
		},
		2, 2, event.Malformed, "is not a time such as",
	},
	{
		"jsonl, longer than any line", JSONL, func() []Source {
			return []Source{text("f", login("2026-03-01"), login("2026-03-02")+strings.Repeat(" ", 3*maxLine)+"x", login("2026-03-03"))}
		},
		2, 2, event.Malformed, "the line is longer than 16777216 bytes",
	},
	{
		"jsonl, ahead of its record", JSONL, func() []Source {
			return []Source{text("f", login("2026-03-01"), strings.Replace(login("2026-03-02"), `"event"`, `"recorded_at":"2026-03-01","event"`, 1))}
		},
		1, 2, event.FromTheFuture, "is ahead of the record time",
	},
	{
		"jsonl, an item that is none", JSONL, func() []Source {
			return []Source{text("f", login("2026-03-01"), basketOf(`{"sku":"a","quantity":1},{"sku":"b","quantity":[]}`))}
		},
		2, 2, BadItem, "item 2 is left out, the order counts",
	},
}

// login is a line of JSON.
func login(at string) string {
	return `{"topic":"customer.interactions.v1","event":{"event_id":"` + at + `","customer_id":"c","occurred_at":"` + at + `","kind":"LOGIN"}}`
}

// basketOf is an order of these items.
func basketOf(items string) string {
	return `{"topic":"customer.purchases.v1","event":{"event_id":"e","customer_id":"c","order_id":"o","occurred_at":"2026-03-01","kind":"ORDER",` +
		`"amount_minor":3000,"currency":"USD","items":[` + items + `]}}`
}

// TestOneFaultCostsOneLine: in each format, one line at fault is left out with its place and reason, and the others count. A strict reading
// ends there.
func TestOneFaultCostsOneLine(t *testing.T) {
	for _, row := range faulty {
		t.Run(row.name, func(t *testing.T) {
			log := mustReadFrom(t, row.format, row.sources()...)
			if len(log.Events) != row.events {
				t.Errorf("%d events, want %d", len(log.Events), row.events)
			}
			if len(log.Rejected) != 1 || log.Rejected[0].Reason != row.reason || log.Rejected[0].Lines != 1 {
				t.Fatalf("rejected %+v, want one line for %s", log.Rejected, row.reason)
			}
			if x := log.Rejected[0].Examples[0]; x.File != "f" || x.Line != row.line || !strings.Contains(x.Detail, row.want) {
				t.Errorf("example %q, want line %d and %q", x, row.line, row.want)
			}
			wantError(t, row.format, []string{"f:", row.want}, row.sources()...)
		})
	}
}

// TestStrictTakesWhatIsNoFault: what a format knows as no event of a customer ends no strict reading.
func TestStrictTakesWhatIsNoFault(t *testing.T) {
	log, err := readFromWith(Options{Strict: true}, OnlineRetail, text("f", retailHeader,
		"1,A,a,6,2010-12-01 08:26:00,2.55,,UK", "2,A,a,6,2010-12-01 08:26:00,2.55,17850,UK"))
	if err != nil || len(log.Events) != 1 || rejectedLines(log)[NoCustomer] != 1 {
		t.Errorf("an invoice of a guest: got %+v and %v, want the other invoice, and no error", log, err)
	}
}

// TestReturnedLines: a line of a basket that is returned, or sold by weight, costs no order.
func TestReturnedLines(t *testing.T) {
	log := mustReadFrom(t, JSONL, text("f", basketOf(`{"sku":"a","quantity":-1,"amount_minor":-5000},{"sku":"b","quantity":1,"amount_minor":8000}`)))
	if len(log.Events) != 1 || len(log.Rejected) != 0 || log.Events[0].(*event.Purchase).Items[0].Quantity != -1 {
		t.Errorf("an exchange: got %+v, left out %+v, want the order with both lines", log.Events, log.Rejected)
	}
	log = mustReadFrom(t, OnlineRetail, text("f", retailHeader, "1,A,a,1.5,2010-12-01 08:26:00,2.50,17850,UK", "1,B,b,-1,2010-12-01 08:26:00,1,17850,UK"))
	if len(log.Events) != 1 || log.Events[0].(*event.Purchase).Amount.Minor != 275 {
		t.Errorf("1.5 kg at 2.50 less 1: got %+v, left out %+v, want 275 pence", log.Events, log.Rejected)
	}
	log = mustReadFrom(t, CDNOW, text("f", "00001 19970101 1.5 11.77", "00001 19970102 -1 11.77"))
	if len(log.Events) != 2 {
		t.Errorf("CDNOW: got %d events, left out %+v, want both", len(log.Events), log.Rejected)
	}
}

// TestTooOld: in each format, what lies before the oldest time is left out, and nothing else.
func TestTooOld(t *testing.T) {
	oldest := instant(t, "1990-01-01T00:00:00Z")
	for _, row := range []struct {
		format Format
		source Source
	}{
		{CDNOW, text("f", "00001 19700121 1 11.77", "00001 19970102 1 11.77")},
		{OnlineRetail, text("f", retailHeader, "1,A,a,1,1970-01-01 00:00:00,2.50,17850,UK", "2,A,a,1,2010-12-01 08:26:00,2.50,17850,UK")},
		{CSV, text("f", "customer,at,amount,currency", "a,1970-01-21T07:55:12Z,1.00,EUR", "a,1990-01-01,2.00,EUR")},
		{CSV, text("f", "customer,at,amount,currency", "a,1899-12-30,1.00,EUR", "a,1990-01-01,2.00,EUR")},
		{JSONL, text("f", login("1989-12-31T23:59:59.999Z"), login("1990-01-01T00:00:00Z"))},
		{JSONL, text("f", login("0001-01-01"), login("1990-01-01T00:00:00Z"))},
		{JSONL, text("f", strings.Replace(basketOf(""), `"kind"`, `"due_at":"1970-01-21T07:55:12Z","kind"`, 1), login("1990-01-01T00:00:00Z"))},
	} {
		log, err := readFromWith(Options{Oldest: oldest}, row.format, row.source)
		if err != nil || len(log.Events) != 1 || rejectedLines(log)[event.TooOld] != 1 {
			t.Errorf("%s: got %d events, left out %+v, %v, want the second line alone", row.format, len(log.Events), log.Rejected, err)
		}
	}
}
