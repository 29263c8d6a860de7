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
	Events     int           `help:"Events to load into the topics beforehand." default:"1000000"`
	Customers  int           `help:"Customers; every one is as likely as any other at every event." default:"200000"`
	Mix        mix           `help:"Shares of interactions, purchases and feedback." default:"60,30,10"`
	Span       time.Duration `help:"Time over which those events are spread, ending now." default:"720h"`
	Seed       uint64        `help:"Seed of the events: the same seed makes the same events." default:"1"`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	Batch      int           `name:"batch-events" help:"Events that are applied together, at most." default:"2000"`
	LatencyFor time.Duration `help:"How long to measure latency; 0 leaves it out." default:"15s"`
	Rate       float64       `help:"Events a second at which to measure latency; half of what was reached if not given." placeholder:"N"`
	JSON       bool          `name:"json" help:"Print JSON instead of a table."`
	Embedded   bool          `xor:"servers" help:"Use the embedded servers instead of starting real ones."`
	Given      bool          `xor:"servers" help:"Use the servers that the flags of Kafka and Redis name. They must hold nothing of Tidemark's; what the run leaves there is yours to delete."`
	Profile    string        `help:"Write a CPU profile of the backlog's scoring to this file, for go tool pprof." placeholder:"FILE"`
	kafkaSettings
	redisSettings
}

// Validate says everything that is wrong with the flags.
func (c *benchCommand) Validate() error { return c.bench(event.InstantOf(time.Now())).Check() }

// bench is what to measure, with traffic that ends at an instant.
func (c *benchCommand) bench(to event.Instant) bench.Config {
	return bench.Config{
		Traffic:    traffic.Config{Events: c.Events, Customers: c.Customers, Mix: traffic.Mix(c.Mix), From: to.Add(-c.Span), To: to, Seed: c.Seed},
		Partitions: c.Partitions, BatchEvents: c.Batch, LatencyFor: c.LatencyFor, Rate: c.Rate, Embedded: c.Embedded, Profile: c.Profile,
	}
}

// Run measures, and prints what came of it.
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

// given are the servers that the flags name.
func (c *benchCommand) given() (*bench.Given, error) {
	kafka, err := c.kafkaSettings.config()
	if err != nil {
		return nil, err
	}
	client, err := c.client()
	return &bench.Given{Kafka: kafka, Redis: client}, err
}

// mix is a flag's shares of interactions, purchases and feedback.
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
