package embed_test

import (
	"context"
	"net"
	"strconv"
	"testing"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/embed"
)

func TestKafkaKeepsWhatItIsSent(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	kafka, err := embed.StartKafka(0)
	if err != nil {
		t.Fatal(err)
	}
	defer kafka.Close()
	if err := kafka.Broker().CreateTopic("events", 1, nil); err != nil {
		t.Fatal(err)
	}
	client, err := kgo.NewClient(kgo.SeedBrokers(kafka.Addr()), kgo.ConsumeTopics("events"), kgo.ProducerBatchMaxBytes(8<<20))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	want := make([]byte, 5<<20) // larger than a broker takes by default
	if err := client.ProduceSync(ctx, &kgo.Record{Topic: "events", Value: want}).FirstErr(); err != nil {
		t.Fatalf("produce %d bytes: %v", len(want), err)
	}
	fetched := client.PollFetches(ctx)
	if err := fetched.Err(); err != nil {
		t.Fatal(err)
	}
	if got := fetched.Records(); len(got) != 1 || len(got[0].Value) != len(want) {
		t.Fatalf("got %d records, want the one of %d bytes", len(got), len(want))
	}
}

func TestRedisKeysExpireByThemselves(t *testing.T) {
	redis, err := embed.StartRedis(0)
	if err != nil {
		t.Fatal(err)
	}
	defer redis.Close()
	client := goredis.NewClient(&goredis.Options{Addr: redis.Addr()})
	defer client.Close()
	if err := client.Set(t.Context(), "brief", "1", 20*time.Millisecond).Err(); err != nil {
		t.Fatal(err)
	}
	if err := client.Set(t.Context(), "lasting", "1", 0).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); client.Exists(t.Context(), "brief").Val() != 0; {
		if time.Now().After(deadline) {
			t.Fatal("a key of 20 ms is still there after 10 s, want it gone")
		}
	}
	if got := client.Exists(t.Context(), "lasting").Val(); got != 1 {
		t.Errorf("a key without an expiry: %d left, want 1", got)
	}
}

func TestServersTakeThePortAskedFor(t *testing.T) {
	for _, start := range []struct {
		name string
		run  func(port int) (addr string, stop func(), err error)
	}{
		{"kafka", func(port int) (string, func(), error) {
			k, err := embed.StartKafka(port)
			if err != nil {
				return "", nil, err
			}
			return k.Addr(), k.Close, nil
		}},
		{"redis", func(port int) (string, func(), error) {
			r, err := embed.StartRedis(port)
			if err != nil {
				return "", nil, err
			}
			return r.Addr(), r.Close, nil
		}},
	} {
		t.Run(start.name, func(t *testing.T) {
			free, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			want := free.Addr().String()
			_, digits, _ := net.SplitHostPort(want)
			port, _ := strconv.Atoi(digits)
			if _, _, err := start.run(port); err == nil {
				t.Errorf("start on port %d, which is taken: no error", port)
			}
			if err := free.Close(); err != nil {
				t.Fatal(err)
			}
			got, stop, err := start.run(port)
			if err != nil {
				t.Fatal(err)
			}
			defer stop()
			if got != want {
				t.Errorf("address %s, want %s", got, want)
			}
		})
	}
}
