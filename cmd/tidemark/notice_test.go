package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestNotices: two customers are about to leave their tier in silence, and notice of both is given. One buys in time, and the notice is
// withdrawn; the tier of the other falls as told. The service publishes what a replay tells, and shows a notice while it stands.
func TestNotices(t *testing.T) {
	first := time.Date(2024, 1, 10, 10, 0, 0, 0, time.UTC)
	var log strings.Builder
	buy := func(customer string, at time.Time) {
		id := customer + at.Format(time.DateOnly)
		fmt.Fprintf(&log, `{"topic":"customer.purchases.v1","event":{"event_id":%q,"customer_id":%q,"order_id":%q,"occurred_at":%q,"kind":"ORDER",`+
			`"amount_minor":6000,"currency":"USD"}}`+"\n", id, customer, id, at.Format(time.RFC3339))
	}
	for _, customer := range []string{"keeps", "falls"} {
		for month := range 4 {
			buy(customer, first.AddDate(0, month, 0))
		}
	}
	const at = "customer.tier-notices.v1 "
	before := log.String()
	buy("keeps", time.Date(2024, 12, 28, 11, 0, 0, 0, time.UTC))
	for _, row := range []struct {
		log, asOf string
		want      map[string]int
		shows     string
	}{
		{before, "2024-12-27", map[string]int{at + "GIVEN": 2, at + "WITHDRAWN": 0}, "GENERAL at 2025-01-09T"},
		{log.String(), "2025-01-20", map[string]int{at + "GIVEN": 2, at + "WITHDRAWN": 1}, ""},
	} {
		name := file(t, row.log)
		args := []string{"--as-of", row.asOf, "--alert-max-age", "0"}
		replayed := replayOf(t, append([]string{name, "--format", "jsonl"}, args...)...)
		s := startServers(t, 1)
		must(t, append([]string{"import", name, "--format", "jsonl"}, s.kafkaFlags()...)...)
		must(t, slices.Concat([]string{"run", "--admin", "", "--clock", "event", untilCaughtUp}, args, s.flags())...)
		replayed.CompareOutputs(t, s.Outputs(t))
		for kind, want := range row.want {
			n := 0
			for _, told := range replayed.IDs {
				if told == kind {
					n++
				}
			}
			if n != want {
				t.Errorf("as of %s: replay tells %d of %q, want %d", row.asOf, n, kind, want)
			}
		}
		for _, r := range s.Records(t, schemas.TierNotices) {
			withdrawn := servicetest.HeaderOf(r, "ce_type") == "com.tidemark.tier.notice.withdrawn.v1"
			if withdrawn && string(r.Key) != "keeps" || withdrawn != (servicetest.HeaderOf(r, "end") == "true") {
				t.Errorf("%s of %s, end %q; want the withdrawal of keeps alone, which ends a notice", servicetest.HeaderOf(r, "ce_type"), r.Key, servicetest.HeaderOf(r, "end"))
			}
		}
		shown := must(t, append([]string{"customer", "show", "falls", "--explain"}, s.redisFlags()...)...)
		exported := must(t, append([]string{"customer", "export", "falls", "--no-published"}, s.redisFlags()...)...)
		if stands := row.shows != ""; strings.Contains(shown, "tier_notice") != stands || !strings.Contains(shown, row.shows) ||
			strings.Contains(strings.Join(strings.Fields(shown), " "), "If nothing happens, the tier falls to GENERAL on 9 January 2025; notice of it was given on ") != stands || strings.Contains(exported, `"notice_of_a_fall_of_the_tier"`) != stands {
			t.Errorf("as of %s: want a notice that stands: %t, %q\n%s\n%s", row.asOf, stands, row.shows, shown, exported)
		}
	}
}
