package service

import (
	"context"
	"errors"
	"time"

	"tidemark/internal/pipeline"
)

// errLostAtTheEnd is the error of a service that had caught up and then, while it ended, found that Redis had lost writes.
var errLostAtTheEnd = errors.New("redis lost writes while the service ended: start it again, and it reads them again")

// awaitCaughtUp stops the service once the group has caught up and every lane of this member is done. It returns nil if ctx ended
// first. Otherwise call healthy after the lanes have ended: it reports whether no lane has found lost writes since.
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

// lanesCaughtUp reports whether this member serves and all its lanes have caught up.
func (s *Service) lanesCaughtUp() bool {
	all, serving := s.Progress()
	for _, p := range all {
		serving = serving && p.CaughtUp
	}
	return serving
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
