package dataset

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/realdata"
)

func readReal(t testing.TB, format Format, names ...string) Log {
	t.Helper()
	files := make([]string, len(names))
	for i, name := range names {
		files[i] = realdata.File(t, name)
	}
	log, err := Read(format, files, nil)
	if err != nil {
		t.Fatalf("Read(%s, %v) = %v", format, files, err)
	}
	return log
}

// census is what the published descriptions of the data state.
type census struct {
	lines, customers, orders, refunds, reviews int
	free                                       int   // orders with an amount of zero
	ordered, refunded                          int64 // in minor units
}

func count(log Log) census {
	c := census{lines: log.Lines}
	customers := map[string]bool{}
	for _, e := range log.Events {
		customers[e.Common().Customer] = true
		switch e := e.(type) {
		case *event.Purchase:
			if e.Kind == event.Refund {
				c.refunds++
				c.refunded += e.Amount.Minor
				continue
			}
			c.orders++
			c.ordered += e.Amount.Minor
			if e.Amount.Minor == 0 {
				c.free++
			}
		case *event.Feedback:
			c.reviews++
		case *event.Interaction, *event.Link:
		}
	}
	c.customers = len(customers)
	return c
}

func rejectedLines(log Log) map[event.Reason]int {
	lines := map[event.Reason]int{}
	for _, r := range log.Rejected {
		lines[r.Reason] = r.Lines
	}
	return lines
}

// wantUnique fails if two events share an id, or if an event breaks a rule.
func wantUnique(t *testing.T, log Log) {
	t.Helper()
	seen := map[string]bool{}
	for _, e := range log.Events {
		h := e.Common()
		if seen[h.ID] {
			t.Fatalf("two events have the id %s", h.ID)
		}
		seen[h.ID] = true
		if err := event.Validate(e); err != nil {
			t.Fatalf("Validate(%+v) = %v, want nil", e, err)
		}
		if h.RecordedAt != h.OccurredAt {
			t.Fatalf("recorded at %v, want its occurred_at %v", h.RecordedAt, h.OccurredAt)
		}
	}
}

func TestRealCDNOW(t *testing.T) {
	log := readReal(t, CDNOW, "cdnow/CDNOW_master.txt")
	if got, want := count(log), (census{lines: 69_659, customers: 23_570, orders: 69_659, free: 80, ordered: 250_031_563}); got != want {
		t.Errorf("master: got %+v, want %+v", got, want)
	}
	if len(log.Rejected) > 0 {
		t.Errorf("rejected %v, want none", log.Rejected)
	}
	wantUnique(t, log)
}

func TestRealCDNOWSampleIsPartOfMaster(t *testing.T) {
	sample, master := readReal(t, CDNOWSample, "cdnow/CDNOW_sample.txt"), readReal(t, CDNOW, "cdnow/CDNOW_master.txt")
	if got, want := count(sample), (census{lines: 6_919, customers: 2_357, orders: 6_919, free: 8, ordered: 24_409_194}); got != want {
		t.Errorf("sample: got %+v, want %+v", got, want)
	}
	wantUnique(t, sample)
	inMaster := map[string]bool{}
	for _, e := range master.Events {
		inMaster[e.Common().ID] = true
	}
	for _, e := range sample.Events {
		if !inMaster[e.Common().ID] {
			t.Fatalf("event %s of the sample is not in the master file", e.Common().ID)
		}
	}
}

func TestRealOlist(t *testing.T) {
	// The files are not in their documented order, on purpose.
	log := readReal(t, Olist, "olist_sample/olist_order_reviews_dataset.csv", "olist_sample/olist_order_items_dataset.csv",
		"olist_sample/olist_order_payments_dataset.csv", "olist_sample/olist_customers_dataset.csv", "olist_sample/olist_orders_dataset.csv")
	got := count(log)
	want := census{
		lines: 5_000 + 5_000 + 5_160 + 5_603 + 4_988, customers: 4_989, orders: 4_951, reviews: 4_988, ordered: 78_771_385,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	rejected := rejectedLines(log)
	if rejected[Canceled] != 25 || rejected[Unavailable] != 24 || len(rejected) != 2 {
		t.Errorf("rejected %v, want 25 canceled and 24 unavailable orders of 5000, and nothing else", rejected)
	}
	wantUnique(t, log)
}
