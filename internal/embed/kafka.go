// Package embed runs a Kafka and a Redis inside this process, for the demo and for tests. Both speak the real wire protocols on
// loopback. Both hold their data in memory, and lose it at Close.
package embed

import (
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// Kafka is an embedded Kafka of one broker. It begins without topics. It deletes old records only from topics that set retention.ms
// or retention.bytes themselves.
type Kafka struct {
	cluster *kfake.Cluster
	addr    string
}

const (
	// maxMessage is the largest batch that the broker takes, in bytes. Our topics allow less.
	maxMessage = 16 << 20
	// shortestSession is the shortest session timeout that a member may ask for, so that tests notice a dead member soon. The
	// default of a real broker is 6 s.
	shortestSession = 100 * time.Millisecond
)

// StartKafka starts a broker on a port of loopback; 0 means any free port. It fails when the port is
// taken. The caller closes the broker.
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

// Addr returns the bootstrap address, host:port.
func (k *Kafka) Addr() string { return k.addr }

// Broker returns the broker behind k, for tests that make the broker misbehave.
func (k *Kafka) Broker() *kfake.Cluster { return k.cluster }

// Close stops the broker and closes the connections of its clients.
func (k *Kafka) Close() { k.cluster.Close() }
