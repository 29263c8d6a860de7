package kafka

import (
	"context"
	"errors"
	"fmt"
	"slices"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Publisher writes outputs to their topics, keyed. It is safe for concurrent use.
//
// The producer of the library is not idempotent. After an error, and after a retry inside the library, an output may stand in the
// log twice, and the second copy may follow later outputs. Both copies carry the same id.
type Publisher struct {
	usual, large *kafkago.Writer
	now          func() event.Instant
}

const (
	// publishAttempts bounds the retries inside the library. The caller repeats outputs that must not be lost.
	publishAttempts = 4
	// publishBatch is the most messages of one batch. The library allocates that many, some 140 bytes each, per partition and
	// batch.
	publishBatch = 1_000
	// publishBytes bounds a batch of several messages, in bytes. A topic's max.message.bytes, by default 1,048,588, bounds a
	// whole batch. A larger message has a batch of its own.
	publishBytes = 1_000_000
)

// NewPublisher returns a publisher of inputs, with the partitioner of the producers.
func (c *Cluster) NewPublisher(p shard.Partitioner) (*Publisher, error) {
	balancer, err := balancerOf(p)
	if err != nil {
		return nil, err
	}
	return c.publisherOf(balancer), nil
}

func (c *Cluster) publisherOf(balancer kafkago.Balancer) *Publisher {
	return &Publisher{
		usual: c.writer(balancer, publishBatch, publishBytes),
		large: c.writer(balancer, 1, c.config.MessageBytes),
		now:   c.config.Now,
	}
}

func (c *Cluster) writer(balancer kafkago.Balancer, messages, bytes int) *kafkago.Writer {
	return &kafkago.Writer{
		Addr:            kafkago.TCP(c.config.Brokers...),
		Transport:       namedTransport{c},
		Balancer:        balancer,
		RequiredAcks:    kafkago.RequireAll,
		MaxAttempts:     publishAttempts,
		WriteBackoffMin: firstPause,
		WriteBackoffMax: longestPause,
		BatchSize:       messages,
		BatchBytes:      int64(bytes),
		BatchTimeout:    c.config.Linger,
		ReadTimeout:     c.config.RequestTimeout,
		WriteTimeout:    c.config.RequestTimeout,
	}
}

// lineage is what keeps its order: the outputs of one topic and key.
type lineage struct{ topic, key string }

// Publish returns when all in-sync replicas have acknowledged all outputs. Where it knows which outputs have failed, it fails with a
// *shard.UnsentError; after any other error any output may have been written. It retries a few times, for up to some multiples of the
// request timeout. If ctx ends early, the outputs may still be under way: their bytes must not change. Outputs of one key and topic keep
// their order.
func (p *Publisher) Publish(ctx context.Context, outputs []shard.Output) error {
	now := p.now()
	usual := make([]kafkago.Message, 0, len(outputs))
	var large []kafkago.Message
	var usualAt, largeAt []int  // their indexes among the outputs
	var behind map[lineage]bool // those of which a large output has come: later outputs go after it
	for i, o := range outputs {
		if size(o) > publishBytes || behind[lineage{o.Topic, string(o.Key)}] {
			if behind == nil {
				behind = map[lineage]bool{}
			}
			behind[lineage{o.Topic, string(o.Key)}] = true
			large, largeAt = append(large, message(o, now)), append(largeAt, i)
			continue
		}
		usual, usualAt = append(usual, message(o, now)), append(usualAt, i)
	}
	if err := write(ctx, p.usual, usual, usualAt); err != nil {
		if unsent, ok := errors.AsType[*shard.UnsentError](err); ok {
			unsent.Unsent = append(unsent.Unsent, largeAt...)
			slices.Sort(unsent.Unsent)
		}
		return err
	}
	return write(ctx, p.large, large, largeAt)
}

// write writes messages; at are the indexes that an error names them by.
func write(ctx context.Context, w *kafkago.Writer, messages []kafkago.Message, at []int) error {
	err := w.WriteMessages(ctx, messages...)
	var each kafkago.WriteErrors
	var tooLarge kafkago.MessageTooLargeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &each) && each.Count() > 0:
		return unsent(messages, at, each)
	case errors.As(err, &tooLarge):
		return fmt.Errorf("publish %s to %s: %w", tooLarge.Message.WriterData, tooLarge.Message.Topic, err)
	}
	return fmt.Errorf("publish %d outputs: %w", len(messages), err)
}

// unsent names the messages that have failed, and the later ones of the same topic and key: sent again together they keep their order.
func unsent(messages []kafkago.Message, at []int, each kafkago.WriteErrors) error {
	failed, e := map[lineage]bool{}, &shard.UnsentError{}
	for i, err := range each {
		m := &messages[i]
		of := lineage{m.Topic, string(m.Key)}
		if err != nil && e.Err == nil {
			e.Err = fmt.Errorf("publish %s to %s: %w", m.WriterData, m.Topic, err)
		}
		if failed[of] = failed[of] || err != nil; failed[of] {
			e.Unsent = append(e.Unsent, at[i])
		}
	}
	return e
}

// Close waits for the outputs that are under way.
func (p *Publisher) Close() error { return errors.Join(p.usual.Close(), p.large.Close()) }

// size is an upper bound of the bytes that o takes in a batch.
func size(o shard.Output) int {
	const overhead = 64
	n := overhead + len(o.Key) + len(o.Value)
	for _, h := range o.Headers {
		n += overhead + len(h.Key) + len(h.Value)
	}
	return n
}

func message(o shard.Output, now event.Instant) kafkago.Message {
	at := o.Time
	if at == 0 {
		at = now
	}
	m := kafkago.Message{Topic: o.Topic, Key: o.Key, Value: o.Value, Time: at.Time(), WriterData: o.ID}
	for _, h := range o.Headers {
		m.Headers = append(m.Headers, kafkago.Header(h))
	}
	return m
}

// balancerOf returns the library's partitioner of that name. The library calls Sarama's partitioner Hash.
func balancerOf(p shard.Partitioner) (kafkago.Balancer, error) {
	switch p {
	case shard.Murmur2:
		return kafkago.Murmur2Balancer{Consistent: true}, nil
	case shard.CRC32:
		return kafkago.CRC32Balancer{Consistent: true}, nil
	case shard.FNV1a:
		return &kafkago.Hash{}, nil
	}
	return nil, fmt.Errorf("partitioner %q is none of murmur2, crc32, fnv1a", p)
}
