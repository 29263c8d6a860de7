package kafka

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/schemas"
)

const (
	// letterMost is the longest dead letter, in bytes: what the pipeline keeps of a record, and the headers that say why.
	letterMost = 576 << 10
	// usualRatio is how many times as long as its batch the content of a batch may well be. JSON that repeats itself comes to 10 and
	// more, Avro to 3 to 5.
	usualRatio = 16
	// linkMost is the longest message of links with its key and headers, in bytes: 1.5 MiB of value, and room. A history that a merged
	// customer sends is as long as the customer has made it: it is not bound by Config.RecordBytes.
	linkMost = 3<<19 + 4<<10
)

// mostBatchBytes is the largest Config.BatchBytes.
const mostBatchBytes = 1 << 30

// limits are the sizes that must agree: those of this process, and those of the topics and brokers.
type limits struct {
	bootstrap string
	// record and batch are Config.RecordBytes and Config.BatchBytes of the service.
	record, batch int64
	// topics are the settings of the topics that exist, replicas the number of replicas of each.
	topics   map[string]map[string]string
	replicas map[string]int
	// broker are the settings of one broker.
	broker map[string]string
	// progress is the position of the group in the inputs. It is empty if there is no group yet.
	progress []Progress
}

// CheckLimits checks sizes against each other: record and batch, which are the Config.RecordBytes and Config.BatchBytes of the service, and
// those of topics and brokers. It also checks how long and how safely records are kept. Each remedy can be pasted into a shell. CheckLimits
// fails only if the brokers do not answer.
func (c *Cluster) CheckLimits(ctx context.Context, record, batch int64) ([]Finding, error) {
	found, err := c.partitions(ctx, topicNames()...)
	if err != nil {
		return nil, fmt.Errorf("check limits: %w", err)
	}
	l := limits{
		bootstrap: c.config.Brokers[0], record: record, batch: batch,
		replicas: map[string]int{},
	}
	for topic, partitions := range found {
		if len(partitions) > 0 {
			l.replicas[topic] = len(partitions[0].Replicas)
		}
	}
	if l.topics, err = c.describe(ctx, found); err != nil {
		return nil, fmt.Errorf("check limits: %w", err)
	}
	if l.broker, err = c.describeBroker(ctx); err != nil {
		return nil, fmt.Errorf("check limits: %w", err)
	}
	if progress, err := c.Progress(ctx); err == nil { // without the topics there is no progress; CheckTopics says so
		l.progress = progress
	}
	return l.findings(), nil
}

// describeBroker returns the settings of one broker.
func (c *Cluster) describeBroker(ctx context.Context) (map[string]string, error) {
	cluster, err := c.client.Metadata(ctx, &kafkago.MetadataRequest{Topics: []string{}})
	if err != nil || len(cluster.Brokers) == 0 {
		return nil, err
	}
	answer, err := c.client.DescribeConfigs(ctx, &kafkago.DescribeConfigsRequest{Resources: []kafkago.DescribeConfigRequestResource{{
		ResourceType: kafkago.ResourceTypeBroker, ResourceName: strconv.Itoa(cluster.Brokers[0].ID),
		ConfigNames: []string{brokerSize},
	}}})
	if err != nil {
		return nil, fmt.Errorf("read the settings of a broker: %w", err)
	}
	settings := map[string]string{}
	for _, resource := range answer.Resources {
		for _, entry := range resource.ConfigEntries { // none without the right to see them
			settings[entry.ConfigName] = entry.ConfigValue
		}
	}
	return settings, nil
}

const (
	topicSize  = "max.message.bytes"
	brokerSize = "message.max.bytes"
)

// findings returns what is wrong, and one finding that says so if nothing is.
func (l limits) findings() []Finding {
	var all []Finding
	for _, topic := range event.Topics() {
		all = append(all, l.input(string(topic))...)
	}
	all = append(all, l.held(string(event.Links))...)
	all = append(all, l.output(string(event.Links), linkMost, "a message")...)
	for _, topic := range append(TransitionTopics(), schemas.Erasures, schemas.Scores) {
		all = append(all, l.output(topic, publishBytes, "a batch of outputs")...)
	}
	all = append(all, l.output(schemas.DeadLetters, max(publishBytes, letterMost), "a batch of dead letters")...)
	for _, topic := range topicNames() {
		all = append(all, l.replicated(topic)...)
	}
	all = append(all, l.brokers()...)
	all = append(all, l.kept()...)
	if len(all) == 0 {
		all = append(all, Finding{
			Name: "limits", OK: true,
			Detail: fmt.Sprintf("records of %d bytes and batches of %d suit the topics and brokers", l.record, l.batch),
		})
	}
	return all
}

// input compares the batches that a topic takes from producers with what this process takes.
func (l limits) input(topic string) []Finding {
	size, known := l.number(topic, topicSize)
	if found := l.held(topic); len(found) > 0 || !known || size >= l.record {
		return found
	}
	return []Finding{{
		Name: topic + " and --max-record", OK: true,
		Detail: fmt.Sprintf("takes batches of %d bytes: a record of --max-record %d gets here only compressed", size, l.record),
		Remedy: l.alter(topic, topicSize, l.record+l.record/8),
	}}
}

// held compares the batches that a topic takes with what this process holds of one.
func (l limits) held(topic string) []Finding {
	size, known := l.number(topic, topicSize)
	switch {
	case !known:
		return nil
	case size > l.batch:
		return []Finding{{
			Name:   topic + " and --max-batch",
			Detail: fmt.Sprintf("takes batches of %d bytes, of which --max-batch holds %d: all records of a larger batch become dead letters without their content", size, l.batch),
			Remedy: fmt.Sprintf("tidemark run --max-batch %d, or %s", roomFor(size), l.alter(topic, topicSize, l.batch/usualRatio)),
		}}
	case usualRatio*size > l.batch:
		return []Finding{{
			Name: topic + " and --max-batch", OK: true,
			Detail: fmt.Sprintf("takes batches of %d bytes: one that compresses to less than 1/%d does not fit into --max-batch %d", size, max(1, l.batch/size), l.batch),
			Remedy: fmt.Sprintf("tidemark run --max-batch %d", roomFor(size)),
		}}
	}
	return nil
}

// roomFor is a --max-batch for batches of a size.
func roomFor(size int64) int64 { return min(usualRatio*size, mostBatchBytes) }

// output compares the batches that a topic takes with the largest batch that is written to the topic.
func (l limits) output(topic string, largest int64, what string) []Finding {
	size, known := l.number(topic, topicSize)
	if !known || size >= largest {
		return nil
	}
	return []Finding{{
		Name:   topic + " and what is written",
		Detail: fmt.Sprintf("takes batches of %d bytes; %s has up to %d, would be refused, and would stop its lane", size, what, largest),
		Remedy: l.alter(topic, topicSize, max(maxMessage, (largest+maxMessage-1)/maxMessage*maxMessage)),
	}}
}

// replicated compares the replicas of a topic with how many of them a write needs.
func (l limits) replicated(topic string) []Finding {
	least, known := l.number(topic, minInSync)
	replicas := int64(l.replicas[topic])
	switch {
	case !known || replicas == 0:
		return nil
	case least > replicas:
		return []Finding{{
			Name:   topic + " " + minInSync,
			Detail: fmt.Sprintf("is %d with %d replicas: every write is refused", least, replicas),
			Remedy: l.alter(topic, minInSync, max(1, replicas-1)),
		}}
	case replicas > 1 && least == replicas:
		return []Finding{{
			Name: topic + " " + minInSync, OK: true,
			Detail: fmt.Sprintf("is %d with as many replicas: while one broker is down, every write is refused", least),
			Remedy: l.alter(topic, minInSync, replicas-1),
		}}
	case replicas > 2 && least < 2:
		return []Finding{{
			Name: topic + " " + minInSync, OK: true,
			Detail: fmt.Sprintf("is %d with %d replicas: the loss of one broker can lose a write that was acknowledged", least, replicas),
			Remedy: l.alter(topic, minInSync, 2),
		}}
	}
	return nil
}

// brokers looks at the size that topics without their own take.
func (l limits) brokers() []Finding {
	size, err := strconv.ParseInt(l.broker[brokerSize], 10, 64)
	if err != nil || size >= publishBytes {
		return nil
	}
	return []Finding{{
		Name: "brokers " + brokerSize, OK: true,
		Detail: fmt.Sprintf("is %d: a topic without a %s of its own refuses larger batches", size, topicSize),
		Remedy: fmt.Sprintf("kafka-configs --bootstrap-server %s --alter --entity-type brokers --entity-default --add-config %s=%d", l.bootstrap, brokerSize, maxMessage),
	}}
}

// kept looks for records that were deleted before the group has read them: a takeover needs all from the committed offset on.
func (l limits) kept() []Finding {
	var all []Finding
	for _, p := range l.progress {
		if p.Committed < 0 || p.First <= p.Committed {
			continue
		}
		topic := string(p.Partition.Topic)
		all = append(all, Finding{
			Name:   fmt.Sprintf("%s retention", p.Partition),
			Detail: fmt.Sprintf("begins at offset %d, but the group has read up to %d: %d records were deleted unread, and a lane that takes over stops", p.First, p.Committed, p.First-p.Committed),
			Remedy: l.alter(topic, "retention.ms", -1) + ", then tidemark run --on-data-loss continue",
		})
	}
	slices.SortFunc(all, func(a, b Finding) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// number returns a setting of a topic.
func (l limits) number(topic, name string) (int64, bool) {
	n, err := strconv.ParseInt(l.topics[topic][name], 10, 64)
	return n, err == nil
}

// alter returns the command that changes a setting of a topic.
func (l limits) alter(topic, name string, value int64) string {
	return fmt.Sprintf("kafka-configs --bootstrap-server %s --alter --entity-type topics --entity-name %s --add-config %s=%d", l.bootstrap, topic, name, value)
}
