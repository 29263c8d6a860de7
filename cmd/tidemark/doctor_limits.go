package main

import (
	"context"

	"tidemark/internal/kafka"
)

// Validate returns all mistakes in the flags.
func (c *doctorCommand) Validate() error { return c.limitSettings.check() }

// askLimits compares the limits of the service with those of topics and brokers. The flags of doctor are those that the service has.
func (c *doctorCommand) askLimits(ctx context.Context, cluster *kafka.Cluster, tell func(finding)) {
	findings, err := cluster.CheckLimits(ctx, int64(c.MaxRecord), int64(c.MaxBatch))
	if err != nil {
		tell(finding{Name: "limits", Detail: err.Error(), Remedy: "let the user of --kafka-user describe the configurations of topics and brokers"})
		return
	}
	for _, f := range findings {
		tell(finding(f))
	}
}
