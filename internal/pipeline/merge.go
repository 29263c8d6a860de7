package pipeline

import (
	"cmp"
	"errors"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// batch is what is processed together.
type batch struct {
	// items are in the order of the merge.
	items []*item
	bad   []*item
	// ends are the positions after the batch.
	ends shard.Marks
}

// size counts the records of the batch.
func (b batch) size() int { return len(b.items) + len(b.bad) }

// take merges what has arrived, the least head first. It stops at a partition that is below its high watermark and has nothing at
// hand: the next record of that partition may come first. An open transaction makes take stop no longer than patience.
func (in *intake) take() (batch, error) {
	var b batch
	bytes := 0
	for b.size() < in.cfg.BatchEvents && bytes < in.cfg.BatchBytes {
		least, err := in.least()
		if err != nil {
			return b, err
		}
		if least == nil {
			break
		}
		x := least.pop()
		bytes += len(x.record.Value)
		if x.event == nil {
			b.bad = append(b.bad, x)
			continue
		}
		b.items = append(b.items, x)
	}
	b.ends = in.positions()
	return b, nil
}

// least returns the input whose head comes first; nil where nothing has arrived, or where a partition must be waited for.
func (in *intake) least() (*input, error) {
	var least *input
	waiting := false
	for _, i := range in.inputs {
		if err := i.fill(); err != nil {
			kind := OutOfRange
			if errors.Is(err, errAnotherLog) {
				kind = AnotherLog
			}
			return nil, in.takeOverAgain(Notice{Kind: kind, Partition: i.partition, Err: err})
		}
		switch {
		case len(i.items) == 0:
			waiting = waiting || in.awaits(i)
		case least == nil || in.before(i.items[0], least.items[0]):
			least = i
		}
	}
	if waiting {
		return nil, nil
	}
	return least, nil
}

// before orders heads by record time and topic. Under the event clock, or where the settings say so, it orders them canonically, and bad
// records come first.
func (in *intake) before(a, b *item) bool {
	canonical := in.cfg.Canonical || in.cfg.Clock == EventClock
	if canonical && a.event != nil && b.event != nil {
		return event.Compare(a.event, b.event) < 0
	}
	if canonical && (a.event == nil) != (b.event == nil) {
		return a.event == nil
	}
	return cmp.Or(cmp.Compare(a.record.Time, b.record.Time), cmp.Compare(a.record.Topic, b.record.Topic)) < 0
}
