package pipeline

import (
	"context"
	"fmt"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// The labels of a customer into whom others are merged follow from the histories of ids that have their homes in other shards. What silence the
// own inputs show is no silence yet: the next history may be on its way. So the reviews of such a shard wait for the lanes of these homes.
//
//	home's lane    reads until U ── commits, publishes its messages ── tells U
//	this lane                                                              hears of U at t ── reads its links beyond t: all until U is here
//
// A history that was sent on by another id has come in two steps: then the lane of that id must have read its links beyond the instant at which
// the first home's U was heard, and so forth. How many messages a shard's customers are from which homes is counted in the census, by
// difference, so that a lane knows after a takeover without reading the profiles.
//
// The instants at which a reading is heard are those of this lane, not those that the reading bears: they hold whatever the clock of the other
// machine shows.

// homePrefix begins the names of the counters of homes: "home:2:17" counts the histories that came from shard 17 in two steps.
const homePrefix = "home:"

// home is a shard from which histories come, and in how many steps.
type home struct{ steps, shard int }

func (h home) counter() string { return fmt.Sprintf("%s%d:%d", homePrefix, h.steps, h.shard) }

// homeOf reads the name of a counter; it returns false for other counters.
func homeOf(counter string) (h home, ok bool) {
	if !strings.HasPrefix(counter, homePrefix) {
		return home{}, false
	}
	_, err := fmt.Sscanf(counter[len(homePrefix):], "%d:%d", &h.steps, &h.shard)
	return h, err == nil
}

// countHomes counts the homes of the histories that a customer is read from.
func countHomes(counters map[string]int64, l shard.Layout, k *known, by int64) {
	if k.exists {
		k.profile.Feeders(func(id string, steps int) { counters[home{steps, l.Of(id)}.counter()] += by })
	}
}

// takeHomes takes over the counters of a shard's homes, or changes by a commit. It reports whether there were any.
func (s *state) takeHomes(counters map[string]int64) (changed bool) {
	for name, n := range counters {
		h, ok := homeOf(name)
		if !ok {
			continue
		}
		if s.homes == nil {
			s.homes = map[home]int64{}
		}
		if s.homes[h] += n; s.homes[h] == 0 {
			delete(s.homes, h)
		}
		changed = true
	}
	return changed
}

// readHomes reads the counters of own shards of which they are not known: after a takeover, and after a commit of another lane.
func (s *session) readHomes(ctx context.Context) error {
	if s.cfg.Clock != WallClock {
		return nil
	}
	var numbers []int
	for _, st := range s.states.own {
		if !st.homesKnown {
			numbers = append(numbers, st.number)
		}
	}
	if len(numbers) == 0 {
		return nil
	}
	var census []map[string]int64
	err := s.retry(ctx, "homes", func() (err error) {
		census, err = s.display.views.Census(ctx, numbers)
		return err
	})
	if err != nil {
		return err
	}
	for i, n := range numbers {
		st := s.states.all[n]
		st.homes, st.homesKnown = nil, true
		st.takeHomes(census[i])
	}
	return nil
}

// heard is how far a lane had read, as this lane heard at an instant.
type heard struct{ at, until event.Instant }

const (
	// heardAtMost bounds the readings of a lane that are remembered: those of a minute.
	heardAtMost = 64
	// stepsAtMost bounds the steps of a history that a review waits for. Each step looks back another checkpoint or two, to three seconds, and
	// what is remembered must reach so far: else the reviews of a shard with a long chain of ids would wait for ever.
	stepsAtMost = 16
)

// hearLanes remembers what the lanes have told.
func (s *session) hearLanes() {
	now := s.now()
	for index, r := range s.others {
		all := s.lane.heard[index]
		if r.Until == 0 || len(all) > 0 && all[len(all)-1].until == r.Until {
			continue
		}
		all = append(all, heard{max(now, r.At), r.Until})
		s.lane.heard[index] = all[max(0, len(all)-heardAtMost):]
	}
}

// toldBefore is how far a lane had read by what was heard before an instant; unknown where nothing was.
func (s *session) toldBefore(index int, at event.Instant) event.Instant {
	until := unknown
	for _, h := range s.lane.heard[index] {
		if h.at < at {
			until = max(until, h.until)
		}
	}
	return until
}

// homesUntil is the instant up to which all histories have come to a shard, and the partition index that it waits for. It is event.Never for a
// shard that reads no received histories.
func (s *session) homesUntil(st *state) (until event.Instant, index int) {
	if !st.homesKnown {
		return unknown, s.cfg.Index
	}
	most := 0
	for h := range st.homes {
		most = min(max(most, h.steps), stepsAtMost)
	}
	until = event.Never
	at := s.intake.linksUntil()
	for step := 1; step <= most; step++ {
		next := event.Never
		for h := range st.homes {
			if h.steps != step {
				continue
			}
			lane := h.shard % s.cfg.Partitions
			if told := s.toldBefore(lane, at); told < next {
				next = told
				if told < until {
					until, index = told, lane
				}
			}
		}
		at = min(at, next)
	}
	return until, index
}

// linksUntil is the instant up to which the partition of links has been read; unknown before that.
func (in *intake) linksUntil() event.Instant {
	for _, i := range in.inputs {
		if i.partition.Topic == event.Links {
			return i.reach.until
		}
	}
	return unknown
}
