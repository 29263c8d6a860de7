package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tidemark/schemas"
)

// TestPrivacyOfficer: a request comes in. The officer hands out what is held of the customer, erases the customer beside the running
// service, and is told when that is proved, and what it does not reach.
func TestPrivacyOfficer(t *testing.T) {
	s := startServers(t, 2)
	var log strings.Builder
	for n, id := range []string{"ann@example.test", "ann@example.test", "bob@example.test"} {
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":"e%d","customer_id":%q,"order_id":"o%d","occurred_at":%q,"kind":"ORDER","amount_minor":5000,"currency":"USD"}}`+"\n",
			n, id, n, time.Now().AddDate(0, 0, -10*n-1).UTC().Format(time.RFC3339))
	}
	must(t, append([]string{"import", file(t, log.String()), "--format", "jsonl"}, s.kafkaFlags()...)...)
	s.serve(t)
	s.AwaitCaughtUp(t)
	s.awaitReviews(t)
	s.shown(t)

	held := must(t, append([]string{"customer", "export", "ann@example.test"}, s.flags()...)...)
	for _, fact := range []string{"ann@example.test", "50.00", "USD"} {
		if !strings.Contains(held, fact) {
			t.Errorf("the export does not hold %q:\n%s", fact, held)
		}
	}
	erase := append([]string{"customer", "forget", "ann@example.test", "--yes"}, s.flags()...)
	done := must(t, erase...)
	t.Logf("%s", done)
	if !strings.Contains(done, "dead letters") && !strings.Contains(done, schemas.DeadLetters) {
		t.Errorf("forget does not say what it does not reach:\n%s", done)
	}
	proved := must(t, append([]string{"customer", "forget", "ann@example.test", "--prove"}, s.flags()...)...)
	t.Logf("%s", proved)
	if keys := s.Keys(t, "tm:score:"); len(keys) != 1 || keys[0] != "tm:score:bob@example.test" {
		t.Errorf("views: %v, want that of bob", keys)
	}
	if told := s.Records(t, schemas.Erasures); len(told) != 1 || string(told[0].Key) != "ann@example.test" {
		t.Errorf("%d messages on %s, want one of ann", len(told), schemas.Erasures)
	}
	show := tidemark(t, append([]string{"customer", "show", "ann@example.test"}, s.redisFlags()...)...)
	if !strings.Contains(show.out+show.err, "erased") {
		t.Errorf("show says %q, %q, want that the customer was erased", show.out, show.err)
	}
	t.Logf("%s%s", show.out, show.err)
	s.forgetsAllIDs(t)
}

// forgetsAllIDs: carl is merged into bob by a support agent. The officer who erases carl is told that bob goes too, and that both are gone.
func (s *servers) forgetsAllIDs(t *testing.T) {
	t.Helper()
	const carl, bob = "carl@example.test", "bob@example.test"
	order := fmt.Sprintf(`{"topic":"customer.purchases.v1","event":{"event_id":"c","customer_id":%q,"order_id":"c","occurred_at":%q,"kind":"ORDER","amount_minor":5000,"currency":"USD"}}`,
		carl, time.Now().AddDate(0, 0, -3).UTC().Format(time.RFC3339))
	must(t, append([]string{"import", file(t, order), "--format", "jsonl"}, s.kafkaFlags()...)...)
	s.AwaitCaughtUp(t)
	s.shown(t)
	tidemark(t, append([]string{"customer", "merge", carl, bob}, s.flags()...)...).says(t, 0, bob+" has a score, and is read from the histories of 2 ids", "Events that still come under any of the ids count for "+bob)
	if orders := s.Score(t, bob, "orders_365d"); orders != "2" {
		t.Errorf("bob has %s orders once the merger is shown, want 2", orders)
	}
	tidemark(t, append([]string{"customer", "show", carl}, s.redisFlags()...)...).says(t, 0, "merged into "+bob)
	tidemark(t, append([]string{"customer", "show", bob}, s.redisFlags()...)...).says(t, 0, "other_ids      "+carl+"\n")
	tidemark(t, append([]string{"customer", "export", carl, "--no-published"}, s.flags()...)...).says(t, 0, "means the same customer as "+bob)
	tidemark(t, append([]string{"customer", "forget", carl, "--yes"}, s.flags()...)...).says(t, 0,
		carl+" is merged with 1 other id: "+bob, "ok    other id                     "+bob+": erased too", "the erasure is proved, for "+carl+" and 1 other id: "+bob)
	for _, id := range []string{carl, bob} {
		tidemark(t, append([]string{"customer", "forget", id, "--prove"}, s.flags()...)...).says(t, 0, "the erasure is proved\n")
	}
	if told := s.Records(t, schemas.Erasures); len(told) != 3 {
		t.Errorf("%d messages on %s, want one of ann, of carl and of bob", len(told), schemas.Erasures)
	}
}
