package bench

import (
	"errors"
	"io"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/kafka"
	"tidemark/internal/traffic"
)

// Config configures a bench.
type Config struct {
	// Traffic is the events that are loaded into the topics before the measurement. For latency the bench makes more of the same kind
	// with the next seed.
	Traffic traffic.Config
	// Partitions is the number of partitions of every topic, BatchEvents the most events in one batch. Both must be positive.
	Partitions, BatchEvents int
	// LatencyFor is how long to measure latency; 0 leaves the measurement out. Rate is the number of events per second meanwhile; 0 is
	// half the measured throughput.
	LatencyFor time.Duration
	Rate       float64
	// Embedded measures on embedded servers, Given on given ones. With neither, the bench starts real servers of its own.
	Embedded bool
	Given    *Given
	// CacheBytes is the limit of the profiles that the lanes keep in memory; it must be positive.
	CacheBytes int64
	// Profile is the file for a CPU profile of the throughput measurement; empty makes no profile.
	Profile string
	// Log takes lines of progress.
	Log io.Writer
}

// Given are servers of the caller. They must hold no data of Tidemark. The caller deletes what the bench leaves there.
type Given struct {
	Kafka kafka.Config
	Redis goredis.UniversalClient
}

// Check returns all mistakes in c, nil if there is none.
func (c Config) Check() error {
	wrong := []error{c.Traffic.Check()}
	if c.Partitions < 1 || c.BatchEvents < 1 || c.Traffic.From >= c.Traffic.To || c.LatencyFor < 0 || !(c.Rate >= 0) {
		wrong = append(wrong, errors.New("--partitions, --batch-events and --span must be positive, --latency-for and --rate not negative"))
	}
	if c.CacheBytes < 1 {
		wrong = append(wrong, errors.New("the cache must have a limit"))
	}
	return errors.Join(wrong...)
}
