package kafka

import (
	"errors"
	"strings"
	"testing"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
)

// TestMissingInputs: the error names what is missing, and the command. Where only the links are missing, an older version has made the topics.
func TestMissingInputs(t *testing.T) {
	all := func(missing ...event.Topic) map[string][]kafkago.Partition {
		found := map[string][]kafkago.Partition{}
		for _, name := range inputNames() {
			found[name] = make([]kafkago.Partition, 3)
		}
		for _, topic := range missing {
			delete(found, string(topic))
		}
		return found
	}
	if n, err := equalCount(all()); n != 3 || err != nil {
		t.Errorf("all are there: %d partitions, error %v; want 3", n, err)
	}
	for _, row := range []struct {
		missing []event.Topic
		says    string
	}{
		{[]event.Topic{event.Links}, "customer.links.v1, which versions before did not need; after an upgrade run tidemark topics create"},
		{[]event.Topic{event.Purchases, event.Links}, "customer.links.v1, customer.purchases.v1; create them with tidemark topics create"},
	} {
		if _, err := equalCount(all(row.missing...)); !errors.Is(err, ErrTopicMissing) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("without %v: %v, want %q", row.missing, err, row.says)
		}
	}
}
