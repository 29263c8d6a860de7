package servers

import (
	"errors"
	"testing"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

func TestKafkaStopsAndStartsAgain(t *testing.T) {
	for _, version := range []string{Kafka4, Kafka3} {
		t.Run(version, func(t *testing.T) {
			k, err := StartKafka(t.Context(), KafkaOptions{Version: version, Settings: map[string]string{
				"num.partitions":            "3",
				"broker.session.timeout.ms": "2000", // after a kill, the controller refuses the broker for this long
			}})
			require(t, err)
			defer k.Close()
			ctx := bounded(t)
			if err := k.Client().ProduceSync(ctx, &kgo.Record{Topic: "unasked", Value: []byte("v")}).FirstErr(); err == nil {
				t.Error("a topic was created unasked")
			}
			create := kmsg.NewPtrCreateTopicsRequest()
			topic := kmsg.NewCreateTopicsRequestTopic()
			topic.Topic, topic.NumPartitions, topic.ReplicationFactor = "events", -1, -1
			create.Topics = append(create.Topics, topic)
			created, err := create.RequestWith(ctx, k.Client())
			if err != nil {
				t.Fatal(err)
			}
			if err := kerr.ErrorForCode(created.Topics[0].ErrorCode); err != nil || created.Topics[0].NumPartitions != 3 {
				t.Fatalf("created %d partitions, %v; want 3", created.Topics[0].NumPartitions, err)
			}
			err = kerr.UnknownTopicOrPartition
			for errors.Is(err, kerr.UnknownTopicOrPartition) { // the broker may not have heard of the topic yet
				err = k.Client().ProduceSync(ctx, &kgo.Record{Topic: "events", Value: []byte("v")}).FirstErr()
			}
			if err != nil {
				t.Fatal(err)
			}
			for _, end := range []func(){func() { _ = k.Stop() }, k.Kill} {
				before := k.PID()
				end()
				if err := k.Start(ctx); err != nil {
					t.Fatal(err)
				}
				reader, err := kgo.NewClient(kgo.SeedBrokers(k.Addr()), kgo.ConsumeTopics("events"))
				if err != nil {
					t.Fatal(err)
				}
				records := reader.PollFetches(ctx).Records()
				reader.Close()
				if len(records) != 1 || k.PID() == before {
					t.Errorf("started again as process %d after %d with %d records, want another process and 1", k.PID(), before, len(records))
				}
			}
		})
	}
}
