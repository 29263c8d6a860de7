package panel_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/panel"
)

// Ids that are one customer at the end have one row, which reads what all of them did, also at a cut before the word that says so.
func TestMergedIDsAreOneCustomer(t *testing.T) {
	at := date("2026-02-20")
	word := &event.Interaction{
		Head: event.Head{ID: "word", Customer: "ann", OccurredAt: at, RecordedAt: at}, Kind: event.MergedInto, OtherCustomer: "bob",
	}
	events := []event.Event{
		purchase("ann", "2026-01-01", event.Order, "a1", 1000, "USD"), purchase("bob", "2026-01-05", event.Order, "b1", 1000, "USD"),
		purchase("cid", "2026-01-05", event.Order, "c1", 1000, "USD"), word, purchase("ann", "2026-03-01", event.Order, "a2", 1000, "USD"),
	}
	type row struct {
		customer         string
		purchases, later int
	}
	got, err := panel.Look(t.Context(), engine(t), events, []panel.Cut{{At: date("2026-02-01"), Window: 60 * day}},
		func(r *panel.Row) row { return row{r.Customer, r.Facts.PurchaseDays, r.Later.Days} })
	if err != nil {
		t.Fatal(err)
	}
	if want := []row{{"bob", 2, 1}, {"cid", 1, 0}}; !slices.Equal(got.Rows[0], want) {
		t.Errorf("got %v, want %v", got.Rows[0], want)
	}
}
