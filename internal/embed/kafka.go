// Package embed runs a Kafka and a Redis inside this process, for the demo and for tests. Both speak the real wire
// protocols on loopback; neither keeps anything after Close.
package embed

import (
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Kafka is an embedded Kafka: one broker, no topics to begin with, everything in memory. It deletes old records only of
// topics that say retention.ms or retention.bytes themselves.
type Kafka struct {
	cluster *kfake.Cluster
	addr    string
}

const (
	// maxMessage is the largest batch that the broker takes, in bytes: more than any topic of ours allows.
	maxMessage = 16 << 20
	// shortestSession lets tests miss a member soon; a real broker's bound is 6 s.
	shortestSession = 100 * time.Millisecond
)

// StartKafka starts a broker on the port of loopback, on any free one if 0. The caller closes it.
func StartKafka(port int) (*Kafka, error) {
	cluster, err := kfake.NewCluster(
		kfake.Ports(port),
		kfake.GroupMinSessionTimeout(shortestSession),
		kfake.BrokerConfigs(map[string]string{"message.max.bytes": strconv.Itoa(maxMessage)}),
	)
	if err != nil {
		return nil, fmt.Errorf("start the embedded kafka: %w", err)
	}
	return &Kafka{cluster, cluster.ListenAddrs()[0]}, nil
}

// Addr is the bootstrap address, host:port.
func (k *Kafka) Addr() string { return k.addr }

// Broker returns the broker itself, for tests that make it misbehave.
func (k *Kafka) Broker() *kfake.Cluster { return k.cluster }

// Close stops the broker and cuts its clients off.
func (k *Kafka) Close() { k.cluster.Close() }
