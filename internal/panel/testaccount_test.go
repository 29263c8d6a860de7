package panel_test

import (
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/panel"
)

func marked(customer, at, value string) event.Event {
	when := date(at)
	return &event.Interaction{
		Head: event.Head{ID: customer + at, Customer: customer, OccurredAt: when, RecordedAt: when},
		Kind: event.Attributes, Attributes: map[string]string{"test_account": value},
	}
}

// bought has four customers with an order each. Before the cut of February ann is marked, and bob is marked for a week. After it cid is marked.
var bought = []event.Event{
	purchase("ann", "2026-01-01", event.Order, "a1", 1000, "USD"), marked("ann", "2026-01-10", "true"),
	purchase("bob", "2026-01-01", event.Order, "b1", 1000, "USD"), marked("bob", "2026-01-10", "yes"), marked("bob", "2026-01-17", "no"),
	purchase("cid", "2026-01-01", event.Order, "c1", 1000, "USD"), marked("cid", "2026-02-10", "1"),
	purchase("dan", "2026-01-01", event.Order, "d1", 1000, "USD"),
}

// A test account at the end of the events is at no cut. Who was one at a cut only is left out of that cut.
func TestTestAccountsAreLeftOut(t *testing.T) {
	cuts := []panel.Cut{{At: date("2026-01-12"), Window: 7 * day}, {At: date("2026-02-01"), Window: 14 * day}}
	got, err := panel.Look(t.Context(), engine(t), bought, cuts, func(r *panel.Row) string { return r.Customer })
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"dan"}; !slices.Equal(got.Rows[0], want) {
		t.Errorf("while ann and bob are marked: got %v, want %v", got.Rows[0], want)
	}
	if want := []string{"bob", "dan"}; !slices.Equal(got.Rows[1], want) {
		t.Errorf("when only ann is, and cid will be: got %v, want %v", got.Rows[1], want)
	}
	if got.TestAccounts != 3 {
		t.Errorf("%d test accounts, want ann, bob and cid", got.TestAccounts)
	}
}

func TestGenuineKeepsWhoIsNoTestAccount(t *testing.T) {
	kept, left := panel.Genuine(engine(t), bought)
	customers := map[string]int{}
	for _, x := range kept {
		customers[x.Common().Customer]++
	}
	if left != 2 || len(customers) != 2 || customers["bob"] != 3 || customers["dan"] != 1 {
		t.Errorf("%d left out, the events kept are of %v; want 2, and the three of bob and the one of dan", left, customers)
	}
	if again, left := panel.Genuine(engine(t), kept); left != 0 || !slices.Equal(again, kept) {
		t.Errorf("a log without test accounts loses %d, want it as it is", left)
	}
}
