package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// unwellAfter is the age from which a call that is being retried, or a checkpoint that does not come, makes the service not ready. A
// failover of Redis or Kafka takes less.
const unwellAfter = 30 * time.Second

// Readiness is the answer of /readyz: whether the service does its share, or why it does not.
type Readiness struct {
	Ready bool `json:"ready"`
	// Problems are those of the service as a whole, Lanes those of single lanes.
	Problems []string       `json:"problems,omitempty"`
	Lanes    []LaneProblems `json:"lanes,omitempty"`
	// Held are the lanes that do their share, but whose reviews in silence wait for other lanes, or for a topic that is quiet. They do not
	// make the service less ready.
	Held []LaneProblems `json:"held,omitempty"`
}

// LaneProblems is what keeps the lane of a partition index from its work.
type LaneProblems struct {
	Partition int      `json:"partition"`
	Problems  []string `json:"problems"`
}

// String is the answer for people: ready, or not ready and why; and which reviews wait.
func (r Readiness) String() string {
	held := ""
	if len(r.Held) > 0 {
		held = "; held: " + strings.Join(inWords(r.Held), "; ")
	}
	if r.Ready {
		return "ready" + held
	}
	return "not ready: " + strings.Join(append(slices.Clone(r.Problems), inWords(r.Lanes)...), "; ") + held
}

func inWords(lanes []LaneProblems) (all []string) {
	for _, lane := range lanes {
		all = append(all, fmt.Sprintf("partition %d: %s", lane.Partition, strings.Join(lane.Problems, "; ")))
	}
	return all
}

// whyNotJoined says that the service is not a member of the group, and what keeps it from joining, if that is known.
func (s *Service) whyNotJoined() string {
	for _, why := range []*string{s.waiting.Load(), s.refused.Load()} {
		if why != nil {
			return "not joined: " + *why
		}
	}
	return "not joined"
}

// Ready says whether the service is a member of the group, Redis takes writes, and every lane works.
func (s *Service) Ready(ctx context.Context) Readiness {
	s.mu.Lock()
	unfit, serving := s.unfit, s.serving
	s.mu.Unlock()
	switch {
	case !s.ready.Load() || !s.group.Joined():
		return Readiness{Problems: []string{s.whyNotJoined()}}
	case unfit != "":
		return Readiness{Problems: []string{unfit}}
	case !serving:
		return Readiness{Problems: []string{"no lane runs: one generation has ended, and the next one has not begun"}}
	}
	var r Readiness
	if err := s.data.Load().store.Writable(ctx); err != nil {
		r.Problems = append(r.Problems, fmt.Sprintf("redis does not take writes: %v", err))
	}
	now := time.Now()
	s.mu.Lock()
	for _, lane := range s.lanes {
		health := lane.Health()
		if problems := health.Problems(now, unwellAfter); len(problems) > 0 {
			r.Lanes = append(r.Lanes, LaneProblems{health.Partition, problems})
		}
		if len(health.Held) > 0 {
			r.Held = append(r.Held, LaneProblems{health.Partition, health.Held})
		}
	}
	s.mu.Unlock()
	r.Ready = len(r.Problems)+len(r.Lanes) == 0
	return r
}
