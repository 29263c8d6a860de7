package pipeline

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/watch"
	"tidemark/schemas"
)

// anHour is how long after its cause an alert that looks back an hour has surely ended.
const anHour = 70 * time.Minute

// alarms are the faults that the alerts of deploy/prometheus/alerts.yml are for: how each befalls a running service, which alerts must
// fire, and what the runbook says that ends it.
var alarms = []struct {
	fault      string
	alerts     []string
	partitions int           // 1 by default
	lasts      time.Duration // of the fault; 25 min by default
	over       time.Duration // from the mending until no alert fires any more; 25 min by default
	before     func(*scene)  // settings, before the service starts
	provoke    func(*scene)
	mend       func(*scene)
}{
	{
		fault: "the brokers take no output", alerts: []string{
			"TidemarkNotReady", "TidemarkFailing", "TidemarkOutboxStuck", "TidemarkErrors", "TidemarkStuck", "TidemarkLagGrows", "TidemarkCheckpointOld",
		},
		provoke: func(s *scene) {
			s.wire.set(schemas.TierChanges, true)
			s.perTopic = 25
			s.send(event.Purchases, message{ID: "rich", Customer: "rich", Occurred: ago(0), Amount: 5000})
		},
		mend: func(s *scene) { s.wire.set(schemas.TierChanges, false); s.perTopic = 4 },
	},
	{
		fault: "the coordinator of the group does not answer: no generation, no lanes", alerts: []string{"TidemarkNotReady"}, over: 35 * time.Minute,
		provoke: func(s *scene) { s.close() },
		mend:    func(s *scene) { s.open() },
	},
	{
		fault: "Redis accepts connections, and does not answer", alerts: []string{"TidemarkStalled", "TidemarkCheckpointOld"},
		provoke: func(s *scene) { s.befall(func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() }) },
		mend:    func(s *scene) { s.befall(nil) },
	},
	{
		fault: "Redis has become a replica", alerts: []string{"TidemarkRedisRefuses", "TidemarkFailing"},
		provoke: func(s *scene) {
			s.befall(func(context.Context) error {
				return errors.New("READONLY You can't write against a read only replica.")
			})
		},
		mend: func(s *scene) { s.befall(nil) },
	},
	{
		fault: "one record in thirteen cannot be read", alerts: []string{"TidemarkBadInput", "TidemarkDeadLetters"}, over: anHour,
		provoke: func(s *scene) {
			s.each = func() {
				s.sent++
				s.send(event.Purchases, message{ID: fmt.Sprint("bad", s.sent), Customer: "c01", Occurred: ago(0), Bad: "schema"})
			}
		},
		mend: func(s *scene) { s.each = nil },
	},
	{
		fault: "a producer sends what cannot be read", alerts: []string{"TidemarkPaused", "TidemarkDeadLetters"}, over: anHour,
		provoke: func(s *scene) {
			for n := range 150 {
				s.send(event.Purchases, message{ID: fmt.Sprint("bad", n), Customer: "c01", Occurred: ago(0), Bad: "schema"})
			}
		},
		mend: func(*scene) {}, // the producer is mended: the lane goes on by itself
	},
	{
		fault: "one input cannot be read to its end", alerts: []string{"TidemarkReviewsHeld", "TidemarkFailing"},
		provoke: func(s *scene) {
			s.perTopic = 0
			s.send(event.Purchases, message{ID: "silent", Customer: "silent", Occurred: ago(10*day - 5*time.Minute), Amount: 5})
			s.run(time.Minute)
			s.logs.set(s.logs.away, s.place(event.Feedbacks, "silent"), true)
		},
		mend: func(s *scene) { s.perTopic = 4; s.logs.set(s.logs.away, s.place(event.Feedbacks, "silent"), false) },
	},
	{
		fault: "no producer sends anything", alerts: []string{"TidemarkQuiet"}, lasts: 2 * time.Hour,
		provoke: func(s *scene) { s.perTopic = 0 },
		mend:    func(s *scene) { s.perTopic = 4 },
	},
	{
		fault: "no producer sends anything, and --quiet-hold 10m", alerts: []string{"TidemarkQuietHold"},
		before: func(s *scene) {
			adjust := s.adjust
			s.adjust = func(c *Config) { adjust(c); c.QuietHold = 10 * time.Minute }
		},
		provoke: func(s *scene) { s.perTopic = 0 },
		mend:    func(s *scene) { s.perTopic = 4 },
	},
	{
		fault: "the log drops what no shard has seen, and --on-data-loss continue", alerts: []string{"TidemarkDataLoss"}, over: anHour,
		provoke: func(s *scene) { s.loseInput() },
		mend:    func(*scene) {},
	},
	{
		fault: "the log drops what no shard has seen, and the instance ends", alerts: []string{"TidemarkDown"},
		provoke: func(s *scene) {
			adjust := s.adjust
			s.adjust = func(c *Config) { adjust(c); c.OnDataLoss = FailOnLoss }
			s.loseInput()
			s.adjust = adjust
		},
		mend: func(s *scene) { s.open() }, // with --on-data-loss continue
		over: anHour,
	},
	{
		fault: "a failover drops acknowledged writes", alerts: []string{"TidemarkLostWrites"}, over: anHour,
		provoke: func(s *scene) { s.store.lose(0, 2) },
		mend:    func(*scene) {},
	},
	{
		fault: "Redis keeps nothing", alerts: []string{"TidemarkLostWrites", "TidemarkLostWritesAgain"}, lasts: 40 * time.Minute, over: anHour,
		provoke: func(s *scene) {
			s.each = func() {
				for n := range s.store.shards {
					s.store.lose(n, 2)
				}
			}
		},
		mend: func(s *scene) { s.each = nil },
	},
	{
		fault: "somebody deletes a profile", alerts: []string{"TidemarkShardRebuilt"}, over: anHour,
		provoke: func(s *scene) { s.store.LoseProfile(s.t, s.layout.Of("c01"), "c01") },
		mend:    func(*scene) {},
	},
	{
		fault: "another group uses the prefix", alerts: []string{"TidemarkConflicts"}, lasts: 40 * time.Minute,
		provoke: func(s *scene) {
			// A commit takes a moment: both lanes have read the shard before one of them has written to it.
			s.befall(func(context.Context) error { pass(200 * time.Millisecond); return nil })
			s.lanes = append(s.lanes, s.start(0, nil))
			s.each = func() { // each record that comes alone is another race of the lanes for one shard: far more races than the rule asks for
				for range 10 {
					s.sent++
					s.send(event.Purchases, message{ID: fmt.Sprint("raced", s.sent), Customer: "c01", Occurred: ago(0), Amount: 5})
					pass(time.Second)
				}
			}
		},
		mend: func(s *scene) {
			s.each = nil
			other := s.lanes[1]
			s.lanes = s.lanes[:1]
			other.stop()
			other.wait()
			s.befall(nil)
			s.lanes[0].stop() // the lane that has ended has taken its gauges along: both are of one process here
			s.lanes[0].wait()
			s.open()
		},
	},
	{
		fault: "a producer has another partitioner", alerts: []string{"TidemarkNotCoPartitioned"}, partitions: 2, lasts: 40 * time.Minute,
		provoke: func(s *scene) {
			s.each = func() {
				s.sent++
				p := s.place(event.Purchases, "c01")
				p.Index = 1 - p.Index
				s.sendTo(p, ago(0), message{ID: fmt.Sprint("e", s.sent), Customer: "c01", Occurred: ago(0), Amount: 5})
			}
		},
		mend: func(s *scene) { s.each = nil },
	},
	{
		fault: "customers leave who were not expected to", alerts: []string{"TidemarkModelDrift"}, lasts: 80 * time.Minute,
		before: func(s *scene) {
			adjust := s.adjust
			s.adjust = func(c *Config) { adjust(c); c.Drift = watch.Bounds{Settled: 50, Shift: .25, Slope: .15} }
		},
		provoke: func(s *scene) {
			for n := range 60 {
				s.send(event.Purchases, message{ID: fmt.Sprint("d", n), Customer: fmt.Sprint("d", n), Occurred: ago(35 * day), Amount: 20})
			}
		},
		mend: func(s *scene) { s.activate(ago(0)) },
	},
	{
		fault: "publishing takes eight seconds", alerts: []string{"TidemarkSlow"},
		provoke: func(s *scene) {
			s.slowness.Store(int64(8 * time.Second))
			s.each = func() {
				s.sent++
				s.send(event.Purchases, message{ID: fmt.Sprint("e", s.sent), Customer: fmt.Sprint("n", s.sent), Occurred: ago(0), Amount: 150})
			}
		},
		mend: func(s *scene) { s.slowness.Store(0); s.each = nil },
	},
	{
		fault: "more arrives than one instance can take", alerts: []string{"TidemarkBehind"}, lasts: 40 * time.Minute,
		provoke: func(s *scene) {
			s.perTopic = 10
			s.befall(func(context.Context) error { pass(4 * time.Second); return nil })
		},
		mend: func(s *scene) { s.perTopic = 4; s.befall(nil) }, // more instances
	},
}

// loseInput restarts the service, while the log drops records that it has not read.
func (s *scene) loseInput() {
	s.close()
	p := s.place(event.Purchases, "c01")
	for n := range 5 {
		s.send(event.Purchases, message{ID: fmt.Sprint("lost", n), Customer: "c01", Occurred: ago(0), Amount: 5})
	}
	s.logs.expire(p, s.logs.end(p)-1)
	s.open()
}

// TestEachAlertFires plays each fault on a running service, and evaluates the rules on what is scraped: nothing fires before the fault, the
// alerts for the fault fire during it, and nothing fires any more some time after it is mended.
func TestEachAlertFires(t *testing.T) {
	const healthy = 15 * time.Minute
	for some := range slices.Chunk(alarms, stride) {
		a := some[0]
		t.Run(a.fault, func(t *testing.T) {
			t.Parallel()
			var played *scene
			faulty := a.lasts
			if faulty == 0 {
				faulty = 25 * time.Minute
			}
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t, max(a.partitions, 1))
				played = s
				if a.before != nil {
					a.before(s)
				}
				s.open()
				s.run(healthy + scraped) // the first scrape is at the instant 0 of promtool
				a.provoke(s)
				s.run(healthy + faulty - s.elapsed())
				a.mend(s)
				over := a.over
				if over == 0 {
					over = 25 * time.Minute
				}
				s.run(over)
				s.close()
			})
			played.judge(t, a.fault, a.alerts, healthy, faulty)
		})
	}
}

// TestEveryAlertIsProvoked: no rule without a fault that makes it fire, no fault for a rule that does not exist.
func TestEveryAlertIsProvoked(t *testing.T) {
	_, names := rules(t)
	provoked := map[string]bool{}
	for _, a := range alarms {
		for _, alert := range a.alerts {
			provoked[alert] = true
			if !slices.Contains(names, alert) {
				t.Errorf("%s: there is no rule %s", a.fault, alert)
			}
		}
	}
	for _, name := range names {
		if !provoked[name] {
			t.Errorf("%s: no fault of alarms makes it fire", name)
		}
	}
}
