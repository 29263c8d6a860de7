package service

import (
	"context"
	"testing"
	"testing/synctest"

	"go.uber.org/zap"
)

// TestCaughtUpInOneGeneration: a generation ends while the service asks whether the group has caught up. The service does not drain the
// lanes of the next generation, which take over at that moment, but looks again.
func TestCaughtUpInOneGeneration(t *testing.T) {
	for _, c := range []struct {
		name string
		// asked happens when the service asks the group for the first time.
		asked func(s *Service)
		// looks is the number of questions to the group until the service leaves.
		looks int
	}{
		{"nothing happens", func(*Service) {}, 1},
		{"the next generation has begun", func(s *Service) { s.end(); s.begin(nil) }, 2},
		{"the generation has ended", func(s *Service) { s.end() }, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := New(Config{Log: zap.NewNop()})
				s.begin(nil)
				group, leave := context.WithCancel(t.Context())
				looks := 0
				healthy := s.awaitCaughtUp(group, leave, func(context.Context) (bool, error) {
					if looks++; looks == 1 {
						c.asked(s)
						if !s.serving {
							go s.begin(nil)
						}
					}
					return true, nil
				})
				if looks != c.looks {
					t.Errorf("questions to the group: want %d, got %d", c.looks, looks)
				}
				if healthy == nil || !healthy() {
					t.Error("a service that has caught up: want it healthy")
				}
			})
		})
	}
}

// TestStay: a service whose generation ends while its lanes drain goes on in the next generation, unless it is stopped as well.
func TestStay(t *testing.T) {
	leave := func() {}
	s := New(Config{Log: zap.NewNop()})
	if s.stay() {
		t.Error("a service that does not drain: want nothing taken back")
	}
	s.begin(nil)
	generation, _ := s.lanesCaughtUp()
	if !s.finish(generation, leave) || s.begin(nil) {
		t.Error("a service whose group has caught up: want it to drain, and to begin no generation")
	}
	if s.finish(generation, leave) {
		t.Error("a service that drains: want it not to drain again")
	}
	if !s.stay() || s.isStopping() || !s.begin(nil) {
		t.Error("a service whose generation ends while it drains: want it to begin the next generation")
	}
	generation, _ = s.lanesCaughtUp()
	if !s.finish(generation, leave) {
		t.Error("a service whose group has caught up again: want it to drain")
	}
	s.stop(leave)
	if s.stay() || s.begin(nil) {
		t.Error("a service that is stopped as well: want it to end")
	}
}
