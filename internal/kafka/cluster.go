package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/stream"
)

// Cluster is a Kafka cluster, as far as the topics of the design go. It is safe for concurrent use. It dials nothing before the
// first call.
type Cluster struct {
	config    Config
	network   *network
	dialer    *kafkago.Dialer
	transport *kafkago.Transport
	client    *kafkago.Client
}

// metadataAge bounds the age of cached metadata about topics and leaders.
const metadataAge = 2 * time.Second

// NewCluster returns the cluster that config names. The error names everything that is wrong with config.
func NewCluster(config Config) (*Cluster, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}
	tlsConfig, err := config.Security.tlsConfig()
	if err != nil {
		return nil, err
	}
	boundDecompression(int64(max(config.RecordBytes, linkMost)+stream.KeptKey+stream.KeptHeaders), int64(config.BatchBytes))
	c := &Cluster{config: config, network: newNetwork(config.RequestTimeout)}
	c.dialer = c.dialerOn(c.network)
	c.dialer.TLS = tlsConfig
	c.transport = &kafkago.Transport{
		Dial:        c.network.DialContext,
		DialTimeout: config.RequestTimeout,
		ClientID:    config.ClientID,
		MetadataTTL: metadataAge,
		// Without names the library asks for all topics of the cluster, every second.
		MetadataTopics: topicNames(),
		TLS:            tlsConfig,
		SASL:           config.Security.mechanism(),
	}
	c.client = &kafkago.Client{
		Addr:      kafkago.TCP(config.Brokers...),
		Timeout:   config.RequestTimeout,
		Transport: namedTransport{c},
	}
	return c, nil
}

// Close closes the connections. Close the groups, logs and publishers of the cluster before.
func (c *Cluster) Close() {
	c.transport.CloseIdleConnections()
	c.network.sever()
}

// Sever cuts every connection and refuses new ones: the brokers see a process that has crashed. The cluster cannot be used
// afterwards. Sever is for tests of takeover.
func (c *Cluster) Sever() { c.network.sever() }

func (c *Cluster) dialerOn(n *network) *kafkago.Dialer {
	dialer := &kafkago.Dialer{
		ClientID:      c.config.ClientID,
		DialFunc:      n.DialContext,
		Timeout:       c.config.RequestTimeout,
		SASLMechanism: c.config.Security.mechanism(),
	}
	if c.dialer != nil {
		dialer.TLS = c.dialer.TLS
	}
	return dialer
}

// partitions returns the partitions of topics, none for a topic that does not exist. It never creates a topic. The look-ups of
// the library on a Conn would: they allow the broker to create what is missing.
func (c *Cluster) partitions(ctx context.Context, topics ...string) (map[string][]kafkago.Partition, error) {
	answer, err := c.client.Metadata(ctx, &kafkago.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, fmt.Errorf("look up the topics: %w", err)
	}
	found := make(map[string][]kafkago.Partition, len(topics))
	for _, topic := range answer.Topics {
		if topic.Error != nil && !errors.Is(topic.Error, kafkago.UnknownTopicOrPartition) {
			return nil, fmt.Errorf("look up topic %s: %w", topic.Name, topic.Error)
		}
		found[topic.Name] = topic.Partitions
	}
	return found, nil
}

// Partitions returns the partition count of each input topic. A missing topic is an error. Counts that differ give
// ErrUnequalPartitions.
func (c *Cluster) Partitions(ctx context.Context) (int, error) {
	found, err := c.partitions(ctx, inputNames()...)
	if err != nil {
		return 0, err
	}
	return equalCount(found)
}

func equalCount(found map[string][]kafkago.Partition) (int, error) {
	var missing []string
	for _, topic := range inputNames() {
		if len(found[topic]) == 0 {
			missing = append(missing, topic)
		}
	}
	switch {
	case slices.Equal(missing, []string{string(event.Links)}): // the others are there: an older version has made them
		return 0, fmt.Errorf("%w: %s, which versions before did not need; after an upgrade run tidemark topics create before the first start", ErrTopicMissing, event.Links)
	case len(missing) > 0:
		return 0, fmt.Errorf("%w: %s; create them with tidemark topics create", ErrTopicMissing, strings.Join(missing, ", "))
	}
	return len(found[inputNames()[0]]), unequal(found, inputNames())
}

// unequal returns ErrUnequalPartitions if those of the topics that exist differ in their partition counts.
func unequal(found map[string][]kafkago.Partition, topics []string) error {
	var counts []string
	n, equal := 0, true
	for _, topic := range topics {
		count := len(found[topic])
		if count == 0 {
			continue
		}
		if n == 0 {
			n = count
		}
		equal = equal && count == n
		counts = append(counts, fmt.Sprintf("%s has %d", topic, count))
	}
	if equal {
		return nil
	}
	return fmt.Errorf("%w: %s; add partitions to the smaller ones until all have the same number", ErrUnequalPartitions, strings.Join(counts, ", "))
}

// inputNames returns the topics that lanes read. All have the same number of partitions: what one id sends to another over the topic of
// links comes to the lane that reads the other's events.
func inputNames() []string {
	var names []string
	for _, topic := range event.Inputs() {
		names = append(names, string(topic))
	}
	return names
}

// pause waits for d. If ctx ends first, pause returns ctx's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
