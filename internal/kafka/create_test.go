package kafka

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/schemas"
)

// TestAddTopicsBesideOthers is an upgrade: a version of the program wants two topics that the version before did not know. They are added
// in the shape of the others, and the others stay as they are.
func TestAddTopicsBesideOthers(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		b.deleteTopics(t)
		wanted := []string{string(event.Feedbacks), schemas.WinBacks}
		odd := map[string]string{"retention.ms": "86400000"} // not what AddTopics sets
		for _, name := range topicNames() {
			if !slices.Contains(wanted, name) {
				b.createTopic(t, name, 3, odd)
			}
		}
		cluster := open(t, b.config())
		inUse, ok, err := cluster.InputShape(bounded(t))
		if want := (Shape{3, 1}); err != nil || !ok || inUse != want {
			t.Fatalf("shape of the inputs: got %+v, %t, %v, want %+v", inUse, ok, err, want)
		}
		before := settingsOf(t, cluster)

		if _, err := cluster.AddTopics(bounded(t), Shape{5, 1}); !errors.Is(err, ErrUnequalPartitions) {
			t.Errorf("an input of 5 partitions beside inputs of 3: got error %v, want %v", err, ErrUnequalPartitions)
		}
		if after := settingsOf(t, cluster); len(after) != len(before) {
			t.Errorf("topics after the refusal: want the %d of before, got %d", len(before), len(after))
		}

		placed, err := cluster.AddTopics(bounded(t), inUse)
		if err != nil {
			t.Fatal(err)
		}
		var added []string
		for _, p := range placed {
			if p.Added {
				added = append(added, p.Name)
			}
			if p.Shape != inUse {
				t.Errorf("%s: got the shape %+v, want %+v", p.Name, p.Shape, inUse)
			}
		}
		if !slices.Equal(added, wanted) || len(placed) != len(topicNames()) {
			t.Errorf("of %d topics: got %v added, want %v of %d", len(placed), added, wanted, len(topicNames()))
		}
		after := settingsOf(t, cluster)
		for name, settings := range before {
			if !maps.Equal(after[name], settings) {
				t.Errorf("%s existed: want its settings as they were, %v, got %v", name, settings, after[name])
			}
		}
	})
}

// TestInputShapeOfNothing: a fresh cluster has no input topic to take the shape of.
func TestInputShapeOfNothing(t *testing.T) {
	cluster := open(t, brisk(startBroker(t).Addr()))
	if shape, ok, err := cluster.InputShape(bounded(t)); ok || err != nil || shape != (Shape{}) {
		t.Errorf("got %+v, %t, %v, want none", shape, ok, err)
	}
}

// settingsOf returns the settings of the topics that exist, by name.
func settingsOf(t *testing.T, cluster *Cluster) map[string]map[string]string {
	t.Helper()
	found, err := cluster.partitions(bounded(t), topicNames()...)
	if err != nil {
		t.Fatal(err)
	}
	settings, err := cluster.describe(bounded(t), found)
	if err != nil {
		t.Fatal(err)
	}
	return settings
}
