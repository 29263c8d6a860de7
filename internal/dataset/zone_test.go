package dataset

import (
	"testing"
	"time"

	"tidemark/internal/event"
)

// TestDatesAreDaysOfTheZone: in each format, a date and a time without an offset are those of Options.Zone.
func TestDatesAreDaysOfTheZone(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name    string
		format  Format
		want    string
		sources []Source
	}{
		{"cdnow", CDNOW, "1997-01-01T23:00:00Z", []Source{text("f", "00001 19970102 1 11.77")}},
		{"cdnow-sample", CDNOWSample, "1997-07-01T22:00:00Z", []Source{text("f", "00004 0001 19970702 1 11.77")}},
		{"online-retail", OnlineRetail, "2010-11-30T23:10:00Z", []Source{text("f", retailHeader, "1,A,a,6,12/1/2010 0:10,2.55,17850,UK")}},
		{"csv, a date", CSV, "2026-02-28T23:00:00Z", []Source{text("f", "customer,at,amount,currency", "a,2026-03-01,1.00,EUR")}},
		{"csv, a time", CSV, "2026-03-01T09:00:00Z", []Source{text("f", "customer,at,amount,currency", "a,2026-03-01 10:00,1.00,EUR")}},
		{"jsonl, a date", JSONL, "2026-02-28T23:00:00Z", []Source{text("f", login("2026-03-01"))}},
		{"jsonl, a date in summer", JSONL, "2026-06-30T22:00:00Z", []Source{text("f", login("2026-07-01"))}},
		{"jsonl, a time with its offset", JSONL, "2026-03-01T00:00:00Z", []Source{text("f", login("2026-03-01T00:00:00Z"))}},
		{"olist", Olist, "2017-10-02T08:56:00Z", []Source{
			text("orders", "order_id,customer_id,order_status,order_purchase_timestamp", "o1,c1,delivered,10/2/2017 10:56"),
			text("customers", "customer_id,customer_unique_id", "c1,u"), text("items", "order_id,order_item_id,product_id,price"),
			text("reviews", "order_id,review_score,review_answer_timestamp", "o1,5,10/2/2017 10:56"), text("payments", "order_id,payment_value", "o1,10"),
		}},
	} {
		log, err := readFromWith(Options{Zone: berlin}, row.format, row.sources...)
		if err != nil || len(log.Events) == 0 {
			t.Errorf("%s: got %+v, %v, want an event", row.name, log, err)
			continue
		}
		for _, e := range log.Events {
			if h := e.Common(); h.OccurredAt.String() != row.want || h.RecordedAt != h.OccurredAt {
				t.Errorf("%s: got %s, recorded %s, want %s", row.name, h.OccurredAt, h.RecordedAt, row.want)
			}
		}
	}
}

// TestDueDatesAreDaysOfTheZone: so are the other dates of an event.
func TestDueDatesAreDaysOfTheZone(t *testing.T) {
	west := time.FixedZone("", -5*3600)
	log, err := readFromWith(Options{Zone: west}, JSONL, text("f",
		`{"topic":"customer.purchases.v1","recorded_at":"2026-03-02","event":{"event_id":"e","customer_id":"c","order_id":"o","occurred_at":"2026-03-01","kind":"ORDER","amount_minor":1,"currency":"EUR","due_at":"2026-03-15"}}`))
	if err != nil || len(log.Events) != 1 {
		t.Fatalf("got %+v, %v, want an order", log, err)
	}
	p := log.Events[0].(*event.Purchase)
	if p.DueAt.String() != "2026-03-15T05:00:00Z" || p.RecordedAt.String() != "2026-03-02T05:00:00Z" {
		t.Errorf("due %s, recorded %s, want both at 05:00 UTC", p.DueAt, p.RecordedAt)
	}
}

// TestTimesThatTheZoneSkips: a time that no clock of the zone has shown is left out; it is not moved in silence.
func TestTimesThatTheZoneSkips(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	log, err := readFromWith(Options{Zone: berlin}, OnlineRetail, text("f", retailHeader,
		"1,A,a,6,2011-03-27 02:30:00,2.55,17850,UK", "2,A,a,6,2011-03-27 03:30:00,2.55,17850,UK"))
	if err != nil || len(log.Events) != 1 || rejectedLines(log)[event.Malformed] != 1 {
		t.Errorf("got %+v, %v, want the second invoice alone", log, err)
	}
}
