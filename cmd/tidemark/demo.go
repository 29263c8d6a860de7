//go:build !service

package main

import (
	"context"
	"time"

	"tidemark/internal/demo"
)

type demoCommand struct {
	Customers  int           `help:"Customers of the simulated shop." default:"3000"`
	Seed       uint64        `help:"Seed of the simulation: the same seed plays the same year." default:"1"`
	Days       int           `help:"Days to play, ending now." default:"365"`
	In         time.Duration `help:"Time in which to play them." default:"1m"`
	For        time.Duration `help:"Stop after this time, however far it has got; plays to the end if not given." placeholder:"DURATION"`
	Stay       bool          `help:"Keep the servers up after the end, until interrupted."`
	Partitions int           `help:"Partitions of every topic." default:"4"`
	KafkaPort  int           `help:"Port of the embedded Kafka; any free one where it is taken." default:"9092"`
	RedisPort  int           `help:"Port of the embedded Redis; any free one where it is taken." default:"6379"`
	Admin      string        `help:"Listen address of the metrics; any free port where it is taken." default:"127.0.0.1:9464"`
}

// Validate says everything that is wrong with the flags.
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
