package kafka

import (
	"crypto/rand"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

var pool serverstest.Pool

func TestMain(m *testing.M) { os.Exit(pool.Run(m)) }

// broker is an embedded broker, which the test has for itself, or a real one, which the tests share.
type broker struct {
	addr  string
	admin *kgo.Client // another client, for what ours cannot do
	real  bool
	group string
}

// eachBroker runs a test on the embedded broker and on Apache Kafka.
func eachBroker(t *testing.T, test func(t *testing.T, b broker)) {
	t.Run("embedded", func(t *testing.T) {
		addr := startBroker(t).Addr()
		test(t, broker{addr: addr, admin: producer(t, addr), group: "test"})
	})
	eachRealBroker(t, func(t *testing.T, b broker, _ *servers.Kafka) { test(t, b) })
}

// eachRealBroker runs a test on the newest Apache Kafka and on the last before 4.
func eachRealBroker(t *testing.T, test func(t *testing.T, b broker, k *servers.Kafka)) {
	for _, version := range []string{servers.Kafka4, servers.Kafka3} {
		t.Run("kafka "+version, func(t *testing.T) {
			t.Parallel() // the one beside the other, which a test mostly waits for
			k := pool.Kafka(t, version)
			b := broker{k.Addr(), producer(t, k.Addr()), true, rand.Text()}
			b.deleteTopics(t)
			test(t, b, k)
		})
	}
}

// config are settings for the broker, with a group of the test's own.
func (b broker) config() Config {
	config := brisk(b.addr)
	config.Group = b.group
	if b.real { // it is in no such hurry, on a machine that runs more
		config.SessionTimeout, config.Heartbeat, config.RequestTimeout = 6*time.Second, 100*time.Millisecond, 10*time.Second
	}
	return config
}

// withTopics returns a cluster with the topics of the design, which are empty.
func (b broker) withTopics(t testing.TB, partitions int) *Cluster {
	t.Helper()
	b.deleteTopics(t)
	cluster := open(t, b.config())
	if err := cluster.CreateTopics(bounded(t), partitions, 1); err != nil {
		t.Fatal(err)
	}
	return cluster
}

func (b broker) createTopic(t testing.TB, name string, partitions int32, settings map[string]string) {
	t.Helper()
	topic := kmsg.NewCreateTopicsRequestTopic()
	topic.Topic, topic.NumPartitions, topic.ReplicationFactor = name, partitions, 1
	for key, value := range settings {
		config := kmsg.NewCreateTopicsRequestTopicConfig()
		config.Name, config.Value = key, &value
		topic.Configs = append(topic.Configs, config)
	}
	request := kmsg.NewPtrCreateTopicsRequest()
	request.Topics = append(request.Topics, topic)
	answer, err := request.RequestWith(bounded(t), b.admin)
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].ErrorCode)
	}
	if err != nil {
		t.Fatalf("create topic %s: %v", name, err)
	}
	b.await(t, "topic "+name, func(found map[string]int) bool { return found[name] == int(partitions) })
}

// deleteTopics deletes the topics of the design, as an earlier test may have left them.
func (b broker) deleteTopics(t testing.TB) {
	t.Helper()
	ctx := bounded(t)
	request := kmsg.NewPtrDeleteTopicsRequest()
	request.TopicNames = topicNames()
	for _, name := range request.TopicNames {
		topic := kmsg.NewDeleteTopicsRequestTopic()
		topic.Topic = &name
		request.Topics = append(request.Topics, topic)
	}
	answer, err := request.RequestWith(ctx, b.admin)
	if err != nil {
		t.Fatalf("delete the topics: %v", err)
	}
	for _, topic := range answer.Topics {
		if err := kerr.ErrorForCode(topic.ErrorCode); err != nil && !errors.Is(err, kerr.UnknownTopicOrPartition) {
			t.Fatalf("delete topic %s: %v", *topic.Topic, err)
		}
	}
	b.await(t, "the topics to go", func(found map[string]int) bool { return len(found) == 0 })
}

// await waits until the broker shows what it should: what is done for the controller is so for the broker a moment later.
func (b broker) await(t testing.TB, what string, shown func(partitions map[string]int) bool) {
	t.Helper()
	ctx := bounded(t)
	metadata := kmsg.NewPtrMetadataRequest()
	for _, name := range topicNames() {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = &name
		metadata.Topics = append(metadata.Topics, topic)
	}
	for {
		answer, err := metadata.RequestWith(ctx, b.admin)
		if err != nil {
			t.Fatalf("wait for %s: %v", what, err)
		}
		found := make(map[string]int)
		for _, topic := range answer.Topics {
			if n := len(topic.Partitions); n > 0 {
				found[*topic.Topic] = n
			}
		}
		if shown(found) {
			return
		}
	}
}

// deleteRecords expires the records of a topic's only partition before an offset.
func (b broker) deleteRecords(t testing.TB, topic string, before int64) {
	t.Helper()
	request := kmsg.NewPtrDeleteRecordsRequest()
	of := kmsg.NewDeleteRecordsRequestTopic()
	of.Topic = topic
	partition := kmsg.NewDeleteRecordsRequestTopicPartition()
	partition.Offset = before
	of.Partitions = append(of.Partitions, partition)
	request.Topics = append(request.Topics, of)
	// A new client, for the other one remembers the leaders of topics that are gone.
	answer, err := request.RequestWith(bounded(t), producer(t, b.addr))
	if err == nil {
		err = kerr.ErrorForCode(answer.Topics[0].Partitions[0].ErrorCode)
	}
	if err != nil {
		t.Fatalf("delete records before %d: %v", before, err)
	}
}
