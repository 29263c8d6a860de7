package main

import (
	"context"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// TestDoctorCountsDeadLetters: doctor says which reasons the newest dead letters have, and of those that came too late what counts them.
func TestDoctorCountsDeadLetters(t *testing.T) {
	letter := func(topic event.Topic, reason event.Reason) stream.Record {
		return stream.Record{Headers: []stream.Header{
			{Key: pipeline.LetterTopic, Value: []byte(topic)}, {Key: pipeline.LetterReason, Value: []byte(reason)}, {Key: "of the producer", Value: []byte("x")},
		}}
	}
	bad := letter(event.Purchases, event.BadID)
	late := letter(event.Purchases, event.TooLate)
	old := letter(event.Interactions, event.TooLate)
	for _, row := range []struct {
		why     string
		letters []stream.Record
		edition int
		broken  error
		want    []string
	}{
		{"none", nil, 0, nil, []string{"none in customer.dead-letters.v1"}},
		{"a bad producer", []stream.Record{bad, bad, {}}, 0, nil, []string{"of the newest 3 of 7 in customer.dead-letters.v1: BAD_ID 2, without a reason 1"}},
		{
			"a history that was imported behind live events",
			[]stream.Record{late, bad, late, old},
			0, nil,
			[]string{
				"of the newest 4 of 7 in customer.dead-letters.v1: TOO_LATE 3, BAD_ID 1",
				"3 of these 4 letters came behind events of their customers that are newer by a year or, of interactions, by 90 days: " +
					"customer.purchases.v1 2, customer.interactions.v1 1; no score counts them",
			},
		},
		{
			"a rebuild may have counted them",
			[]stream.Record{late},
			2, nil,
			[]string{"of the newest 1 of 7", "no score counts them, unless they came before the last rebuild (edition 2), which has counted them"},
		},
		{"the time does not suffice", []stream.Record{bad}, 0, context.DeadlineExceeded, []string{"of the newest 1 of 7 in customer.dead-letters.v1: BAD_ID 1; the others could not be read: context deadline"}},
		{"no answer", nil, 0, context.DeadlineExceeded, []string{"context deadline exceeded"}},
	} {
		sample := newLetterSample()
		sample.held, sample.broken = 7, row.broken
		for _, r := range row.letters {
			sample.count(r)
		}
		got := sample.findings(shard.Layout{Edition: row.edition})
		if len(got) != len(row.want) {
			t.Fatalf("%s: got %+v, want %d findings", row.why, got, len(row.want))
		}
		for i, f := range got {
			if f.OK != (row.broken == nil || len(row.letters) > 0) || !strings.Contains(f.Detail, row.want[i]) {
				t.Errorf("%s: got %+v, want %q", row.why, f, row.want[i])
			}
			if i == 1 && !strings.Contains(f.Remedy, "tidemark rebuild") {
				t.Errorf("%s: the remedy is %q, want the rebuild", row.why, f.Remedy)
			}
		}
	}
}
