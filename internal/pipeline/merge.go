package pipeline

import (
	"cmp"
	"sync/atomic"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// input is the lane's end of one topic partition.
type input struct {
	partition shard.Partition
	start     int64
	runs      chan run
	// waiting counts the items in runs; taken says that a run has been taken up.
	waiting atomic.Int64
	taken   chan struct{}
	// current is the run in hand, items what is left of it.
	current run
	known   bool
	items   []*item
	// last is the record time of the last record taken, reached the newest time up to which all has been taken.
	last, reached event.Instant
}

func newInput(p shard.Partition, start int64) *input {
	return &input{partition: p, start: start, runs: make(chan run, shortAhead), taken: make(chan struct{}, 1), last: unknown, reached: unknown}
}

// fill takes up runs until there is an item in hand, or nothing more has arrived.
func (in *input) fill() error {
	for len(in.items) == 0 {
		select {
		case r := <-in.runs:
			in.waiting.Add(-int64(len(r.items)))
			select {
			case in.taken <- struct{}{}:
			default:
			}
			if r.err != nil {
				return r.err
			}
			in.current, in.items, in.known = r, r.items, true
			in.note()
		default:
			return nil
		}
	}
	return nil
}

func (in *input) pop() *item {
	x := in.items[0]
	in.items = in.items[1:]
	in.last = x.record.Time
	in.note()
	return x
}

func (in *input) note() {
	if in.atEnd() {
		in.reached = max(in.reached, in.current.sentAt)
	}
}

// position is the offset below which everything has been taken.
func (in *input) position() int64 {
	switch {
	case len(in.items) > 0:
		return in.items[0].record.Offset
	case in.known:
		return in.current.next
	}
	return in.start
}

// atEnd reports whether everything has been taken that the log held when last asked; never while it does not answer.
func (in *input) atEnd() bool {
	return in.known && len(in.items) == 0 && in.current.next >= in.current.high && !in.current.away
}

// readUntil is the instant before which everything recorded has been taken: the time at which the fetch that reached the
// high watermark was sent, else the record time of the last record (never later than its fetch: clocks of producers may
// run ahead).
func (in *input) readUntil() event.Instant {
	if in.last == unknown {
		return in.reached
	}
	return max(in.reached, min(in.last, in.current.sentAt))
}

// batch is what is processed together.
type batch struct {
	// items are in the order of the merge.
	items []*item
	bad   []*item
	// ends are the positions after the batch.
	ends shard.Marks
}

// take merges what has arrived: the least head first, waiting (that is: stopping) for every partition that is below its
// high watermark.
func (l *Lane) take() (batch, error) {
	b := batch{ends: shard.Marks{}}
	bytes := 0
	for len(b.items)+len(b.bad) < l.cfg.BatchEvents && bytes < l.cfg.BatchBytes {
		least, err := l.least()
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
	for _, in := range l.inputs {
		b.ends[in.partition] = in.position()
	}
	return b, nil
}

// least returns the input whose head comes first; nil where nothing has arrived, or another must be waited for.
func (l *Lane) least() (*input, error) {
	var least *input
	waiting := false
	for _, in := range l.inputs {
		if err := in.fill(); err != nil {
			l.cfg.Report(Notice{Kind: OutOfRange, Partition: in.partition, Err: err})
			return nil, errTakeOver
		}
		switch {
		case len(in.items) == 0:
			waiting = waiting || !in.atEnd()
		case least == nil || l.before(in.items[0], least.items[0]):
			least = in
		}
	}
	if waiting {
		return nil, nil
	}
	return least, nil
}

// before orders heads: by record time and topic, under the event clock canonically, what is bad first.
func (l *Lane) before(a, b *item) bool {
	if l.cfg.Clock == EventClock && a.event != nil && b.event != nil {
		return event.Compare(a.event, b.event) < 0
	}
	if l.cfg.Clock == EventClock && (a.event == nil) != (b.event == nil) {
		return a.event == nil
	}
	return cmp.Or(cmp.Compare(a.record.Time, b.record.Time), cmp.Compare(a.record.Topic, b.record.Topic)) < 0
}

// caughtUp reports whether everything has been taken that the logs held when last asked.
func (l *Lane) caughtUp() bool {
	for _, in := range l.inputs {
		if !in.atEnd() || len(in.runs) > 0 {
			return false
		}
	}
	return true
}
