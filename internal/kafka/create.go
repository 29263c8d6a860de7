package kafka

import (
	"context"
	"errors"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
)

// Shape is what a topic is made of.
type Shape struct {
	// Partitions is at least 1. Replication is the number of copies of each partition; -1 is the default of the brokers.
	Partitions, Replication int
}

// Placed is a topic of the design after AddTopics. Added is false for a topic that existed before; Shape is the shape that the topic has.
type Placed struct {
	Name  string
	Added bool
	Shape
}

// CreateTopics is AddTopics for callers who do not ask what was added.
func (c *Cluster) CreateTopics(ctx context.Context, partitions, replication int) error {
	_, err := c.AddTopics(ctx, Shape{partitions, replication})
	return err
}

// AddTopics creates the missing topics of the design in one shape, and returns all topics of the design. It never changes a topic that
// exists: CheckTopics says whether such a topic will do. AddTopics returns when the new topics can be read and written.
//
// A version of Tidemark that wants one more topic that lanes read finds the others in use. The new topic must have as many partitions as
// these. So AddTopics creates nothing if a missing one would get another number: the error is ErrUnequalPartitions.
func (c *Cluster) AddTopics(ctx context.Context, shape Shape) ([]Placed, error) {
	if shape.Partitions < 1 || shape.Replication == 0 || shape.Replication < -1 {
		return nil, fmt.Errorf("create topics: %d partitions and replication %d cannot be", shape.Partitions, shape.Replication)
	}
	found, err := c.partitions(ctx, topicNames()...)
	if err != nil {
		return nil, fmt.Errorf("create topics: %w", err)
	}
	if err := fits(found, shape.Partitions); err != nil {
		return nil, fmt.Errorf("create topics: %w", err)
	}
	var placed []Placed
	var missing []string
	for _, t := range topics() {
		added := false
		if len(found[t.name]) == 0 {
			missing = append(missing, t.name)
			if added, err = c.addTopic(ctx, t, shape); err != nil {
				return nil, fmt.Errorf("create topic %s: %w", t.name, err)
			}
		}
		placed = append(placed, Placed{Name: t.name, Added: added})
	}
	if err := c.awaitLeaders(ctx, missing); err != nil {
		return nil, fmt.Errorf("create topics: wait until they can be used: %w", err)
	}
	// The brokers say what they have made of the default replication, and of topics that others have just created.
	if found, err = c.partitions(ctx, topicNames()...); err != nil {
		return nil, fmt.Errorf("create topics: %w", err)
	}
	for i := range placed {
		placed[i].Shape = shapeOf(found[placed[i].Name])
	}
	return placed, nil
}

// addTopic creates a topic. It returns false if another program has just created the topic.
func (c *Cluster) addTopic(ctx context.Context, t topic, shape Shape) (bool, error) {
	err := c.createTopic(ctx, t.config(shape.Partitions, shape.Replication, true))
	if errors.Is(err, kafkago.InvalidConfiguration) { // an older broker
		err = c.createTopic(ctx, t.config(shape.Partitions, shape.Replication, false))
	}
	if errors.Is(err, kafkago.TopicAlreadyExists) {
		return false, nil
	}
	return err == nil, err
}

// fits returns an error if an input topic is missing, and another one has a number of partitions other than n.
func fits(found map[string][]kafkago.Partition, n int) error {
	missing := ""
	for _, name := range inputNames() {
		if len(found[name]) == 0 {
			missing = name
		}
	}
	for _, name := range inputNames() {
		if have := len(found[name]); missing != "" && have > 0 && have != n {
			return fmt.Errorf("%w: %s has %d, and %s would get %d; nothing was created", ErrUnequalPartitions, name, have, missing, n)
		}
	}
	return nil
}

// InputShape returns the shape of the first input topic that exists, and false if none does.
func (c *Cluster) InputShape(ctx context.Context) (Shape, bool, error) {
	found, err := c.partitions(ctx, inputNames()...)
	if err != nil {
		return Shape{}, false, err
	}
	for _, t := range event.Topics() {
		if partitions := found[string(t)]; len(partitions) > 0 {
			return shapeOf(partitions), true, nil
		}
	}
	return Shape{}, false, nil
}

// shapeOf returns the shape of a topic, which is empty if the topic does not exist.
func shapeOf(partitions []kafkago.Partition) Shape {
	if len(partitions) == 0 {
		return Shape{}
	}
	return Shape{len(partitions), len(partitions[0].Replicas)}
}
