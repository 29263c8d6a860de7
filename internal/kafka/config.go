// Package kafka reads the input topics and writes the outputs: the consumer group, fetchers, publisher and topics of the
// service, on Kafka 0.11 or later. It hides the client library.
package kafka

import (
	"errors"
	"fmt"
	"net"
	"time"

	"tidemark/internal/event"
)

// Config says how to reach the brokers. Zero fields take the defaults named beside them.
type Config struct {
	// Brokers are the bootstrap addresses, host:port, at least one.
	Brokers []string
	// ClientID names us in the brokers' logs and quotas: "tidemark".
	ClientID string
	// Group is the consumer group: "tidemark".
	Group    string
	Security Security

	// SessionTimeout is the silence after which the group gives a member's partitions to others: 10 s. The brokers bound
	// it (group.min.session.timeout.ms, 6 s by default).
	SessionTimeout time.Duration
	// Heartbeat is the time between signs of life, at most a third of SessionTimeout: 1 s. It is also how long a member
	// may take to notice a rebalance.
	Heartbeat time.Duration
	// RebalanceTimeout is how long members have to let go of their partitions: 30 s.
	RebalanceTimeout time.Duration
	// Rejoin is the pause after an error, before the group is joined again: 1 s.
	Rejoin time.Duration
	// WatchInterval is the time between looks for new partitions: 10 s.
	WatchInterval time.Duration

	// MaxWait is how long a fetch waits for records, at most 500 ms: 250 ms. What is due in silence waits as long: it is
	// certain only up to when the last answered fetch was sent.
	MaxWait time.Duration
	// FetchBytes bounds what a broker answers to one fetch, though a larger single batch still comes whole: 4 MiB.
	FetchBytes int
	// FetchRecords bounds the records that one Fetch returns: 5,000.
	FetchRecords int
	// RequestTimeout bounds one request, its own waiting not counted: 10 s.
	RequestTimeout time.Duration

	// Linger is how long the publisher waits for a batch to fill: 1 ms. Whoever publishes has all at hand, and waits.
	Linger time.Duration
	// MessageBytes bounds a message to be published: 2 MiB. The topic's max.message.bytes must allow it.
	MessageBytes int

	// Now is the local clock: the wall clock.
	Now func() event.Instant
}

// maxMaxWait bounds Config.MaxWait.
const maxMaxWait = 500 * time.Millisecond

// Check says everything that is wrong with c, nil when nothing is.
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
	}{{"fetch bytes", c.FetchBytes}, {"fetch records", c.FetchRecords}, {"message bytes", c.MessageBytes}} {
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
	orDefault(&c.WatchInterval, 10*time.Second)
	orDefault(&c.MaxWait, 250*time.Millisecond)
	orDefault(&c.FetchBytes, 4<<20)
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
