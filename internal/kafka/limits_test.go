package kafka

import (
	"maps"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/schemas"
)

func TestLimitsAgree(t *testing.T) {
	usual := func() limits {
		l := limits{
			bootstrap: "kafka:9092", record: 1 << 20, batch: 64 << 20, broker: map[string]string{brokerSize: "1048588"},
			topics: map[string]map[string]string{}, replicas: map[string]int{},
		}
		for _, topic := range topicNames() {
			l.topics[topic], l.replicas[topic] = map[string]string{topicSize: "1048588", minInSync: "2"}, 3
		}
		l.topics[schemas.DeadLetters][topicSize], l.topics[schemas.Links][topicSize] = "2097152", "2097152"
		return l
	}
	set := func(topic, name, value string) func(*limits) {
		return func(l *limits) { l.topics[topic][name] = value }
	}
	for _, row := range []struct {
		why    string
		change func(*limits)
		// name is the finding, empty for none; fails says that it must be mended; says is a part of its text.
		name, says string
		fails      bool
	}{
		{"as topics create makes them", func(*limits) {}, "", "", false},
		{"brokers that show nothing", func(l *limits) { clear(l.topics); clear(l.broker) }, "", "", false},
		{"batches larger than what is held", set(feedback, topicSize, "104857600"), feedback + " and --max-batch", "--max-batch 1073741824", true},
		{"batches that may well unpack to more than is held", set(feedback, topicSize, "16777216"), feedback + " and --max-batch", "--max-batch 268435456", false},
		{"records that do not get there", func(l *limits) { l.record = 4 << 20 }, feedback + " and --max-record", "max.message.bytes=4718592", false},
		{"outputs that are refused", set(schemas.ChurnAlerts, topicSize, "60000"), schemas.ChurnAlerts + " and what is written", "max.message.bytes=1048576", true},
		{"links that are refused", set(schemas.Links, topicSize, "1048588"), schemas.Links + " and what is written", "max.message.bytes=2097152", true},
		{"links larger than what is held", set(schemas.Links, topicSize, "104857600"), schemas.Links + " and --max-batch", "--max-batch 1073741824", true},
		{"letters that are refused", set(schemas.DeadLetters, topicSize, "500000"), schemas.DeadLetters + " and what is written", "stop its lane", true},
		{"more replicas needed than there are", func(l *limits) { l.replicas[feedback] = 1 }, feedback + " " + minInSync, "min.insync.replicas=1", true},
		{"all replicas needed", func(l *limits) { l.replicas[feedback] = 2 }, feedback + " " + minInSync, "one broker is down", false},
		{"one of three replicas is enough", set(feedback, minInSync, "1"), feedback + " " + minInSync, "min.insync.replicas=2", false},
		{"small brokers", func(l *limits) { l.broker[brokerSize] = "500000" }, "brokers " + brokerSize, "--entity-default", false},
		{"records deleted unread", func(l *limits) {
			l.progress = []Progress{{purchases, 10, 20, 0, -1}, {purchases, 10, 20, 0, 10}, {purchases, 12, 20, 0, 10}}
		}, "customer.purchases.v1/0 retention", "2 records were deleted", true},
	} {
		t.Run(row.why, func(t *testing.T) {
			l := usual()
			row.change(&l)
			found := map[string]Finding{}
			for _, f := range l.findings() {
				found[f.Name] = f
				if !f.OK && f.Remedy == "" {
					t.Errorf("%s: no remedy for %s", f.Name, f.Detail)
				}
				if strings.Contains(f.Remedy, "kafka-configs") && !strings.Contains(f.Remedy, "--bootstrap-server kafka:9092") {
					t.Errorf("%s: the remedy %q cannot be pasted", f.Name, f.Remedy)
				}
			}
			if row.name == "" {
				if f, ok := found["limits"]; !ok || !f.OK || len(found) != 1 {
					t.Errorf("found %v, want only that the limits agree", found)
				}
				return
			}
			f, ok := found[row.name]
			if !ok || f.OK == row.fails || !strings.Contains(f.Detail+f.Remedy, row.says) {
				t.Errorf("found %+v among %v, want fails %t, saying %q", f, maps.Collect(maps.All(found)), row.fails, row.says)
			}
		})
	}
}

func TestLimitsOfCreatedTopicsAgree(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		findings, err := b.withTopics(t, 2).CheckLimits(bounded(t), 1<<20, 64<<20)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range findings {
			if !f.OK || f.Remedy != "" {
				t.Errorf("%s: %s", f.Name, f.Detail)
			}
		}
	})
}

const feedback = string(event.Feedbacks)
