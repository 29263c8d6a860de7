package release

import (
	"reflect"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// TestMessagesDecode: the messages of every release say what they said. Events decode to the events of the log; outputs are read by the
// schema of their id, as a subscriber reads them.
func TestMessagesDecode(t *testing.T) {
	codec := newCodec(t)
	for _, r := range All(t) {
		events, _ := r.Events(t)
		byID := map[string]event.Event{}
		for _, x := range events {
			byID[x.Common().ID] = x
		}
		topics := map[string]int{}
		decoded := 0
		for _, m := range r.Messages(t) {
			topics[m.Topic]++
			if got, want := says(t, []byte(m.Value)), sorted(t, m.Says); string(got) != string(want) {
				t.Errorf("release %d, a message of %s: got %s, want %s", r.Number, m.Topic, got, want)
			}
			topic := event.Topic(m.Topic)
			if !slices.Contains(event.Topics(), topic) {
				continue
			}
			decoded++
			got, err := codec.Decode(stream.Record{Topic: topic, Key: []byte(m.Key), Value: []byte(m.Value), Time: AsOf})
			if err != nil {
				t.Errorf("release %d, a message of %s: %v", r.Number, m.Topic, err)
				continue
			}
			want := byID[got.Common().ID]
			got.Common().RecordedAt = want.Common().RecordedAt
			if !reflect.DeepEqual(got, want) {
				t.Errorf("release %d, a message of %s: got %+v, want %+v", r.Number, m.Topic, got, want)
			}
		}
		if len(topics) < 7 || decoded < 20 {
			t.Errorf("release %d: messages of %d topics, %d of them events, want all 7 topics and at least 20 events", r.Number, len(topics), decoded)
		}
	}
}
