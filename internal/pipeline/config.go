package pipeline

import (
	"crypto/rand"
	"errors"
	"fmt"
	randv2 "math/rand/v2"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
	"tidemark/internal/watch"
)

// Config is all that a lane is given: what it talks to, and how it works.
type Config struct {
	Ports
	Settings
}

// Ports are the doors of a lane: it reads, keeps, publishes and scores through them.
type Ports struct {
	Source    Source
	Store     Store
	Publisher Publisher
	Codec     Codec
	// Engine returns the engine of the model in force. The lane asks before every batch, so Engine must be cheap. Its error ends
	// the lane: an instance that cannot read the active model does not score.
	Engine func() (Engine, error)
}

// Settings say how a lane works. Zero durations and limits mean the defaults in brackets.
type Settings struct {
	Layout shard.Layout
	// Partitions is the partition count of every input topic. Index is the partition of each topic that this lane owns.
	Partitions, Index int
	// Committed holds the committed offsets of the consumer group. A partition without a committed offset is absent.
	Committed map[shard.Partition]int64
	// GivenUp is the last edition whose rebuild was given up. A shard that was stopped for it, or for an edition before it, serves on.
	GivenUp int
	// Told, in a rebuild, reports whether the edition in force has seen a record of a customer: then it has published what the record
	// causes, and the lane does not publish that. Nor does a lane with a Told publish what silence causes. Outside a rebuild Told is nil.
	Told func(customer string, p shard.Partition, offset int64) bool
	// Unshown says that the views of all customers may be out of date. The first cycle of the rolling pass then takes no longer than it must.
	Unshown bool
	// OnDataLoss says what to do when the log no longer holds records that a shard has not seen.
	OnDataLoss LossPolicy

	// Canonical says that the inputs are merged in canonical order, by event.Compare; under the event clock they are in any case. The inputs
	// must be in this order themselves.
	Canonical bool

	Clock Clock
	// AsOf is the end of the event clock.
	AsOf event.Instant
	// Now is the simulated clock. Its owner may move it on only when Lane.Progress says that everything produced has been committed.
	Now func() event.Instant
	// PublishScores publishes the public scores of changed customers, once a checkpoint.
	PublishScores bool
	// WholeDetail puts every entry of the catalogue into tm:detail. Then each event of a customer makes the view anew.
	WholeDetail bool
	// Worklist and ValueList keep the lists of the shards. A list that is not kept is left as it is, but for customers who are forgotten
	// or erased.
	Worklist, ValueList bool
	// AlertMaxAge mutes transitions that are older than this at their commit; 0 never mutes.
	AlertMaxAge time.Duration

	// QuietHold, under the wall clock, makes reviews in silence wait while a topic that used to have records has had none in any partition
	// for longer than this; 0 never does.
	QuietHold time.Duration

	// BatchEvents (2,000) and BatchBytes (4 MiB of message values) bound a micro-batch.
	BatchEvents, BatchBytes int
	// CommitProfiles (500) and CommitBytes (256 KiB) bound one commit of one shard.
	CommitProfiles, CommitBytes int
	// Cache (256 MiB of their own) is the limit of the decoded profiles that the lanes of this process keep in memory. The lanes of a
	// process are to share one.
	Cache *Cache
	// Checkpoint (1 s) is the time between markers, projections and offset commits.
	Checkpoint time.Duration
	// Grace (500 ms) is how far the watermark stays behind the fetches; the wall clock only.
	Grace time.Duration
	// RollingCycle (1 h) is the time in which the rolling pass projects every customer once; a negative one switches it off.
	RollingCycle time.Duration
	// StallAfter (2 min) ends a lane that lags and makes no progress; a negative one never does.
	StallAfter time.Duration
	// DrainWithin (10 s) is the deadline of a graceful end.
	DrainWithin time.Duration
	Breaker     Breaker
	// Drift are the bounds beyond which the forecasts of a model no longer hold; the zero Bounds mean watch.DefaultBounds.
	Drift watch.Bounds

	// Metrics may be nil.
	Metrics *Metrics
	// Report hears what an operator should know; nil drops it. Fetchers call Report too: it is safe for concurrent use.
	Report func(Notice)
	// ErrorClass names the kind of an error for the metric errors_total, such as oom or timeout; nil calls every error "other". The class
	// readonly means that the server is a replica: see readOnlyAfter.
	ErrorClass func(error) string
	// NewToken returns a random token.
	NewToken func() shard.Token
	// Jitter returns a random number in [0, 1), which spreads retries.
	Jitter func() float64

	// viewsPerStep (200) bounds the views projected between two batches, so that no event waits long for them.
	viewsPerStep int
	// decode and encode are the profile codec of package score. Tests replace them.
	decode func([]byte) (score.Profile, error)
	encode func(score.Profile) []byte
}

// LossPolicy says what to do about lost input.
type LossPolicy uint8

// The policies. FailOnLoss ends the lane with a *DataLossError. ContinueFromFirst reports and counts the loss, and goes on at
// the first record that the log still holds.
const (
	FailOnLoss LossPolicy = iota
	ContinueFromFirst
)

func (c Config) check() error {
	if c.Source == nil || c.Store == nil || c.Publisher == nil || c.Codec == nil || c.Engine == nil {
		return errors.New("a lane needs a source, a store, a publisher, a codec and an engine")
	}
	if err := c.Layout.Check(c.Partitions); err != nil {
		return fmt.Errorf("layout: %w", err)
	}
	if c.Index < 0 || c.Index >= c.Partitions {
		return fmt.Errorf("partition index %d is not one of %d", c.Index, c.Partitions)
	}
	if c.Clock == EventClock && c.AsOf == 0 {
		return errors.New("the event clock needs an as-of")
	}
	if c.Clock == SimulatedClock && c.Now == nil {
		return errors.New("the simulated clock needs a Now")
	}
	return nil
}

func (c Settings) withDefaults() Settings {
	orInt := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	orTime := func(v *time.Duration, d time.Duration) {
		if *v == 0 {
			*v = d
		}
	}
	orInt(&c.BatchEvents, 2000)
	orInt(&c.BatchBytes, 4<<20)
	orInt(&c.CommitProfiles, 500)
	orInt(&c.CommitBytes, 256<<10)
	orInt(&c.viewsPerStep, 200)
	orTime(&c.Checkpoint, time.Second)
	orTime(&c.Grace, 500*time.Millisecond)
	orTime(&c.RollingCycle, time.Hour)
	orTime(&c.StallAfter, 2*time.Minute)
	orTime(&c.DrainWithin, 10*time.Second)
	c.Breaker = c.Breaker.withDefaults()
	if c.Drift == (watch.Bounds{}) {
		c.Drift = watch.DefaultBounds()
	}
	if c.Cache == nil {
		c.Cache = NewCache(DefaultCacheBytes)
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Report == nil {
		c.Report = func(Notice) {}
	}
	if c.NewToken == nil {
		c.NewToken = func() shard.Token { return shard.Token(rand.Text()) }
	}
	if c.Jitter == nil {
		c.Jitter = randv2.Float64
	}
	if c.ErrorClass == nil {
		c.ErrorClass = func(error) string { return "other" }
	}
	if c.decode == nil {
		c.decode, c.encode = score.Decode, func(p score.Profile) []byte { return p.Append(nil) }
	}
	return c
}
