//go:build !service

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tidemark/internal/bench"
	"tidemark/internal/event"
	"tidemark/internal/traffic"
)

type benchCommand struct {
	Events     int           `help:"Events that are loaded into the topics before the measurement." default:"1000000"`
	Customers  int           `help:"Number of customers. Each event belongs to any customer with the same probability." default:"200000"`
	Mix        mix           `help:"Shares of interactions, purchases and feedback, in any unit." default:"60,30,10"`
	Span       time.Duration `help:"Period over which these events are spread; it ends now." default:"720h"`
	Seed       uint64        `help:"Seed of the events: the same seed makes the same events." default:"1"`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	Batch      int           `name:"batch-events" help:"Most events in one batch." default:"2000"`
	LatencyFor time.Duration `help:"Duration of the latency measurement; 0 leaves it out." default:"15s"`
	Rate       float64       `help:"Events per second while latency is measured. Without it: half the measured throughput." placeholder:"N"`
	JSON       bool          `name:"json" help:"Print JSON instead of a table."`
	Embedded   bool          `xor:"servers" help:"Use embedded servers instead of a real Kafka and Redis."`
	Given      bool          `xor:"servers" help:"Use the servers that the --kafka and --redis flags name. They must hold no data of Tidemark. You delete what the run leaves there."`
	Profile    string        `help:"Write a CPU profile of the throughput measurement to this file, for go tool pprof." placeholder:"FILE"`
	kafkaSettings
	redisSettings
}

// Help is printed by bench --help.
func (*benchCommand) Help() string {
	return `The bench starts a real Kafka and a real Redis of its own. It measures throughput on a loaded log, then latency in an open loop: events are sent at a fixed rate, whatever the service does.

It also measures floors: what any consumer of these topics needs. Read a figure as a ratio to its floor; absolute figures depend on the machine.`
}

// Validate returns all mistakes in the flags.
func (c *benchCommand) Validate() error { return c.bench(event.InstantOf(time.Now())).Check() }

// bench returns the configuration of a bench whose traffic ends at an instant.
func (c *benchCommand) bench(to event.Instant) bench.Config {
	return bench.Config{
		Traffic:    traffic.Config{Events: c.Events, Customers: c.Customers, Mix: traffic.Mix(c.Mix), From: to.Add(-c.Span), To: to, Seed: c.Seed},
		Partitions: c.Partitions, BatchEvents: c.Batch, LatencyFor: c.LatencyFor, Rate: c.Rate, Embedded: c.Embedded, Profile: c.Profile,
		CacheBytes: cacheSettings{}.limit(),
	}
}

// Run measures, and prints the result.
func (c *benchCommand) Run(ctx context.Context, s streams) error {
	config := c.bench(event.InstantOf(time.Now()))
	config.Log = s.err
	if c.Given {
		given, err := c.given()
		if err != nil {
			return err
		}
		defer func() { _ = given.Redis.Close() }()
		config.Given = given
	}
	result, err := bench.Run(ctx, config)
	if err != nil {
		return err
	}
	if c.JSON {
		to := json.NewEncoder(s.out)
		to.SetIndent("", "  ")
		return to.Encode(result)
	}
	return result.Print(s.out)
}

// given returns the servers that the flags name.
func (c *benchCommand) given() (*bench.Given, error) {
	kafka, err := c.kafkaSettings.config()
	if err != nil {
		return nil, err
	}
	client, err := c.client()
	return &bench.Given{Kafka: kafka, Redis: client}, err
}

// mix is traffic.Mix as a flag: shares of interactions, purchases and feedback.
type mix traffic.Mix

// UnmarshalText reads three numbers, separated by commas.
func (m *mix) UnmarshalText(text []byte) error {
	parts := strings.Split(string(text), ",")
	if len(parts) != 3 {
		return fmt.Errorf("%q is not three numbers, such as 60,30,10", text)
	}
	for i, to := range []*float64{&m.Interactions, &m.Purchases, &m.Feedback} {
		x, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
		if err != nil {
			return fmt.Errorf("%q is not a number", parts[i])
		}
		*to = x
	}
	return nil
}
