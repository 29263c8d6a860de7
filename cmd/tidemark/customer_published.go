package main

import (
	"context"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/schemas"
)

// heldPublished are the messages about a customer on the output topics, and how far these were read.
type heldPublished struct {
	Looked   []heldLook    `json:"topics_read"`
	Messages []heldMessage `json:"messages"`
}

// heldLook says how much of a topic was read. All says that nothing that the topic still holds was left out.
type heldLook struct {
	Topic   string `json:"topic"`
	All     bool   `json:"read_whole"`
	Records int64  `json:"records_read"`
	From    string `json:"oldest_record_read,omitempty"`
	Why     string `json:"why_not_whole,omitempty"`
}

// published reads the messages of the customer's key from the outputs. It reads all partitions: a topic may have had fewer before.
func (c *customerExportCommand) published(ctx context.Context, cluster *kafka.Cluster, printer *avro.Printer) (*heldPublished, error) {
	log := cluster.NewLog()
	defer log.Close()
	counts, err := cluster.OutputPartitions(ctx)
	if err != nil {
		return nil, err
	}
	until := time.Now().Add(c.Within)
	found := &heldPublished{Looked: []heldLook{}, Messages: []heldMessage{}}
	for _, topic := range kafka.OutputTopics() {
		look := heldLook{Topic: topic, All: counts[topic] > 0}
		if counts[topic] == 0 {
			look.Why = "there is no such topic"
		}
		for index := range counts[topic] {
			p := reading{log: log, printer: printer, customer: c.ID, at: shard.Partition{Topic: event.Topic(topic), Index: index}, until: until, most: c.Records}
			if err := p.read(ctx, &look, found); err != nil {
				return nil, err
			}
		}
		found.Looked = append(found.Looked, look)
	}
	return found, nil
}

// reading reads one partition for the messages of one key.
type reading struct {
	log      *kafka.Log
	printer  *avro.Printer
	customer string
	at       shard.Partition
	until    time.Time
	most     int64
}

func (r reading) read(ctx context.Context, look *heldLook, found *heldPublished) error {
	first, end, err := r.log.Bounds(ctx, r.at)
	if err != nil {
		return err
	}
	at := max(first, end-r.most)
	if at > first {
		look.All, look.Why = false, "--records"
	}
	var oldest event.Instant
	for at < end {
		if time.Now().After(r.until) {
			look.All, look.Why = false, "--within"
			break
		}
		fetch, err := r.log.Fetch(ctx, r.at, at)
		if err != nil {
			return err
		}
		for _, record := range fetch.Records {
			look.Records++
			if oldest == 0 || record.Time < oldest {
				oldest = record.Time
			}
			if string(record.Key) == r.customer {
				found.Messages = append(found.Messages, r.message(ctx, record))
			}
		}
		if fetch.Next == at && fetch.Open > 0 {
			look.All, look.Why = false, "an open transaction holds back the rest"
			break
		}
		at = fetch.Next
	}
	if from := when(oldest); look.From == "" || from != "" && from < look.From {
		look.From = from
	}
	return nil
}

func (r reading) message(ctx context.Context, record stream.Record) heldMessage {
	topic := string(r.at.Topic)
	var m heldMessage
	if topic == schemas.DeadLetters {
		m = heldMessage{Topic: topic, Original: record.Value, Headers: map[string]string{}, Note: "an event that was refused, as it came"}
		for _, h := range record.Headers {
			m.Headers[h.Key] = string(h.Value)
		}
	} else {
		m = messageOf(ctx, r.printer, topic, record.Value)
	}
	if record.Cut != nil {
		m.Note = "the record is longer than what is read: only its beginning is shown"
	}
	m.Partition, m.Offset, m.At = &r.at.Index, &record.Offset, when(record.Time)
	return m
}
