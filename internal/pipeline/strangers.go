package pipeline

import (
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// A stranger of a shard is a lane that does not own the shard, but whose partitions hold events of its customers: a producer uses another
// partitioner, or partitions were added and the lane owned the shard before. What silence the own inputs show is then no silence yet: the
// next event may wait in a stranger's partition. So the reviews of the shard wait until its strangers have read as far.
//
// The lane that applies such an event notes the shard before it commits the event, and tells the others. So the owner of the shard knows at
// the next checkpoint at the latest; before the very first event nobody can know.

// strangersFor is how far a lane reads its partitions beyond the last event of a shard of others until it counts as no stranger any more: the
// producer has been mended.
const strangersFor = 7 * 24 * time.Hour

// stray notes that an event of a shard of another lane has come. It reports whether the others do not know of it yet.
func (s *session) stray(st *state) bool {
	if s.cfg.Clock != WallClock {
		return false
	}
	r := &s.lane.reading
	r.Strays = s.now()
	if r.Fed.Has(st.number) {
		return false
	}
	r.Fed = r.Fed.Add(st.number)
	return true
}

// forgetStrays forgets the shards of others once their events have not come for long.
func (s *session) forgetStrays(r *shard.Reading) {
	if r.Until != 0 && r.Until.Sub(r.Strays) > strangersFor {
		r.Fed = shard.Set{}
	}
}

// judgeStrangers finds, for each own shard, how far its strangers and the homes of received histories have read: the least of their watermarks.
//
// As long as any lane has met events of others' shards, a lane that has never read its partitions to the end is a stranger of every shard:
// nobody knows what its backlog holds.
func (s *session) judgeStrangers() {
	mixed := false
	for _, r := range s.others {
		mixed = mixed || !r.Fed.Empty()
	}
	clear(s.waitsFor)
	loads := s.judgeLoading()
	for _, st := range s.states.own {
		st.confirmed = event.Never
		if loads >= 0 {
			st.confirmed, st.stranger = unknown, loads
		}
		for index := range s.cfg.Partitions {
			r := s.others[index]
			if index == s.cfg.Index || !r.Feeds(st.number, index, s.cfg.Partitions) && (r.Whole || !mixed) {
				continue
			}
			until := unknown
			if r.Until != 0 {
				until = r.Until
			}
			if until < st.confirmed {
				st.confirmed, st.stranger = until, index
			}
		}
		if until, index := s.homesUntil(st); until < st.confirmed {
			st.confirmed, st.stranger = until, index
		}
		if s.heldByStranger(st) {
			s.waitsFor[st.stranger]++
		}
	}
	s.noteStrangers()
}

// heldByStranger reports whether a review of an own shard is due by what this lane has read, and waits for a stranger.
func (s *session) heldByStranger(st *state) bool {
	return st.due != unknown && st.due <= s.watermark && st.due > st.confirmed
}

// strangersPatience is how long a review waits for strangers before the log says so. Lanes tell each other how far they have read once a
// checkpoint, so a review waits for a second or two as a rule.
const strangersPatience = 30 * time.Second

// noteStrangers shows how many shards wait for strangers, and reports a wait that lasts, and its end.
func (s *session) noteStrangers() {
	shards := 0
	for _, n := range s.waitsFor {
		shards += n
	}
	if shards == 0 {
		s.metrics.strangersHeld.DeleteLabelValues(s.label())
	} else {
		s.metrics.strangersHeld.WithLabelValues(s.label()).Set(float64(shards))
	}
	wait := &s.lane.strangers
	switch {
	case shards == 0:
		if wait.reported {
			s.cfg.Report(Notice{Kind: StrangersRead, Partition: shard.Partition{Index: s.cfg.Index}, Took: time.Since(wait.since)})
		}
		*wait = waiting{}
	case wait.since.IsZero():
		wait.since = time.Now()
	case !wait.reported && time.Since(wait.since) >= strangersPatience:
		wait.reported = true
		for _, why := range s.strangerWords() {
			s.cfg.Report(Notice{Kind: StrangersHold, Partition: shard.Partition{Index: s.cfg.Index}, Operation: StrangersRemedy, Err: fmt.Errorf("%s", why)})
		}
	}
}

// waiting is since when reviews have waited for strangers without a break, and whether that is reported.
type waiting struct {
	since    time.Time
	reported bool
}

// StrangersRemedy says what ends the wait for partitions of other lanes.
const StrangersRemedy = "see why that partition is not read; if producers choose partitions by another hash than the data, " +
	"`tidemark rebuild --partitioner` lays the data out by theirs"

// strangerWords says, for each partition index that reviews wait for, how many shards wait, in order of the index.
func (s *session) strangerWords() (words []string) {
	for index := range s.cfg.Partitions {
		n := s.waitsFor[index]
		if n == 0 {
			continue
		}
		read := "its lane has not told how far it has read"
		if until := s.others[index].Until; until != 0 {
			read = fmt.Sprintf("read until %s", until)
		}
		words = append(words, fmt.Sprintf("reviews of %d shards wait for partition %d, %s: events of their customers, or of ids that are merged into theirs, come there too", n, index, read))
	}
	return words
}
