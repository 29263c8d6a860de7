package bench

import (
	"errors"
	"io"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/kafka"
	"tidemark/internal/traffic"
)

// Config is what is measured, and on which servers.
type Config struct {
	// Traffic is what is loaded into the topics beforehand. Latency is measured with more of the same, of the next seed.
	Traffic traffic.Config
	// Partitions of every topic; BatchEvents are applied together, at most.
	Partitions, BatchEvents int
	// LatencyFor is how long to measure latency; 0 leaves it out. Rate is the events a second of that; 0 is half of what was
	// reached.
	LatencyFor time.Duration
	Rate       float64
	// Embedded measures on embedded servers, Given on these. With neither, the bench starts real servers of its own.
	Embedded bool
	Given    *Given
	// Profile is the name of a file for a CPU profile of the backlog's scoring; empty is none.
	Profile string
	// Log is told what is being done.
	Log io.Writer
}

// Given are servers of the caller. They must hold nothing of Tidemark's. What a bench leaves there is the caller's to delete.
type Given struct {
	Kafka kafka.Config
	Redis goredis.UniversalClient
}

// Check says everything that is wrong with c, nil when nothing is.
func (c Config) Check() error {
	wrong := []error{c.Traffic.Check()}
	if c.Partitions < 1 || c.BatchEvents < 1 || c.Traffic.From >= c.Traffic.To || c.LatencyFor < 0 || !(c.Rate >= 0) {
		wrong = append(wrong, errors.New("--partitions, --batch-events and --span must be positive, --latency-for and --rate not negative"))
	}
	return errors.Join(wrong...)
}
