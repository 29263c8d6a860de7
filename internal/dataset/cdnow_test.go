package dataset

import (
	"reflect"
	"testing"

	"tidemark/internal/event"
)

func TestCDNOW(t *testing.T) {
	log := mustReadFrom(t, CDNOW, text("m.txt", "\ufeff customer_id  date number_of_cds  dollar_value\r",
		" 00001 19970101  1   11.77\r", "", " 00004 19970802  3   0.00\r"))
	if log.Lines != 2 || len(log.Events) != 2 {
		t.Fatalf("got %d events of %d lines, want 2 of 2", len(log.Events), log.Lines)
	}
	day := instant(t, "1997-08-02T00:00:00Z")
	got := *log.Events[1].(*event.Purchase)
	want := event.Purchase{
		Head:    event.Head{ID: got.ID, Customer: "00004", OccurredAt: day, RecordedAt: day},
		Kind:    event.Order,
		OrderID: got.ID,
		Amount:  event.Money{Minor: 0, Currency: "USD"},
		Items:   []event.Item{{Category: "CD", Quantity: 3}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("a free order: got %+v, want %+v", got, want)
	}
	if len(got.ID) != 32 {
		t.Errorf("id %q has %d characters, want the hex of 16 bytes", got.ID, len(got.ID))
	}
	if got := log.Events[0].(*event.Purchase).Amount.Minor; got != 1177 {
		t.Errorf("11.77 is %d cents, want 1177", got)
	}
}

func TestCDNOWEqualLinesAreTwoPurchases(t *testing.T) {
	log := mustReadFrom(t, CDNOW, text("m.txt", "00001 19970101 1 11.77", "00001 19970101 1 11.77"))
	if a, b := log.Events[0].Common().ID, log.Events[1].Common().ID; a == b {
		t.Errorf("both lines have the id %s, want two", a)
	}
}

func TestCDNOWSampleHasTheMasterIDs(t *testing.T) {
	sample := mustReadFrom(t, CDNOWSample, text("s.txt", " 00004 0001 19970101  2   29.33"))
	master := mustReadFrom(t, CDNOW, text("m.txt", " 00004 19970101  2   29.33"))
	if !reflect.DeepEqual(sample.Events, master.Events) {
		t.Errorf("sample gives %+v, want the master's %+v", sample.Events[0], master.Events[0])
	}
}

func TestCDNOWTypos(t *testing.T) {
	const good = " 00001 19970101  1   11.77"
	for _, row := range []struct {
		name, line string
		want       string
	}{
		{"a letter in the customer", " 0000l 19970101  1   11.77", `customer_id "0000l"`},
		{"a day that no calendar has", " 00001 19970229  1   11.77", `date "19970229" is not a day written YYYYMMDD`},
		{"a letter in the date", " 00001 1997O101  1   11.77", `date "1997O101"`},
		{"a number of discs in words", " 00001 19970101  two   11.77", `number_of_cds "two"`},
		{"a decimal comma", " 00001 19970101  1   11,77", `dollar_value "11,77" is not an amount such as 11.77`},
		{"a negative amount: there are no refunds here", " 00001 19970101  1   -11.77", `dollar_value "-11.77"`},
		{"a column too few", " 00001 19970101  1", "3 columns, not the 4"},
		{"a line of the sample", " 00004 0001 19970101  2   29.33", "5 columns, not the 4"},
		{"a header in the middle", "customer_id date number_of_cds dollar_value", `customer_id "customer_id"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			wantError(t, CDNOW, []string{"m.txt:3: ", row.want}, text("m.txt", good, "", row.line, good))
		})
	}
}

func instant(t *testing.T, s string) event.Instant {
	t.Helper()
	var m moment
	if err := m.UnmarshalJSON([]byte(`"` + s + `"`)); err != nil {
		t.Fatal(err)
	}
	return event.Instant(m)
}
