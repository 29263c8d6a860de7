package kafka

import (
	"testing"

	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/stream"
	"tidemark/schemas"
)

// TestEachNewest: of every partition the newest records are read, with their headers, and what the topic holds is counted.
func TestEachNewest(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 2)
		read := func(perPartition int) (offsets [2][]int64, held int64) {
			t.Helper()
			held, err := cluster.EachNewest(bounded(t), schemas.DeadLetters, perPartition, func(r stream.Record) {
				if len(r.Headers) != 1 || string(r.Headers[0].Value) != "TOO_LATE" {
					t.Errorf("the headers are %v, want those of the letter", r.Headers)
				}
				offsets[r.Partition] = append(offsets[r.Partition], r.Offset)
			})
			if err != nil {
				t.Fatal(err)
			}
			return offsets, held
		}
		if offsets, held := read(3); held != 0 || offsets[0] != nil || offsets[1] != nil {
			t.Errorf("of an empty topic: %v of %d, want nothing", offsets, held)
		}
		client := producer(t, b.addr, kgo.DisableIdempotentWrite())
		headers := []kgo.RecordHeader{{Key: "tidemark.error.code", Value: []byte("TOO_LATE")}}
		for range 5 {
			if err := client.ProduceSync(bounded(t), &kgo.Record{Topic: schemas.DeadLetters, Partition: 1, Headers: headers}).FirstErr(); err != nil {
				t.Fatal(err)
			}
		}
		offsets, held := read(3)
		if held != 5 || len(offsets[0]) != 0 || len(offsets[1]) != 3 || offsets[1][0] != 2 || offsets[1][2] != 4 {
			t.Errorf("read %v of %d, want offsets 2 to 4 of partition 1, of 5", offsets, held)
		}
		if _, err := cluster.EachNewest(bounded(t), "no such topic", 3, nil); err == nil {
			t.Error("of a topic that is missing: want an error")
		}
	})
}
