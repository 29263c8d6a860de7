package kafka

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
	"github.com/twmb/franz-go/pkg/kgo"

	"tidemark/internal/event"
	"tidemark/internal/reach"
	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

// What other producers compress, the broker keeps compressed, and the fetcher reads.
func TestFetchReadsEveryCompression(t *testing.T) {
	eachBroker(t, func(t *testing.T, b broker) {
		cluster := b.withTopics(t, 1)
		ctx := bounded(t)
		var want []string
		for _, codec := range []struct {
			name  string
			codec kgo.CompressionCodec
		}{
			{"none", kgo.NoCompression()},
			{"gzip", kgo.GzipCompression()},
			{"snappy", kgo.SnappyCompression()},
			{"lz4", kgo.Lz4Compression()},
			{"zstd", kgo.ZstdCompression()},
		} {
			client := producer(t, b.addr, kgo.ProducerBatchCompression(codec.codec), kgo.ProducerLinger(5*time.Millisecond))
			var batch []*kgo.Record
			for i := range 50 {
				value := fmt.Sprintf("%s %d %s", codec.name, i, bytes.Repeat([]byte("x"), 500))
				want = append(want, value)
				batch = append(batch, &kgo.Record{Topic: string(event.Purchases), Value: []byte(value)})
			}
			if err := client.ProduceSync(ctx, batch...).FirstErr(); err != nil {
				t.Fatalf("%s: %v", codec.name, err)
			}
		}
		log := cluster.NewLog()
		defer log.Close()
		for _, fetchRecords := range []int{7, 5_000} {
			cluster.config.FetchRecords = fetchRecords
			var got []string
			for _, r := range readAll(t, log, purchases) {
				got = append(got, string(r.Value))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d records at a time: got %d records, want the %d that were written, in order", fetchRecords, len(got), len(want))
			}
		}
	})
}

// A broker that is asked for topics does not create them: theirs would be the wrong settings.
func TestLookingCreatesNoTopic(t *testing.T) {
	eachRealBroker(t, func(t *testing.T, b broker, _ *servers.Kafka) {
		cluster := open(t, b.config())
		if _, err := cluster.Partitions(bounded(t)); !errors.Is(err, ErrTopicMissing) {
			t.Errorf("partitions: got error %v, want %v", err, ErrTopicMissing)
		}
		if findings, err := cluster.CheckTopics(bounded(t)); err != nil || len(findings) == 0 || findings[0].OK {
			t.Errorf("check: got %+v and error %v, want missing topics", findings, err)
		}
		b.await(t, "no topics", func(found map[string]int) bool {
			if len(found) > 0 {
				t.Errorf("there are topics now: %v, want none", found)
			}
			return true
		})
	})
}

// The bound on record times is the broker's to enforce. What it refuses is said, with a class of its own kind.
func TestRecordTimesAreBounded(t *testing.T) {
	eachRealBroker(t, func(t *testing.T, b broker, _ *servers.Kafka) {
		cluster := b.withTopics(t, 1)
		publisher, err := cluster.NewPublisher(shard.Murmur2)
		if err != nil {
			t.Fatal(err)
		}
		defer publisher.Close()
		now := event.InstantOf(time.Now())
		for _, row := range []struct {
			name  string
			topic string
			time  event.Instant
			class string
		}{
			{"an old event, as of a loaded history", string(event.Purchases), 852_076_800_000, "none"},
			{"half an hour ahead", string(event.Purchases), now + hour/2, "none"},
			{"two hours ahead", string(event.Purchases), now + 2*hour, "broker"},
			{"a dead letter of next year", schemas.DeadLetters, now + 365*24*hour, "none"},
			{"a dead letter of long ago", schemas.DeadLetters, 1, "none"},
		} {
			err := publisher.Publish(bounded(t), []shard.Output{{ID: row.name, Topic: row.topic, Key: []byte("c"), Value: []byte("v"), Time: row.time}})
			if got := ErrorClass(err); got != row.class {
				t.Errorf("%s: got error %v of class %q, want class %s", row.name, err, got, row.class)
			}
			if refused := errors.Is(err, kafkago.InvalidTimestamp); refused != (row.class == "broker") {
				t.Errorf("%s: got error %v, want it refused for its time: %t", row.name, err, row.class == "broker")
			}
		}
	})
}

func TestRealMembersShareAndTakeOver(t *testing.T) {
	const partitions = 5
	eachRealBroker(t, func(t *testing.T, b broker, _ *servers.Kafka) {
		cluster := b.withTopics(t, partitions)
		advance := func(ctx context.Context, g *Generation) error {
			for _, i := range g.Partitions() {
				p := shard.Partition{Topic: event.Purchases, Index: i}
				before, _ := g.Committed(p)
				if err := g.CommitOffsets(ctx, map[shard.Partition]int64{p: before + 10}); err != nil {
					return err
				}
			}
			return idle(ctx, g)
		}
		first := join(t, b.config(), advance)
		alone := first.owning(t, partitions)
		second := join(t, b.config(), advance)
		other := second.generation(t, func(n int) bool { return n > 0 })
		own := first.generation(t, func(n int) bool { return n > 0 && n < partitions })
		if own.ID() != other.ID() {
			t.Errorf("the members are in generations %d and %d, want one", own.ID(), other.ID())
		}
		both := append(own.Partitions(), other.Partitions()...)
		if slices.Sort(both); !slices.Equal(both, []int{0, 1, 2, 3, 4}) {
			t.Errorf("the members own %v together, want each of 5 partitions once", both)
		}
		if err := alone.CommitOffsets(bounded(t), map[shard.Partition]int64{purchases: 1}); !errors.Is(err, ErrGenerationEnded) {
			t.Errorf("commit by a generation that is over: %v, want %v", err, ErrGenerationEnded)
		}

		first.cluster.Sever() // a crash
		heir := second.owning(t, partitions)
		for i := range partitions {
			p := shard.Partition{Topic: event.Purchases, Index: i}
			if offset, ok := heir.Committed(p); !ok || offset < 10 {
				t.Errorf("the heir finds offset %d (%t) of %s, want what was committed before", offset, ok, p)
			}
		}
		second.leave()
		if err := wait(t, "end of the second", second.left); err != nil {
			t.Errorf("Run after its context's end: %v, want nil", err)
		}
		if _, err := cluster.Progress(bounded(t)); err != nil {
			t.Errorf("progress of a group without members: %v, want no error", err)
		}
	})
}

// generation waits for a generation of m whose number of partitions will do.
func (m *member) generation(t testing.TB, fit func(partitions int) bool) *Generation {
	t.Helper()
	for {
		if g := wait(t, "generation", m.generations); fit(len(g.Partitions())) {
			return g
		}
	}
}

// A broker that stops and comes back is waited for: the group joins again, reads on and commits, and who is in the middle of
// publishing goes on, though the connections that the library has kept are dead.
func TestBrokerBounce(t *testing.T) {
	for _, version := range []string{servers.Kafka4, servers.Kafka3} {
		t.Run("kafka "+version, func(t *testing.T) {
			t.Parallel()
			k := serverstest.Kafka(t, servers.KafkaOptions{Version: version})
			b := broker{k.Addr(), producer(t, k.Addr()), true, "bounced"}
			cluster := b.withTopics(t, 2)
			publish(t, cluster, customers(event.Purchases, 100)...)
			m := join(t, b.config(), func(ctx context.Context, g *Generation) error {
				for _, i := range g.Partitions() {
					p := shard.Partition{Topic: event.Purchases, Index: i}
					_, end, err := g.Bounds(ctx, p)
					if err == nil {
						err = g.CommitOffsets(ctx, map[shard.Partition]int64{p: end})
					}
					if err != nil {
						return Retryable(err)
					}
				}
				return idle(ctx, g)
			})
			before := m.owning(t, 2)
			log := cluster.NewLog()
			defer log.Close()
			if n := len(readAll(t, log, purchases)); n == 0 {
				t.Fatal("nothing to read before the bounce")
			}
			feed := startFeed(t, cluster)
			wait(t, "acknowledgement", feed.first)
			if err := k.Stop(); err != nil {
				t.Fatal(err)
			}
			if err := wait(t, "wait of the publisher", feed.waits); err == nil {
				t.Fatalf("the publisher ended: %v, want it to wait", wait(t, "its end", feed.done))
			} else if !passes(err) {
				t.Errorf("the publisher waits after %v of class %q, want one that passes", err, ErrorClass(err))
			}
			if _, err := log.Fetch(bounded(t), purchases, 0); ErrorClass(err) != "network" {
				t.Errorf("fetch from a broker that is down: %v of class %q, want network", err, ErrorClass(err))
			}
			if err := k.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			feed.check(t, log, 2)
			after := m.generation(t, func(n int) bool { return n == 2 })
			for after.ID() <= before.ID() {
				after = m.owning(t, 2)
			}
			ctx := bounded(t)
			for {
				records, err := log.Fetch(ctx, purchases, 0)
				if err == nil && len(records.Records) > 0 {
					break
				}
				if ctx.Err() != nil {
					t.Fatalf("fetch after the bounce: %v, want records", err)
				}
			}
		})
	}
}

// Every login works for all that the service does, and a wrong password for nothing.
func TestLoginToRealBrokers(t *testing.T) {
	eachRealBroker(t, func(t *testing.T, b broker, k *servers.Kafka) {
		cluster := b.withTopics(t, 1)
		publish(t, cluster, customers(event.Purchases, 1)...)
		for _, user := range serverstest.Users() {
			config := b.config()
			config.Group += user.Mechanism
			config.Brokers = []string{k.LoginAddr()}
			config.Security = Security{Mechanism: user.Mechanism, Username: user.Name, Password: user.Password}
			publish(t, open(t, config), customers(event.Purchases, 1)...)
			m := join(t, config, idle)
			fetch, err := m.owning(t, 1).Fetch(bounded(t), purchases, 0)
			if err != nil || len(fetch.Records) == 0 {
				t.Errorf("%s: fetched %d records, %v; want some", user.Mechanism, len(fetch.Records), err)
			}
			m.leave()

			config.Security.Password = "wrong"
			_, err = open(t, config).Partitions(bounded(t))
			if got := ErrorClass(err); got != "authentication" {
				t.Errorf("%s, wrong password: %v of class %q, want authentication", user.Mechanism, err, got)
			}
			wantSymptom(t, user.Mechanism+", wrong password", err, config, reach.LoginRefused)
		}
		for _, row := range []struct {
			name, address string
			security      Security
			want          reach.Symptom
		}{
			{"no login where one is wanted", k.LoginAddr(), Security{}, reach.Closed},
			{"a login where none is known", b.config().Brokers[0], Security{Mechanism: Plain, Username: "a", Password: "b"}, reach.LoginUnknown},
			{"TLS to plaintext", b.config().Brokers[0], Security{TLS: true}, reach.Closed},
		} {
			config := b.config()
			config.Brokers, config.Security = []string{row.address}, row.security
			_, err := open(t, config).Partitions(bounded(t))
			wantSymptom(t, row.name, err, config, row.want)
		}
	})
}
