package kafka

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Cluster is a Kafka cluster as we reach it: the topics of the design and no others. It is safe for concurrent use;
// nothing is dialled before it is needed.
type Cluster struct {
	config    Config
	network   *network
	dialer    *kafkago.Dialer
	transport *kafkago.Transport
	client    *kafkago.Client
}

// metadataAge bounds how long we believe what a broker said about topics and leaders.
const metadataAge = 2 * time.Second

// NewCluster returns the cluster that config names, or everything that is wrong with config.
func NewCluster(config Config) (*Cluster, error) {
	config = config.withDefaults()
	if err := config.check(); err != nil {
		return nil, err
	}
	tlsConfig, err := config.Security.tlsConfig()
	if err != nil {
		return nil, err
	}
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
		Transport: c.transport,
	}
	return c, nil
}

// Close lets go of the connections. Groups, logs and publishers of the cluster are to be closed before.
func (c *Cluster) Close() {
	c.transport.CloseIdleConnections()
	c.network.sever()
}

// Sever cuts every connection and refuses new ones: to the brokers, this process has crashed. Nothing of the cluster
// works afterwards. It exists for tests of takeover.
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

// partitions returns the partitions of topics, none for one that does not exist. It never creates a topic, unlike the
// library's own look-ups on a Conn, which tell the broker that it may.
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

// dialLeader connects to the broker that leads p.
func (c *Cluster) dialLeader(ctx context.Context, p shard.Partition) (*kafkago.Conn, error) {
	found, err := c.partitions(ctx, string(p.Topic))
	if err != nil {
		return nil, err
	}
	for _, partition := range found[string(p.Topic)] {
		if partition.ID != p.Index {
			continue
		}
		if partition.Leader.Host == "" {
			return nil, kafkago.LeaderNotAvailable
		}
		return c.dialer.DialPartition(ctx, "tcp", "", partition)
	}
	return nil, kafkago.UnknownTopicOrPartition
}

// Partitions returns how many partitions each input topic has. It fails where one is missing, and with
// ErrUnequalPartitions where they differ.
func (c *Cluster) Partitions(ctx context.Context) (int, error) {
	found, err := c.partitions(ctx, inputNames()...)
	if err != nil {
		return 0, err
	}
	return equalCount(found)
}

func equalCount(found map[string][]kafkago.Partition) (int, error) {
	var missing, counts []string
	n, equal := 0, true
	for _, topic := range inputNames() {
		count := len(found[topic])
		if count == 0 {
			missing = append(missing, topic)
			continue
		}
		if n == 0 {
			n = count
		}
		equal = equal && count == n
		counts = append(counts, fmt.Sprintf("%s has %d", topic, count))
	}
	if len(missing) > 0 {
		return 0, fmt.Errorf("%w: %s; create them with tidemark topics create", ErrTopicMissing, strings.Join(missing, ", "))
	}
	if !equal {
		return 0, fmt.Errorf("%w: %s; add partitions to the smaller ones until all have the same number", ErrUnequalPartitions, strings.Join(counts, ", "))
	}
	return n, nil
}

func inputNames() []string {
	var names []string
	for _, topic := range event.Topics() {
		names = append(names, string(topic))
	}
	return names
}

// pause waits for d, or until ctx ends; then it returns ctx's error.
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
