package pipeline

import (
	"context"
	"maps"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// Lanes tell each other, once a checkpoint, how far they have read and what they have heard. Three things that no lane sees alone follow:
//
//	homes       customers of a shard are read from histories whose homes are other shards                       homes.go
//	strangers   events of a shard come in the partitions of other lanes: its silence is what these lanes confirm too   strangers.go
//	quiet       a topic has fallen quiet in all its partitions                                                          quiet.go
//
// The answer also tells the store's clock, which bounds the local one: see storeClock. A lane reads what all P lanes have told, so a second
// costs P² small entries. Only the wall clock needs any of it: with the others nobody waits for the present.

// meet reads what the lanes have told before, goes on from what the lane before this one has told, and tells the others that this lane
// begins. anew says that no shard exists: nothing of what was told about shards holds.
func (s *session) meet(ctx context.Context, anew bool) error {
	if s.cfg.Clock != WallClock {
		return nil
	}
	if err := s.exchange(ctx, nil); err != nil {
		return err
	}
	s.lane.reading = s.inherit(s.others[s.cfg.Index], s.lane.reading, anew)
	return s.tell(ctx)
}

// inherit returns what the lane goes on from: what its predecessor told last, and what it knows itself.
func (s *session) inherit(before, own shard.Reading, anew bool) shard.Reading {
	next := shard.Reading{Heard: map[event.Topic]shard.Heard{}}
	for _, r := range []shard.Reading{before, own} {
		for topic, heard := range r.Heard {
			if heard.At >= next.Heard[topic].At {
				next.Heard[topic] = heard
			}
		}
	}
	if anew {
		return next
	}
	next.Whole, next.Links = before.Whole || own.Whole, before.Links || own.Links
	next.Strays = max(before.Strays, own.Strays)
	for _, st := range s.states.foreign {
		if before.Feeds(st.number, s.cfg.Index, s.cfg.Partitions) || own.Fed.Has(st.number) {
			next.Fed = next.Fed.Add(st.number)
		}
	}
	if before.Partitions != s.cfg.Partitions && !next.Fed.Empty() {
		next.Strays = s.now() // events of shards that were the lane's own came until partitions were added
	}
	return next
}

// tell tells the other lanes how far this lane has read, and takes up what they have told. It does so at the end of a checkpoint: then
// everything before the watermark is committed.
func (s *session) tell(ctx context.Context) error {
	if s.cfg.Clock != WallClock {
		return nil
	}
	r := &s.lane.reading
	r.At, r.Partitions, r.QuietHoldMS = s.now(), s.cfg.Partitions, s.cfg.QuietHold.Milliseconds()
	r.Until = 0
	if s.watermark != unknown {
		r.Until, r.Whole = s.watermark, true
	}
	r.Links = r.Links || s.linksSentAt != unknown
	for _, i := range s.intake.inputs {
		if heard := i.ear.heard(); heard.At != 0 {
			r.Heard[i.partition.Topic] = heard
		}
	}
	s.forgetStrays(r)
	if err := s.readHomes(ctx); err != nil {
		return err
	}
	return s.exchange(ctx, r)
}

// exchange tells a reading, where there is one, and takes up what all lanes have told.
func (s *session) exchange(ctx context.Context, r *shard.Reading) error {
	var told map[int]shard.Reading
	var clock event.Instant
	if r != nil {
		copied := *r
		copied.Heard = maps.Clone(r.Heard) // a store may keep it
		r = &copied
	}
	err := s.retry(ctx, "lanes", func() (err error) {
		told, clock, err = s.lanes.Tell(ctx, s.cfg.Index, r)
		if err == nil {
			s.storeClock.set(clock)
		}
		return err
	})
	if err != nil {
		return err
	}
	s.metrics.clockAhead.Set(s.storeClock.ahead().Seconds())
	s.others = told
	s.hearLanes()
	s.judgeStrangers()
	s.judgeQuiet()
	return nil
}

// silentUntil is the instant up to which a silence of the shard's customers is confirmed: reviews that are due by it may fire. It is
// unknown where a lane whose partitions feed the shard has not told how far it has read.
func (s *session) silentUntil(st *state) event.Instant {
	if s.cfg.Clock == WallClock && !st.homesKnown && s.linksKnown() {
		return unknown // another lane has committed, and the homes are read again with the next exchange
	}
	return min(s.watermark, st.confirmed, s.quietUntil)
}
