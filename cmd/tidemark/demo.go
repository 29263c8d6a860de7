//go:build !service

package main

import (
	"context"
	"time"

	"tidemark/internal/demo"
)

type demoCommand struct {
	Customers  int           `help:"Number of customers of the simulated shop." default:"3000"`
	Seed       uint64        `help:"Seed of the simulation: the same seed plays the same year." default:"1"`
	Days       int           `help:"Simulated days to play; the last one ends now." default:"365"`
	In         time.Duration `help:"Time in which the days are played." default:"1m"`
	For        time.Duration `help:"Stop after this time. Without it: play all days." placeholder:"DURATION"`
	Stay       bool          `help:"Keep the servers up after the last day, until interrupted."`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	KafkaPort  int           `help:"Port of the embedded Kafka. If it is taken, any free port." default:"9092"`
	RedisPort  int           `help:"Port of the embedded Redis. If it is taken, any free port." default:"6379"`
	Admin      string        `help:"Listen address of the metrics, host:port. If it is taken, any free port." default:"127.0.0.1:9464"`
}

// Validate returns all mistakes in the flags.
func (c *demoCommand) Validate() error { return c.config().Check() }

// Run plays the demo.
func (c *demoCommand) Run(ctx context.Context, s streams) error {
	return demo.Run(ctx, c.config(), s.out)
}

func (c *demoCommand) config() demo.Config {
	return demo.Config{
		Customers: c.Customers, Seed: c.Seed, Days: c.Days, In: c.In, For: c.For, Stay: c.Stay, Partitions: c.Partitions,
		KafkaPort: c.KafkaPort, RedisPort: c.RedisPort, Admin: c.Admin, Version: version(),
	}
}
