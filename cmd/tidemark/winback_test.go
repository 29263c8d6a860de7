package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestWinBack: a customer's episode lapses in silence, a letter is sent, and the customer buys again. Another customer buys once, and gets a
// second-order alert. The service publishes the transitions of a replay, among them the win-back.
func TestWinBack(t *testing.T) {
	first := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	var log strings.Builder
	buy := func(customer string, day int) {
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"%s%d","customer_id":%q,"order_id":"%s%d",`+
			`"occurred_at":%q,"kind":"ORDER","amount_minor":4000,"margin_minor":900,"currency":"USD"}}`+"\n",
			customer, day, customer, customer, day, first.AddDate(0, 0, day).Format(time.RFC3339))
	}
	for week := range 4 {
		buy("ann", 7*week)
	}
	buy("bob", 10)
	fmt.Fprintf(&log, `{"topic":"customer.interactions.v1","event":{"event_id":"letter","customer_id":"ann","occurred_at":%q,"kind":"OUTREACH_SENT"}}`+"\n",
		first.AddDate(0, 0, 440).Format(time.RFC3339))
	buy("ann", 450)
	name := file(t, log.String())
	replayed := replayOf(t, name, "--format", "jsonl", "--as-of", "2025-06-01", "--alert-max-age", "0")

	s := startServers(t, 1)
	must(t, append([]string{"import", name, "--format", "jsonl"}, s.kafkaFlags()...)...)
	must(t, append([]string{"run", "--admin", "", "--clock", "event", "--as-of", "2025-06-01", "--alert-max-age", "0", untilCaughtUp}, s.flags()...)...)
	replayed.CompareOutputs(t, s.Outputs(t))
	won := s.Records(t, schemas.WinBacks)
	if len(won) != 1 || string(won[0].Key) != "ann" || servicetest.HeaderOf(won[0], "ce_type") != "com.tidemark.customer.won.back.v1" {
		t.Fatalf("%d win-backs, want ann's alone", len(won))
	}
	for id, want := range map[string]int{"customer.win-backs.v1 ": 1, "customer.churn-alerts.v1 RESOLVED": 2} {
		n := 0
		for _, told := range replayed.IDs {
			if told == id {
				n++
			}
		}
		if n != want {
			t.Errorf("replay tells %d of %q, want %d", n, id, want)
		}
	}
}
