package service

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/pipeline"
)

// errLostAtTheEnd is the error of a service that had caught up and then, while it ended, found that Redis had lost writes.
var errLostAtTheEnd = errors.New("redis lost writes while the service ended: start it again, and it reads them again")

// caughtUpInterval is the time between two looks at whether the group has caught up.
const caughtUpInterval = 200 * time.Millisecond

// awaitCaughtUp drains the lanes once the group has caught up and every lane of this member is done; caughtUp asks the group. Members
// leave at about the same time, and each one that leaves ends the generation of the others:
//
//	lanes of generation 4 have caught up ── the group has, too ── finish: the lanes drain ── the service ends
//	                                     │                                                │
//	                  generation 5 begins: look again       generation 5 begins: its lanes catch up, look again
//
// So the service ends only after the last checkpoint of all lanes of one generation.
//
// awaitCaughtUp returns when ctx ends: nil if the service ends for another reason. Otherwise call healthy after the lanes have ended: it
// reports whether no lane has found lost writes since.
func (s *Service) awaitCaughtUp(
	ctx context.Context, leave context.CancelFunc, caughtUp func(context.Context) (bool, error),
) (healthy func() bool) {
	tick := time.NewTicker(caughtUpInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			if !s.isFinishing() {
				return nil
			}
			return healthy
		case <-tick.C:
		}
		before := s.losses.Load()
		generation, done := s.lanesCaughtUp()
		if !done {
			continue
		}
		if done, err := caughtUp(ctx); err != nil || !done {
			continue
		}
		if s.finish(generation, leave) {
			healthy = func() bool { return s.losses.Load() == before }
		}
	}
}

// lanesCaughtUp reports whether this member serves, does not drain yet, and all its lanes have caught up; and in which generation, by the
// number of generations that have begun.
func (s *Service) lanesCaughtUp() (generation int, done bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done = s.serving && !s.stopping && !s.finishing
	for _, lane := range s.lanes {
		done = done && lane.Progress().CaughtUp
	}
	return s.begun, done
}

// finish drains the lanes of a generation because the group has caught up. It returns false, and drains nothing, if the generation is over:
// the lanes of the next one take over, and a lane that drains meanwhile would leave the outboxes of its shards as they are.
func (s *Service) finish(generation int, leave context.CancelFunc) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.serving || s.begun != generation || s.stopping || s.finishing {
		return false
	}
	s.cfg.Log.Info("the group has caught up")
	s.finishing = true
	s.drain(leave)
	return true
}

// stay takes finish back if the service is not stopped for another reason. The generation has ended before its lanes had drained: the
// outboxes of their shards may hold entries that only another owner removes, and this member may be the last one.
func (s *Service) stay() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.finishing || s.stopping {
		return false
	}
	s.finishing = false
	return true
}

// isFinishing reports whether the lanes drain, or have drained, because the group has caught up.
func (s *Service) isFinishing() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finishing
}

// Progress returns the progress of the running lanes, and whether this member has joined a generation. A member of a generation may
// have no lane.
func (s *Service) Progress() (all []pipeline.Progress, serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lane := range s.lanes {
		all = append(all, lane.Progress())
	}
	return all, s.serving
}
