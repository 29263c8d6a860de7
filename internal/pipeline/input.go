package pipeline

import (
	"sync/atomic"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// input is one topic partition as its lane sees it: runs come from the fetcher, items go to the merge.
type input struct {
	partition shard.Partition
	start     int64 // the offset of the first fetch
	// origin is the first record of the log, as far as it is known. awaitsFirst says that the first record fetched will be the first
	// record of the log, and is not known yet.
	origin      shard.Origin
	awaitsFirst bool
	runs        chan run
	// waiting counts the items in runs. taken holds a token when a run has been taken up.
	waiting atomic.Int64
	taken   chan struct{}
	// known says that there has been a run; current is the newest one, items what is left of its items.
	known   bool
	current run
	items   []*item
	reach   reach
	ear     ear
	// held is when the input was first seen to be held by an open transaction, at the offset heldAt; unknown for not held.
	held   event.Instant
	heldAt int64
	// toldAt is the held that has been reported.
	toldAt event.Instant
}

func newInput(p shard.Partition, start int64) *input {
	return &input{partition: p, start: start, runs: make(chan run, shortAhead), taken: make(chan struct{}, 1), reach: reach{until: unknown}, held: unknown}
}

// fill takes up runs until it has an item, or until no further run has arrived.
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
			if !r.away {
				in.reach.found(end{r.sentAt, r.high})
			}
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
	in.note()
	return x
}

// note takes down how far the input has been taken, and whether an open transaction holds it.
func (in *input) note() {
	in.reach.took(in.position())
	in.noteHeld()
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

// atEnd reports whether everything has been taken that the log held when last asked. It is false while the log does not answer.
func (in *input) atEnd() bool {
	return in.known && len(in.items) == 0 && in.current.next >= in.current.high && !in.current.away
}
