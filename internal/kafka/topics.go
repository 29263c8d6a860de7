package kafka

import (
	"context"
	"fmt"
	"math"
	"strconv"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/schemas"
)

const (
	maxMessage    = 1 << 20 // bytes of an input or output
	maxDeadLetter = 2 << 20 // bytes of such a message and its error headers
	maxLink       = 2 << 20 // bytes of a message of links: see linkMost
	hour          = 3_600_000
	week          = 7 * 24 * hour
)

// topic is what a topic of the design must be like.
type topic struct {
	name     string
	optional bool // works without
	settings []setting
}

// setting is one configuration entry of a topic. CreateTopics sets value. CheckTopics accepts every value that suits.
type setting struct {
	name, value string
	suits       func(value string) bool
	why         string
	// since is the version of Kafka that introduced the setting. Older brokers do without.
	since string
}

// topics returns the topics of the design.
func topics() []topic {
	deleted := exactly("cleanup.policy", "delete", "compaction would remove events")
	size := atLeast("max.message.bytes", maxMessage, "large batches are refused")
	produced := exactly("message.timestamp.type", "CreateTime", "record times must be the producers'")
	// There is no bound on the age of a record: a history may be loaded. Kafka before 3.6 had one bound for past and future,
	// message.timestamp.difference.max.ms. It would refuse a history, so it is not set.
	ahead := atMost("message.timestamp.after.max.ms", hour, "record times far in the future would be believed")
	ahead.since = "3.6"
	kept := atLeast("retention.ms", 30*24*hour, "subscribers that were away for a week would miss changes")
	kept.suits = lasting(week)

	read := func(name event.Topic, size setting) topic {
		return topic{name: string(name), settings: []setting{
			deleted, produced, ahead, size,
			forever("retention.ms", "the log is the truth: a rebuild replays all of it"),
			forever("retention.bytes", "the log is the truth: a rebuild replays all of it"),
		}}
	}
	var table []topic
	for _, name := range event.Topics() {
		table = append(table, read(name, size))
	}
	table = append(table, read(event.Links, atLeast("max.message.bytes", maxLink, "a history that a merged customer sends would be refused, and stop its lane")))
	for _, name := range append(TransitionTopics(), schemas.Erasures) {
		table = append(table, topic{name: name, settings: []setting{deleted, produced, kept, size}})
	}
	// A dead letter has the timestamp of its original, however odd. Such a letter must not be refused, nor expire by its
	// timestamp.
	anyTime := atLeast("message.timestamp.after.max.ms", math.MaxInt64, "a dead letter with an odd timestamp would be refused, and stop its lane")
	anyTime.since = "3.6"
	return append(table,
		topic{name: schemas.Scores, optional: true, settings: []setting{
			exactly("cleanup.policy", "compact", "only the last score of each customer is wanted"), size,
		}},
		topic{name: schemas.DeadLetters, settings: []setting{
			deleted, produced, anyTime,
			forever("retention.ms", "dead letters keep their originals' timestamps, and would expire by them"),
			atLeast("max.message.bytes", maxDeadLetter, "a dead letter is larger than its original, and would be refused"),
		}},
	)
}

// TransitionTopics returns the topics of transitions.
func TransitionTopics() []string {
	return []string{schemas.TierChanges, schemas.ChurnAlerts, schemas.WinBacks, schemas.TierNotices, schemas.SegmentChanges}
}

func topicNames() []string {
	var names []string
	for _, t := range topics() {
		names = append(names, t.name)
	}
	return names
}

func exactly(name, value, why string) setting {
	return setting{name: name, value: value, why: why, suits: func(v string) bool { return v == value }}
}

func atLeast(name string, n int64, why string) setting {
	return setting{name: name, value: strconv.FormatInt(n, 10), why: why, suits: number(func(v int64) bool { return v >= n })}
}

func atMost(name string, n int64, why string) setting {
	return setting{name: name, value: strconv.FormatInt(n, 10), why: why, suits: number(func(v int64) bool { return v <= n })}
}

func forever(name, why string) setting { return exactly(name, "-1", why) }

// lasting accepts a retention of at least n milliseconds, or without end.
func lasting(n int64) func(string) bool {
	return number(func(v int64) bool { return v == -1 || v >= n })
}

func number(suits func(int64) bool) func(string) bool {
	return func(value string) bool {
		n, err := strconv.ParseInt(value, 10, 64)
		return err == nil && suits(n)
	}
}

// awaitLeaders waits until the leaders of all partitions answer, at most the request timeout. In KRaft mode the controller reports a
// topic as created, and brokers show it, before the leaders have created its logs.
func (c *Cluster) awaitLeaders(ctx context.Context, names []string) error {
	ctx, cancel := context.WithTimeout(ctx, c.config.RequestTimeout)
	defer cancel()
	for {
		err := c.leadersAnswer(ctx, names)
		if err == nil {
			return nil
		}
		if pause(ctx, firstPause) != nil {
			return err
		}
	}
}

func (c *Cluster) leadersAnswer(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	found, err := c.partitions(ctx, names...)
	if err != nil {
		return err
	}
	var all []shard.Partition
	for _, name := range names {
		if len(found[name]) == 0 {
			return fmt.Errorf("topic %s: %w", name, kafkago.UnknownTopicOrPartition)
		}
		for _, p := range found[name] {
			all = append(all, shard.Partition{Topic: event.Topic(name), Index: p.ID})
		}
	}
	_, err = c.bounds(ctx, all)
	return err
}

func (c *Cluster) createTopic(ctx context.Context, config kafkago.TopicConfig) error {
	answer, err := c.client.CreateTopics(ctx, &kafkago.CreateTopicsRequest{Topics: []kafkago.TopicConfig{config}})
	if err != nil {
		return err
	}
	return answer.Errors[config.Topic]
}

func (t topic) config(partitions, replication int, recent bool) kafkago.TopicConfig {
	config := kafkago.TopicConfig{Topic: t.name, NumPartitions: partitions, ReplicationFactor: replication}
	for _, s := range t.settings {
		if s.since == "" || recent {
			config.ConfigEntries = append(config.ConfigEntries, kafkago.ConfigEntry{ConfigName: s.name, ConfigValue: s.value})
		}
	}
	if replication >= 3 {
		config.ConfigEntries = append(config.ConfigEntries, kafkago.ConfigEntry{ConfigName: minInSync, ConfigValue: "2"})
	}
	return config
}

// minInSync is the setting of how many replicas have an acknowledged write.
const minInSync = "min.insync.replicas"
