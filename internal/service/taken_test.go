package service_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/dataset"
	"tidemark/internal/service/servicetest"
)

// A service under a model that explains changes from the instant at which a tier was taken says what a replay says, id by id, also where events
// are stamped minutes ahead of their records, and where members end and start in between.
func TestSinceTakenOfAServiceIsThatOfAReplay(t *testing.T) {
	s := servicetest.Start(t, 2)
	events := purchases(t)
	for i, x := range events {
		h := x.Common()
		if h.RecordedAt = h.OccurredAt; i%3 == 0 {
			h.RecordedAt = h.OccurredAt.Add(-3 * time.Minute)
		}
	}
	dataset.Sort(events)
	file := filepath.Join(t.TempDir(), "log.jsonl")
	out, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	if err := dataset.WriteJSONL(out, events); err != nil {
		t.Fatal(err)
	}
	want := replayOf(t, file, "", stagedAsOf)
	c := settings{asOf: stagedAsOf, shards: servicetest.Shards, batch: 50, drainWithin: 10 * time.Second, untilCaughtUp: true}
	for half, part := range split(events, 50) {
		var records []*kgo.Record
		for _, x := range part {
			r := servicetest.Encoded(t, codec(t, ""), x, x.Common().RecordedAt.Time())
			records = append(records, r)
		}
		s.Produce(t, records...)
		if half == 0 {
			c.asOf = part[len(part)-1].Common().RecordedAt
		} else {
			c.asOf = stagedAsOf
		}
		if err := run(t, s, c); err != nil {
			t.Fatal(err)
		}
	}
	want.Compare(t, s)
	told := 0
	printer := codec(t, "").Printer()
	for _, r := range s.Outputs(t) {
		line, err := printer.JSON(t.Context(), r.Topic, r.Value)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(line), `"since_taken":{"taken_at":`) {
			told++
		}
	}
	if told < 50 {
		t.Errorf("%d changes are explained from where the tier was taken, want at least 50", told)
	}
}
