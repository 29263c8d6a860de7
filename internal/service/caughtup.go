package service

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/pipeline"
)

// errLostAtTheEnd is the error of a service that had caught up, but found on its way out that it no longer had.
var errLostAtTheEnd = errors.New("redis lost writes while the service ended: start it again, and it reads them again")

// awaitCaughtUp stops the service once the group has caught up and every own lane is done. The answer, nil where that did
// not come to pass, says afterwards whether it was still so when the lanes looked for the last time.
func (s *Service) awaitCaughtUp(ctx context.Context, leave context.CancelFunc) (healthy func() bool) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		before := s.losses.Load()
		if !s.lanesCaughtUp() {
			continue
		}
		if done, err := s.cfg.Cluster.CaughtUp(ctx); err == nil && done {
			s.cfg.Log.Info("the group has caught up")
			s.stop(leave)
			return func() bool { return s.losses.Load() == before }
		}
	}
}

// lanesCaughtUp reports whether this member serves, and has nothing more to do.
func (s *Service) lanesCaughtUp() bool {
	all, serving := s.Progress()
	for _, p := range all {
		serving = serving && p.CaughtUp
	}
	return serving
}

// Progress is that of the lanes at work, of which there may be none, and whether this member has its share.
func (s *Service) Progress() (all []pipeline.Progress, serving bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, lane := range s.lanes {
		all = append(all, lane.Progress())
	}
	return all, s.serving
}
