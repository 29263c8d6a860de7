package dataset

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
)

const shopifyHeader = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem name,Cancelled at,Refunded Amount"

// readOrders reads tables of orders with options.
func readOrders(o Options, sources ...Source) (Log, error) {
	into := &collector{}
	r, err := newReader(CSV, into, o)
	if err != nil {
		return Log{}, err
	}
	for _, source := range sources {
		if err := r.read(source); err != nil {
			return Log{}, err
		}
	}
	return into.log(), r.finish()
}

func mapped(t *testing.T, mapping string) Options {
	t.Helper()
	m, err := ParseMapping(mapping)
	if err != nil {
		t.Fatal(err)
	}
	return Options{Mapping: m, Currency: "EUR"}
}

// withoutIDs are the events in canonical order, with ids that both readings can have: the number of the event.
func withoutIDs(events []event.Event) []event.Event {
	slices.SortFunc(events, func(a, b event.Event) int {
		x, y := a.(*event.Purchase), b.(*event.Purchase)
		return strings.Compare(fmt.Sprintf("%020d %s %d", x.OccurredAt, x.OrderID, x.Kind), fmt.Sprintf("%020d %s %d", y.OccurredAt, y.OrderID, y.Kind))
	})
	for i, e := range events {
		e.Common().ID = fmt.Sprint(i)
	}
	return events
}

// TestOrdersEqualTheirJSON: a table of orders gives the events that the same orders give as lines of JSON.
func TestOrdersEqualTheirJSON(t *testing.T) {
	const order = `{"topic":"customer.purchases.v1","event":{"event_id":"%s","customer_id":"%s","order_id":"%s","occurred_at":"%s","kind":"%s","amount_minor":%d,"currency":"%s"}}`
	want := mustReadFrom(t, JSONL, text("want.jsonl",
		fmt.Sprintf(order, "1", "a@x.com", "#1001", "2026-03-01T09:00:00Z", "ORDER", 123450, "EUR"),
		fmt.Sprintf(order, "2", "a@x.com", "#1001", "2026-03-01T09:00:00Z", "REFUND", 1000, "EUR"),
		fmt.Sprintf(order, "3", "b@x.com", "#1002", "2026-03-02T09:00:00Z", "ORDER", 1200, "JPY"),
		fmt.Sprintf(order, "4", "b@x.com", "#1002", "2026-03-03T07:00:00Z", "CANCEL", 1200, "JPY"),
		fmt.Sprintf(order, "5", "c@x.com", "#1003", "2026-03-04T09:00:00Z", "ORDER", 0, "USD"),
	))
	for _, row := range []struct {
		name  string
		o     Options
		lines []string
	}{
		{"a Shopify export, the mapping of which is known", Options{}, []string{
			"\ufeff" + shopifyHeader,
			`#1001,a@x.com,paid,EUR,"1,234.50",2026-03-01 10:00:00 +0100,"Cup, ""big""`, `and blue",,10.00`,
			"#1001,a@x.com,,,,,Saucer,,",
			"#1002,b@x.com,paid,JPY,1200.00,2026-03-02 10:00:00 +0100,Cup,2026-03-03 08:00:00 +0100,0.00",
			"#1003,c@x.com,paid,USD,0.00,2026-03-04 10:00:00 +0100,Cup,,0.00",
			",,,,,,,,",
		}},
		{"a German table, with semicolons and decimal commas", mapped(t, "customer=E-Mail,order=Nr,at=Datum,amount=Betrag,currency=Währung,refund=Erstattet,cancelled_at=Storno"), []string{
			"Nr;E-Mail;Datum;Betrag;Währung;Erstattet;Storno",
			"#1001;a@x.com;01.03.2026 09:00;1.234,50;EUR;-10,00;",
			"#1002;b@x.com;02.03.2026 09:00;1200;JPY;;03.03.2026 07:00",
			"#1003;c@x.com;04.03.2026 09:00;0,00;USD;0,00;",
		}},
		{"tabs, empty last fields, amounts of lines to add up", mapped(t, "customer=who,order=order,at=when,line_amount=price,currency=cur,refund=back,cancelled_at=cancelled"), []string{
			"order\twho\twhen\tprice\tcur\tback\tcancelled",
			"#1001\ta@x.com\t2026-03-01T09:00:00Z\t1000\tEUR\t4\t",
			"#1003\tc@x.com\t2026-03-04T09:00:00Z\t0\tUSD\t\t",
			"#1002\tb@x.com\t2026-03-02T09:00:00Z\t1200\tjpy\t\t2026-03-03T07:00:00Z",
			"#1001\ta@x.com\t2026-03-01T09:00:00Z\t234.5\tEUR\t6.00\t",
		}},
		{"WooCommerce, with the total on each row, and orders that are no sale", Options{Currency: "EUR"}, []string{
			"Order Number,Order Status,Order Date,Email (Billing),Order Refund Amount,Order Total Amount,Order Currency,Item Name",
			"#1001,Completed,2026-03-01 09:00:00,a@x.com,-10,1234.50,EUR,Cup",
			"#1001,Completed,2026-03-01 09:00:00,a@x.com,-10,1234.50,EUR,Saucer",
			"#1003,Processing,2026-03-04 09:00:00,c@x.com,0,0,USD,Cup",
			"#1004,Failed,2026-03-04 09:00:00,c@x.com,0,5.00,USD,Cup",
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			log, err := readOrders(row.o, text("orders.csv", strings.Join(row.lines, "\r\n")))
			if err != nil {
				t.Fatal(err)
			}
			events := slices.Clone(want.Events)
			if strings.HasPrefix(row.name, "WooCommerce") { // it has no date of cancellation: the order is NOT_A_SALE
				events = slices.DeleteFunc(events, func(e event.Event) bool { return e.(*event.Purchase).OrderID == "#1002" })
				if got := rejectedLines(log); !reflect.DeepEqual(got, map[event.Reason]int{NotASale: 1}) {
					t.Errorf("rejected %v, want the failed order", log.Rejected)
				}
			} else if len(log.Rejected) > 0 {
				t.Errorf("rejected %v, want nothing", log.Rejected)
			}
			for _, e := range log.Events {
				if len(e.Common().ID) != 32 {
					t.Errorf("event id %q, want a hash of the content", e.Common().ID)
				}
			}
			got, events := withoutIDs(log.Events), withoutIDs(events)
			if !reflect.DeepEqual(got, events) {
				t.Errorf("got\n%s\nwant\n%s", sortedText(t, got), sortedText(t, events))
			}
		})
	}
}

// TestOrdersKnowTheirRevision: the time of revision makes a version of the ORDER and of the CANCEL, and leaves the REFUND alone. Of the rows of an
// order the latest time counts.
func TestOrdersKnowTheirRevision(t *testing.T) {
	const order = `{"topic":"customer.purchases.v1","event":{"event_id":"%d","customer_id":"ann","order_id":"%s","occurred_at":"%s","kind":"%s","amount_minor":%d,"currency":"EUR"%s}}`
	revised := func(at string) string { return `,"revised_at":"` + at + `"` }
	want := mustReadFrom(t, JSONL, text("want.jsonl",
		fmt.Sprintf(order, 0, "1", "2026-03-01T00:00:00Z", "ORDER", 500, revised("2026-03-09T08:00:00Z")),
		fmt.Sprintf(order, 1, "1", "2026-03-04T00:00:00Z", "REFUND", 100, ""),
		fmt.Sprintf(order, 2, "2", "2026-03-02T00:00:00Z", "ORDER", 700, revised("2026-03-08T00:00:00Z")),
		fmt.Sprintf(order, 3, "2", "2026-03-05T00:00:00Z", "CANCEL", 700, revised("2026-03-08T00:00:00Z")),
		fmt.Sprintf(order, 4, "3", "2026-03-06T00:00:00Z", "ORDER", 900, ""),
	))
	const mapping = "customer=c,order=o,at=t,amount=a,refund=r,refund_at=rt,cancelled_at=x,revised_at=v"
	table := []string{
		"c,o,t,a,r,rt,x,v",
		"ann,1,2026-03-01,5,1,2026-03-04,,2026-03-07T00:00:00Z",
		"ann,1,2026-03-01,,,,,2026-03-09T10:00:00+02:00",
		"ann,2,2026-03-02,7,,,2026-03-05,2026-03-08",
		"ann,3,2026-03-06,9,,,,",
	}
	read := func(lines ...string) []event.Event {
		t.Helper()
		log, err := readOrders(mapped(t, mapping), text("o.csv", lines...))
		if err != nil || len(log.Rejected) > 0 {
			t.Fatalf("%v, left out %v", err, log.Rejected)
		}
		return log.Events
	}
	if got, events := withoutIDs(read(table...)), withoutIDs(want.Events); !reflect.DeepEqual(got, events) {
		t.Errorf("got\n%s\nwant\n%s", sortedText(t, got), sortedText(t, events))
	}

	const row = "ann,3,2026-03-06,9,,,,"
	ids := map[string]bool{}
	for _, at := range []string{"", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-08"} {
		ids[read(table[0], row+at)[0].Common().ID] = true
	}
	if len(ids) != 4 {
		t.Errorf("%d ids of four versions, one of which was read twice; want 4", len(ids))
	}
	if _, err := ParseMapping("customer=c,at=t,amount=a,revised_at=v"); err == nil || !strings.Contains(err.Error(), "revised_at needs a column for order") {
		t.Errorf("a revision of nothing: got %v, want an error", err)
	}
	log, err := readOrders(mapped(t, mapping), text("o.csv", table[0], row+"soon", table[4]))
	if err != nil || len(log.Rejected) != 1 || !strings.Contains(log.Rejected[0].Examples[0].Detail, `v "soon"`) {
		t.Errorf("a revision that is no time: %v, left out %v; want the order left out, and the column named", err, log.Rejected)
	}
}

func TestOrdersWithoutANumber(t *testing.T) {
	log, err := readOrders(Options{Currency: "EUR"}, text("o.csv", "customer,at,amount", "ann,2026-03-01,5", "ann,2026-03-01,5", "bob,2026-03-01,7"))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, e := range log.Events {
		p := e.(*event.Purchase)
		ids[p.ID] = true
		if p.OrderID != p.ID || p.Amount.Currency != "EUR" {
			t.Errorf("got %+v, want an order of its own, in EUR", p)
		}
	}
	if len(ids) != 3 {
		t.Errorf("got %d ids, want 3: equal rows are two orders", len(ids))
	}
	notes := strings.Join(log.Notes, "\n")
	for _, want := range []string{"a simple table of orders", "customer=customer,at=at,amount=amount", "taken as EUR", "--currency", "times of UTC", "--zone"} {
		if !strings.Contains(notes, want) {
			t.Errorf("the notes are\n%s\nwant %q in them", notes, want)
		}
	}
}

func TestOrdersLeftOut(t *testing.T) {
	o := mapped(t, "customer=c,order=o,at=t,amount=a,currency=u,refund=r")
	const header, good = "o,c,t,a,u,r", "good,ann,2026-03-01,5.00,EUR,"
	for _, row := range []struct {
		name   string
		lines  []string
		reason event.Reason
		says   string
	}{
		{"an amount in words", []string{"1,ann,2026-03-01,five,EUR,"}, event.Malformed, `a: "five" is not an amount`},
		{"half a cent", []string{"1,ann,2026-03-01,5.005,EUR,"}, event.Malformed, "finer than EUR"},
		{"a refund that cannot be read takes its order with it", []string{"1,ann,2026-03-01,5,EUR,?"}, event.Malformed, `r: "?"`},
		{"a date that is none", []string{"1,ann,2026-02-30,5,EUR,"}, event.Malformed, `t "2026-02-30": the calendar has no such day`},
		{"a field too few", []string{"1,ann,2026-03-01,5,EUR"}, event.Malformed, "5 fields, not the 6 of the header"},
		{"a stray quote", []string{`1,ann "a,2026-03-01,5,EUR,`}, event.Malformed, `bare "`},
		{"a quote that is never closed", []string{`1,"ann,2026-03-01,5,EUR,`}, event.Malformed, `"`},
		{"no customer", []string{"1,,2026-03-01,5,EUR,"}, NoCustomer, "no customer"},
		{"no date", []string{"1,ann,,5,EUR,"}, event.BadField, "no date"},
		{"no amount on any of its rows", []string{"1,ann,2026-03-01,,EUR,", "1,ann,2026-03-01,,EUR,"}, event.BadField, "no amount"},
		{"no order: the sum below a table", []string{",ann,2026-03-01,5,EUR,"}, event.BadID, "no order"},
		{"no currency", []string{"1,ann,2026-03-01,5,,"}, event.UnknownCurrency, "ISO 4217"},
		{"a currency that is none", []string{"1,ann,2026-03-01,5,XYZ,"}, event.UnknownCurrency, `"XYZ"`},
		{"an amount below zero", []string{"1,ann,2026-03-01,-5,EUR,"}, NegativeTotal, "-500"},
		{"two amounts of one order", []string{"1,ann,2026-03-01,5,EUR,", "1,ann,2026-03-01,5,EUR,"}, Ambiguous, "total=a"},
		{"two customers of one order", []string{"1,ann,2026-03-01,5,EUR,", "1,bob,2026-03-01,,EUR,"}, Ambiguous, "customer"},
		{"a control character in an id", []string{"1,a\x00b,2026-03-01,5,EUR,"}, event.BadID, "customer_id"},
	} {
		t.Run(row.name, func(t *testing.T) {
			log, err := readOrders(o, text("o.csv", append(append([]string{header, good}, row.lines...), strings.Replace(good, "good", "next", 1))...))
			if err != nil {
				t.Fatal(err)
			}
			if len(log.Events) != 2 || len(log.Rejected) != 1 || log.Rejected[0].Reason != row.reason || log.Rejected[0].Lines != len(row.lines) {
				t.Fatalf("got %d events and %+v, want two good ones, and %d lines left out for %s", len(log.Events), log.Rejected, len(row.lines), row.reason)
			}
			if got := log.Rejected[0].Examples[0].String(); !strings.HasPrefix(got, "o.csv:3: ") || !strings.Contains(got, row.says) {
				t.Errorf("got %q, want the line and %q", got, row.says)
			}
		})
	}
}

func TestOrdersThatAreRefused(t *testing.T) {
	o := mapped(t, "customer=c,order=o,at=t,amount=a,refund=Back")
	const header = "o,c,t,a,Back"
	for _, row := range []struct {
		name  string
		o     Options
		lines []string
		says  []string
	}{
		{"a column that is not there", o, []string{"o,c,t,Amount", "1,ann,2026-03-01,5"}, []string{"o.csv: ", "--map amount=a", "the columns are: o, c, t, Amount"}},
		{"a header that is not known", Options{}, []string{"x;y", "1;2"}, []string{"o.csv: ", "no table that is known", "--map customer=Email", "the columns are: x, y"}},
		{"a column twice", o, []string{"o,c,t,a,a,Back", "1,ann,2026-03-01,5,6,"}, []string{`column "a" 2 times`}},
		{"no currency at all", Options{}, []string{"customer,at,amount", "ann,2026-03-01,5"}, []string{"o.csv: ", "--currency"}},
		{"point or comma: nothing tells", o, []string{header, `1,ann,2026-03-01,12,`, `2,ann,2026-03-01,"1,234",`}, []string{"o.csv:3: ", `"1,234" can be read in two ways`, "--decimal"}},
		{"point or comma: the file writes both", o, []string{header, `1,ann,2026-03-01,1.5,"1,5"`, `2,ann,2026-03-01,"1,234",`}, []string{"o.csv:3: ", `"1.5" on line 2`, `"1,5" on line 2`, "--decimal"}},
		{"day or month: nothing tells", o, []string{header, "1,ann,02/02/2026,5,", "2,ann,01/02/2026,5,"}, []string{"o.csv:3: ", `"01/02/2026" can be read in two ways`, "--dates"}},
		{"an empty file", o, nil, []string{"o.csv: it is empty"}},
		{"UTF-16", o, []string{"\xff\xfeo\x00,\x00"}, []string{"UTF-16", "UTF-8"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := readOrders(row.o, text("o.csv", row.lines...))
			if err == nil {
				t.Fatal("got no error")
			}
			for _, word := range row.says {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("got %q, want %q in it", err, word)
				}
			}
		})
	}
}

// TestOrdersTellHowTheyAreWritten: one clear cell tells how the unclear ones are meant; a flag tells too.
func TestOrdersTellHowTheyAreWritten(t *testing.T) {
	lines := func(tell string) Source {
		return text("o.csv", "o;c;t;a", "1;ann;01/02/2026;1,234", tell)
	}
	o := mapped(t, "customer=c,order=o,at=t,amount=a")
	for _, row := range []struct {
		name, tell string
		decimal    string
		dates      string
		day        string
		minor      int64
	}{
		{"a decimal comma and the day first", "2;ann;31/01/2026;12,50", "", "", "2026-02-01", 0},
		{"a decimal point and the month first", "2;ann;01/31/2026;12.50", "", "", "2026-01-02", 123400},
		{"flags", "2;ann;02/02/2026;12", "point", "day-first", "2026-02-01", 123400},
		{"flags come before cells", "2;ann;31/01/2026;12,50", "point", "month-first", "2026-01-02", 123400},
	} {
		t.Run(row.name, func(t *testing.T) {
			o := o
			decimal, err := ParseDecimal(row.decimal)
			if err != nil {
				t.Fatal(err)
			}
			order, err := ParseDateOrder(row.dates)
			if err != nil {
				t.Fatal(err)
			}
			o.Decimal, o.Dates, o.Currency = decimal, order, "BHD"
			if row.minor != 0 {
				o.Currency = "EUR"
			}
			log, err := readOrders(o, lines(row.tell))
			if err != nil {
				t.Fatal(err)
			}
			p := log.Events[0].(*event.Purchase)
			want := row.minor
			if want == 0 {
				want = 1234 // 1.234 dinars
			}
			if got := p.OccurredAt.String(); !strings.HasPrefix(got, row.day) || p.Amount.Minor != want {
				t.Errorf("got %s, %d, want %s, %d", got, p.Amount.Minor, row.day, want)
			}
			if notes := strings.Join(log.Notes, "\n"); row.decimal == "" && (!strings.Contains(notes, "amounts have a decimal") || !strings.Contains(notes, "on line 3")) {
				t.Errorf("the notes are\n%s\nwant the cell that told", notes)
			}
		})
	}
}

func TestParseMapping(t *testing.T) {
	for _, row := range []struct{ text, want, wrong string }{
		{"customer=Email,order=Name,at='Created at',amount=Total", "customer=Email,order=Name,at='Created at',amount=Total", ""},
		{` customer = "Email" , at=Date, UTC,total=a=b,order=o`, "customer=Email,order=o,at='Date, UTC',total=a=b", ""},
		{"", "", ""},
		{"customer=Email,amount=Total", "", "for at"},
		{"customer=Email,at=Date", "", "give one of amount, total, line_amount, not 0"},
		{"customer=Email,at=Date,amount=a,total=b", "", "not 2"},
		{"customer=Email,at=Date,amount=a,price=b", "", `"price" is none of customer,`},
		{"customer=Email,at=Date,amount=", "", "amount names no column"},
		{"customer=Email,customer=b,at=Date,amount=a", "", "twice"},
		{"customer=Email,at=Date,amount=a,refund=b", "", "refund needs a column for order"},
		{"customer=Email,at=Date,amount=a,order=o,refund_at=b", "", "refund_at needs a column for refund"},
		{"Email", "", "an example: customer=Email"},
	} {
		m, err := ParseMapping(row.text)
		if row.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("ParseMapping(%q) = %v, %v, want an error with %q", row.text, m, err, row.wrong)
			}
			continue
		}
		if err != nil || m.String() != row.want {
			t.Errorf("ParseMapping(%q) = %s, %v, want %s", row.text, m, err, row.want)
		}
	}
}

// FuzzOrders: reading a table never panics, and each line is an event, part of one, or counted as left out.
func FuzzOrders(f *testing.F) {
	f.Add("o,c,t,a\n1,ann,2026-03-01,5\n1,ann,,\n2,\"a\nb\",2026-03-01,5\n")
	f.Add("o;c;t;a\r\n\"1;ann;2026-03-01;5\r\n2;ann;2026-03-01;1,5\r\n")
	m, err := ParseMapping("customer=c,order=o,at=t,amount=a")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, table string) {
		log, err := readOrders(Options{Mapping: m, Currency: "EUR"}, Source{Name: "o.csv", Reader: strings.NewReader(table)})
		if err != nil {
			return
		}
		out := 0
		for _, r := range log.Rejected {
			out += r.Lines
		}
		if out > log.Lines || len(log.Events)+out > log.Lines {
			t.Fatalf("%d events and %d lines left out of %d", len(log.Events), out, log.Lines)
		}
		for _, e := range log.Events {
			if err := event.Validate(e); err != nil {
				t.Fatalf("accepted %+v: %v", e, err)
			}
		}
	})
}
