// Package kafka reads the input topics and writes the output topics, on Kafka 0.11 or later: the consumer group, fetchers,
// publisher and topics of the service. It hides the client library.
package kafka

import (
	"errors"
	"fmt"
	"net"
	"time"

	"tidemark/internal/event"
)

// Config says how to reach the brokers. A zero field takes the default that its comment ends with.
type Config struct {
	// Brokers are the bootstrap addresses, host:port. There is at least one; there is no default.
	Brokers []string
	// ClientID names this process in the logs and quotas of the brokers. Default "tidemark".
	ClientID string
	// Group is the consumer group. Default "tidemark".
	Group    string
	Security Security

	// SessionTimeout is the silence after which the group gives the partitions of a member to others. The brokers bound it:
	// group.min.session.timeout.ms is 6 s by default. Default 10 s.
	SessionTimeout time.Duration
	// Heartbeat is the time between heartbeats, at most a third of SessionTimeout. A member notices a rebalance within one
	// Heartbeat. Default 1 s.
	Heartbeat time.Duration
	// RebalanceTimeout is the time that members have to release their partitions. Default 30 s.
	RebalanceTimeout time.Duration
	// Rejoin is the pause between an error and the next join of the group. Default 1 s.
	Rejoin time.Duration
	// WatchInterval is the time between two checks for new partitions. Reviews in silence are late by as much, less the grace of the lanes.
	// Default 250 ms.
	WatchInterval time.Duration

	// MaxWait is how long a fetch waits for records, at most 500 ms. Reviews in silence are late by as much: the log is known
	// only up to when the last answered fetch was sent. Default 250 ms.
	MaxWait time.Duration
	// FetchBytes bounds the answer to one fetch, in bytes. A single batch that is larger still comes whole. Default 4 MiB.
	FetchBytes int
	// RecordBytes is the longest value that must come whole, in bytes. Of a compressed record that is longer than a value of that length
	// with its key and headers, only the beginning comes: see stream.Cut. Default 1 MiB.
	RecordBytes int
	// BatchBytes bounds what a compressed batch of records takes in memory, in bytes. The records of a batch that takes more come
	// without their content, one by one. Default 64 MiB. Clusters of a process share the largest of their bounds.
	BatchBytes int
	// FetchRecords bounds the records of one Fetch. Default 5,000.
	FetchRecords int
	// RequestTimeout bounds one request, less the time that the request asks the broker to wait. Default 10 s.
	RequestTimeout time.Duration

	// Linger is how long the publisher waits for a batch to fill. A caller passes all of its outputs in one call and waits, so a
	// longer Linger gains nothing. Default 1 ms.
	Linger time.Duration
	// MessageBytes bounds a message to be published, in bytes. The topic's max.message.bytes must allow it. Default 2 MiB.
	MessageBytes int

	// Now is the local clock. Default the wall clock.
	Now func() event.Instant
}

// maxMaxWait bounds Config.MaxWait.
const maxMaxWait = 500 * time.Millisecond

// Check returns an error that names everything that is wrong with c, or nil.
func (c Config) Check() error {
	return c.withDefaults().check()
}

func (c Config) check() error {
	errs := c.Security.check()
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Brokers) == 0 {
		wrong("no kafka broker is named")
	}
	for _, broker := range c.Brokers {
		if _, port, err := net.SplitHostPort(broker); err != nil || port == "" {
			wrong("kafka broker %q is not host:port", broker)
		}
	}
	for _, d := range []struct {
		name        string
		value       time.Duration
		least, most time.Duration
	}{
		{"session timeout", c.SessionTimeout, time.Millisecond, time.Hour},
		{"heartbeat", c.Heartbeat, time.Millisecond, c.SessionTimeout / 3},
		{"rebalance timeout", c.RebalanceTimeout, time.Millisecond, time.Hour},
		{"rejoin pause", c.Rejoin, time.Millisecond, time.Hour},
		{"watch interval", c.WatchInterval, time.Millisecond, time.Hour},
		{"fetch wait", c.MaxWait, time.Millisecond, maxMaxWait},
		{"request timeout", c.RequestTimeout, time.Millisecond, time.Hour},
		{"linger", c.Linger, time.Millisecond, time.Second},
	} {
		if d.value < d.least || d.value > d.most {
			wrong("kafka %s of %v is not in %v–%v", d.name, d.value, d.least, d.most)
		}
	}
	for _, n := range []struct {
		name  string
		value int
	}{{"fetch bytes", c.FetchBytes}, {"fetch records", c.FetchRecords}, {"record bytes", c.RecordBytes}, {"batch bytes", c.BatchBytes}, {"message bytes", c.MessageBytes}} {
		if n.value < 1 || n.value > 1<<30 {
			wrong("kafka %s of %d is not in 1–%d", n.name, n.value, 1<<30)
		}
	}
	return errors.Join(errs...)
}

func (c Config) withDefaults() Config {
	orDefault(&c.ClientID, "tidemark")
	orDefault(&c.Group, "tidemark")
	orDefault(&c.SessionTimeout, 10*time.Second)
	orDefault(&c.Heartbeat, min(time.Second, c.SessionTimeout/3))
	orDefault(&c.RebalanceTimeout, 30*time.Second)
	orDefault(&c.Rejoin, time.Second)
	orDefault(&c.WatchInterval, 250*time.Millisecond)
	orDefault(&c.MaxWait, 250*time.Millisecond)
	orDefault(&c.FetchBytes, 4<<20)
	orDefault(&c.RecordBytes, maxMessage)
	orDefault(&c.BatchBytes, 64<<20)
	orDefault(&c.FetchRecords, 5_000)
	orDefault(&c.RequestTimeout, 10*time.Second)
	orDefault(&c.Linger, time.Millisecond)
	orDefault(&c.MessageBytes, maxDeadLetter)
	if c.Now == nil {
		c.Now = func() event.Instant { return event.InstantOf(time.Now()) }
	}
	return c
}

func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
