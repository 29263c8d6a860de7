package pipeline

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// A topic that has fallen quiet altogether says more of its producers than of the customers. With the setting QuietHold, reviews go no
// further than QuietHold after the last record of each topic, in whichever partition it came. A topic that has never held a record does
// not count.
//
//	last record              + QuietHold                          the next record   + settle
//	─────┼───── reviews go on ───┼──────────── reviews wait ───────────────┼──────────────┼── reviews go on
//
// What producers have kept back comes in a burst. So reviews go on only some time after the topic speaks again: settle.

// settle is how long a topic must speak again before reviews go on; no longer than QuietHold.
const settle = time.Minute

// ear hears when the log of a partition grows. Its fetcher writes it, the lane reads it.
type ear struct {
	mu sync.Mutex
	// last is when the log has grown last, and its end then.
	last shard.Heard
	// opened says that the fetcher has had an answer. backlog is the end of the log at that answer, where it holds records whose arrival
	// nobody has seen: 0 for none.
	opened  bool
	backlog int64
}

// recall takes up what was heard before.
func (e *ear) recall(h shard.Heard) { e.last = h }

func (e *ear) heard() shard.Heard {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.last
}

// hear notes the answer to a fetch from an offset, which was sent at an instant. now is the instant of the answer.
//
// A log that grows between two answers has grown just now, whatever the record times say. Of what came while nobody listened, the record
// time of the last record is the best that is known. Where there is no such record, as if it had come just now.
func (e *ear) hear(f *stream.Fetch, from int64, sent, now event.Instant) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch high := f.HighWatermark; {
	case e.opened && high > e.last.End:
		e.last.At = max(e.last.At, now)
	case !e.opened && e.last.At != 0 && high == e.last.End: // nothing has come since it was heard last
	case !e.opened && high > from:
		e.backlog = high
	case !e.opened && high > 0 && e.last.At == 0: // it has held records, and all have been read by a version that did not listen
		e.last.At = sent
	}
	e.opened, e.last.End = true, f.HighWatermark
	if e.backlog == 0 || f.Next < e.backlog {
		return
	}
	newest := sent
	for _, r := range slices.Backward(f.Records) {
		if r.Offset < e.backlog {
			newest = min(r.Time, sent)
			break
		}
	}
	e.last.At, e.backlog = max(e.last.At, newest), 0
}

// silence is how a lane sees one topic.
type silence struct {
	// held says that reviews wait, until that they go no further than this instant, since when the topic was heard last.
	held         bool
	until, since event.Instant
	// spoke is when the topic was first found to speak again; 0 while it does not.
	spoke event.Instant
}

// judgeQuiet finds how far the reviews may go by what all lanes have heard.
func (s *session) judgeQuiet() {
	s.quietUntil = event.Never
	hold := s.cfg.QuietHold
	if hold <= 0 {
		return
	}
	newest, now := shard.Newest(s.others), s.now()
	for _, topic := range event.Topics() {
		heard, known := newest[topic]
		if !known {
			continue
		}
		q := s.lane.silences[topic]
		switch {
		case now.Sub(heard) > hold:
			if !q.held {
				s.cfg.Report(Notice{Kind: QuietHold, Partition: shard.Partition{Topic: topic, Index: s.cfg.Index}, Operation: QuietRemedy, Err: fmt.Errorf(
					"no record in any partition since %s, for longer than --quiet-hold %s: reviews in silence wait", heard, hold)})
			}
			q = silence{held: true, until: heard.Add(hold), since: heard}
		case !q.held:
			q.until = heard.Add(hold)
		case q.spoke == 0:
			q.spoke = now
		case now.Sub(q.spoke) >= min(hold, settle):
			s.cfg.Report(Notice{Kind: QuietOver, Partition: shard.Partition{Topic: topic, Index: s.cfg.Index}, Took: now.Sub(q.since)})
			q = silence{until: heard.Add(hold)}
		}
		s.lane.silences[topic] = q
		s.metrics.quietHold.WithLabelValues(s.label(), string(topic)).Set(number(q.held))
		s.quietUntil = min(s.quietUntil, q.until)
	}
}

// QuietRemedy says what ends the hold of reviews for a topic that is quiet.
const QuietRemedy = "do its producers run? a topic that is quiet by nature needs a longer --quiet-hold, or 0"

// quietWords says of each topic that holds reviews since when it is quiet.
func (s *session) quietWords() (words []string) {
	for _, topic := range event.Topics() {
		q := s.lane.silences[topic]
		switch {
		case q.held && q.spoke == 0:
			words = append(words, fmt.Sprintf("reviews wait: %s has been quiet since %s, for longer than --quiet-hold %s", topic, q.since, s.cfg.QuietHold))
		case q.held:
			words = append(words, fmt.Sprintf("reviews wait: %s speaks again since %s, and what its producers have kept back may still come", topic, q.spoke))
		}
	}
	return words
}
