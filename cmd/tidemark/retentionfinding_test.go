package main

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/schemas"
)

// Topics that keep records for ever or for long are named, by what they hold. A topic is a note, never a failure: erasure works all the same.
func TestRetentionFindings(t *testing.T) {
	aged := func(topic string, keep time.Duration) kafka.Retention {
		return kafka.Retention{Topic: topic, Known: true, Aged: true, Keep: keep, Forever: keep == 0}
	}
	const day = 24 * time.Hour
	for _, row := range []struct {
		why  string
		all  []kafka.Retention
		says []string // one for each finding
	}{
		{"all keep for a month", []kafka.Retention{aged(schemas.Purchases, 30*day), aged(schemas.TierChanges, 30*day), aged(schemas.DeadLetters, 400*day)}, nil},
		{
			"as topics create makes them",
			[]kafka.Retention{
				aged(string(event.Purchases), 0), aged(string(event.Feedbacks), 0), aged(schemas.Links, 0), aged(schemas.TierChanges, 30*day),
				{Topic: schemas.Scores, Known: true, Compacted: true, Forever: true},
				aged(schemas.DeadLetters, 0),
			},
			[]string{
				"erasure: inputs: customer.purchases.v1, customer.feedback.v1, customer.links.v1 keep records for ever: ",
				"erasure: dead letters: customer.dead-letters.v1 keeps records for ever: ",
			},
		},
		{"an output that keeps for years", []kafka.Retention{aged(schemas.ChurnAlerts, 800*day)}, []string{"erasure: outputs: customer.churn-alerts.v1 keeps records for 800 days: "}},
		{"scores that nobody compacts", []kafka.Retention{aged(schemas.Scores, 0)}, []string{"erasure: outputs: customer.scores.v1 keeps records for ever: "}},
		{"compacted and deleted", []kafka.Retention{{Topic: schemas.Scores, Known: true, Compacted: true, Aged: true, Forever: true}}, []string{"erasure: outputs: "}},
		{
			"outputs that keep for different times",
			[]kafka.Retention{aged(schemas.TierChanges, 0), aged(schemas.ChurnAlerts, 800*day), aged(schemas.WinBacks, 0)},
			[]string{"erasure: outputs: customer.tier-changes.v1, customer.win-backs.v1 keep records for ever; customer.churn-alerts.v1 keeps records for 800 days: "},
		},
		{"settings that are not shown", []kafka.Retention{{Topic: schemas.Purchases}}, nil},
	} {
		found := retentionFindings(row.all)
		if len(found) != len(row.says) {
			t.Errorf("%s: got %v, want %d findings", row.why, found, len(row.says))
			continue
		}
		for i, f := range found {
			if text := f.Name + ": " + f.Detail; !f.OK || f.Remedy == "" || !strings.HasPrefix(text, row.says[i]) {
				t.Errorf("%s: got %q (ok %v) -> %q, want a note that begins with %q and a remedy", row.why, text, f.OK, f.Remedy, row.says[i])
			}
		}
	}
}
