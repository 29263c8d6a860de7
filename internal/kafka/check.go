package kafka

import (
	"context"
	"fmt"

	kafkago "github.com/segmentio/kafka-go"
)

// Finding is the result of one check.
type Finding struct {
	// Name says what was checked.
	Name string
	// OK is false if the service cannot be relied upon until this is mended.
	OK bool
	// Detail says what was found, Remedy how to mend it. A finding that is OK and has a remedy is a note.
	Detail, Remedy string
}

// CheckTopics checks the topics of the design: that they exist, that the inputs have equal partition counts, and that
// the settings suit. It fails only if the brokers do not answer.
func (c *Cluster) CheckTopics(ctx context.Context) ([]Finding, error) {
	found, settings, err := c.asTheyAre(ctx)
	if err != nil {
		return nil, fmt.Errorf("check topics: %w", err)
	}
	var findings []Finding
	for _, t := range topics() {
		findings = append(findings, t.check(found[t.name], settings[t.name])...)
	}
	if err := unequal(found, inputNames()); err != nil {
		findings = append(findings, Finding{
			Name: "input partitions", Detail: err.Error(),
			Remedy: "add partitions with kafka-topics --alter, with all producers stopped: keys move to other partitions",
		})
	}
	return append(findings, durability(found)...), nil
}

// asTheyAre returns the partitions and the settings of the topics of the design that exist.
func (c *Cluster) asTheyAre(ctx context.Context) (map[string][]kafkago.Partition, map[string]map[string]string, error) {
	found, err := c.partitions(ctx, topicNames()...)
	if err != nil {
		return nil, nil, err
	}
	settings, err := c.describe(ctx, found)
	return found, settings, err
}

// check checks one topic by its partitions and settings. A topic without partitions does not exist.
func (t topic) check(partitions []kafkago.Partition, settings map[string]string) []Finding {
	if len(partitions) == 0 {
		return []Finding{{Name: t.name, OK: t.optional, Detail: "does not exist", Remedy: "tidemark topics create"}}
	}
	findings := []Finding{{
		Name: t.name, OK: true,
		Detail: fmt.Sprintf("%d partitions, replication %d", len(partitions), len(partitions[0].Replicas)),
	}}
	for _, s := range t.settings {
		if finding, fine := s.check(t.name, settings); !fine {
			findings = append(findings, finding)
		}
	}
	return findings
}

func (s setting) check(topic string, settings map[string]string) (finding Finding, fine bool) {
	finding = Finding{Name: topic + " " + s.name}
	value, known := settings[s.name]
	switch {
	case known && s.suits(value):
		return finding, true
	case known:
		finding.Detail = fmt.Sprintf("is %s, not %s: %s", value, s.value, s.why)
		finding.Remedy = fmt.Sprintf("kafka-configs --alter --entity-type topics --entity-name %s --add-config %s=%s", topic, s.name, s.value)
	case s.since != "":
		finding.OK = true
		finding.Detail = "not known to these brokers: " + s.why
		finding.Remedy = "Kafka " + s.since + " or later"
	default:
		finding.OK = true
		finding.Detail = fmt.Sprintf("not shown by these brokers; should be %s", s.value)
		finding.Remedy = "look at it with kafka-configs --describe"
	}
	return finding, false
}

// durability notes the data that the loss of one broker would lose.
func durability(found map[string][]kafkago.Partition) []Finding {
	single := 0
	for _, partitions := range found {
		if len(partitions) > 0 && len(partitions[0].Replicas) == 1 {
			single++
		}
	}
	if single == 0 {
		return nil
	}
	return []Finding{{
		Name: "replication", OK: true,
		Detail: fmt.Sprintf("%d topics have a replication factor of 1: a broken broker takes its part of the log with it", single),
		Remedy: "kafka-reassign-partitions to three replicas, and " + minInSync + "=2",
	}}
}

// describe returns the settings of the topics that exist.
func (c *Cluster) describe(ctx context.Context, found map[string][]kafkago.Partition) (map[string]map[string]string, error) {
	request := &kafkago.DescribeConfigsRequest{}
	for topic, partitions := range found {
		if len(partitions) > 0 {
			request.Resources = append(request.Resources, kafkago.DescribeConfigRequestResource{
				ResourceType: kafkago.ResourceTypeTopic, ResourceName: topic,
			})
		}
	}
	settings := make(map[string]map[string]string)
	if len(request.Resources) == 0 {
		return settings, nil
	}
	answer, err := c.client.DescribeConfigs(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("read the settings of the topics: %w", err)
	}
	for _, resource := range answer.Resources {
		if resource.Error != nil {
			return nil, fmt.Errorf("read the settings of topic %s: %w", resource.ResourceName, resource.Error)
		}
		entries := make(map[string]string, len(resource.ConfigEntries))
		for _, entry := range resource.ConfigEntries {
			entries[entry.ConfigName] = entry.ConfigValue
		}
		settings[resource.ResourceName] = entries
	}
	return settings, nil
}
