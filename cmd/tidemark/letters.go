package main

import (
	"context"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/pipeline"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/internal/terminal"
	"tidemark/schemas"
)

const (
	// lettersPerPartition bounds the dead letters per partition that the doctor reads: the newest.
	lettersPerPartition = 500
	// lettersWithin bounds the reading: a letter may have 512 KiB.
	lettersWithin = 10 * time.Second
)

// letterSample counts dead letters.
type letterSample struct {
	read    int
	held    int64          // offsets that the topic holds
	reasons map[string]int // by the reason
	late    map[string]int // those that came too late, by the input topic
	broken  error          // why not all were read
}

func newLetterSample() letterSample {
	return letterSample{reasons: map[string]int{}, late: map[string]int{}}
}

// askLetters says which dead letters there are. The topic is asked rather than the metrics of members: it outlives the members, and holds what
// any of them has refused.
func askLetters(ctx context.Context, cluster *kafka.Cluster, layout shard.Layout, tell func(finding)) {
	sample := newLetterSample()
	within, cancel := context.WithTimeout(ctx, lettersWithin)
	defer cancel()
	sample.held, sample.broken = cluster.EachNewest(within, schemas.DeadLetters, lettersPerPartition, sample.count)
	for _, f := range sample.findings(layout) {
		tell(f)
	}
}

func (s *letterSample) count(r stream.Record) {
	var reason, topic string
	for _, h := range r.Headers {
		switch h.Key {
		case pipeline.LetterReason:
			reason = string(h.Value)
		case pipeline.LetterTopic:
			topic = string(h.Value)
		}
	}
	s.read++
	if reason == "" {
		reason = "without a reason"
	}
	s.reasons[reason]++
	if reason == string(event.TooLate) {
		s.late[topic]++
	}
}

// findings are no faults: a letter stays in its topic for ever, also when its producer is mended.
func (s *letterSample) findings(layout shard.Layout) []finding {
	letters := finding{Name: "dead letters", OK: true, Detail: "none in " + schemas.DeadLetters}
	switch {
	case s.read == 0 && s.broken != nil:
		return []finding{{Name: letters.Name, Detail: s.broken.Error(), Remedy: "see the topics above"}}
	case s.read == 0:
		return []finding{letters}
	}
	letters.Detail = fmt.Sprintf("of the newest %d of %d in %s: %s", s.read, s.held, schemas.DeadLetters, terminal.Counts(s.reasons))
	if s.broken != nil {
		letters.Detail += "; the others could not be read: " + s.broken.Error()
	}
	letters.Remedy = "the header " + pipeline.LetterReason + " of each says the reason; deploy/README.md says what to do under TidemarkDeadLetters"
	late := s.reasons[string(event.TooLate)]
	if late == 0 {
		return []finding{letters}
	}
	f := finding{
		Name: "events too late", OK: true,
		Detail: fmt.Sprintf("%d of these %d letters came behind events of their customers that are newer by a year or, of interactions, by 90 days: %s; no score counts them",
			late, s.read, terminal.Counts(s.late)),
		Remedy: "when the lag is 0, `tidemark rebuild` counts them",
	}
	if layout.Edition > 0 {
		f.Detail += fmt.Sprintf(", unless they came before the last rebuild (edition %d), which has counted them", layout.Edition)
	}
	return []finding{letters, f}
}
