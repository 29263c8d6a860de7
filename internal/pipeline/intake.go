package pipeline

import (
	"context"
	"sync"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// intake is where a session's events come from: one input and one fetcher per topic partition. Nobody else touches an input.
//
//	fetcher ─┐  fetch, and decode ahead                fetch.go
//	fetcher ─┼─> take: merge, the least head first     merge.go
//	fetcher ─┘
type intake struct {
	*base
	source Source
	codec  Codec
	inputs []*input
	// arrived holds a token when a fetcher has handed over a run since the last look.
	arrived  chan struct{}
	fetchers sync.WaitGroup
}

func newIntake(b *base, source Source, codec Codec) *intake {
	return &intake{base: b, source: source, codec: codec, arrived: make(chan struct{}, 1)}
}

// open begins to fetch every partition from its offset, until ctx ends. heard is when each topic's partition was heard last. wait returns when the fetchers have ended.
func (in *intake) open(ctx context.Context, from shard.Marks, logs identities, heard map[event.Topic]shard.Heard) {
	for _, p := range in.partitions {
		i := newInput(p, from[p])
		i.origin = logs.known[p]
		i.ear.recall(heard[p.Topic])
		first, awaited := logs.awaited[p]
		i.awaitsFirst = awaited && first == i.start
		in.inputs = append(in.inputs, i)
		in.fetchers.Go(func() { in.fetch(ctx, i) })
	}
}

func (in *intake) wait() { in.fetchers.Wait() }

// positions are the offsets below which everything has been taken.
func (in *intake) positions() shard.Marks {
	all := make(shard.Marks, len(in.inputs))
	for _, i := range in.inputs {
		all[i.partition] = i.position()
	}
	return all
}

// ends are the ends of what could be read of the logs as of the last fetch; a partition that has not been fetched yet is absent.
func (in *intake) ends() shard.Marks {
	all := make(shard.Marks, len(in.inputs))
	for _, i := range in.inputs {
		if i.known {
			all[i.partition] = i.current.high - i.current.open
		}
	}
	return all
}

// caughtUp reports whether everything has been taken that the logs held when last asked.
func (in *intake) caughtUp() bool {
	for _, i := range in.inputs {
		if !i.atEnd() || len(i.runs) > 0 {
			return false
		}
	}
	return true
}

// readUntil is the instant before which everything written to any input has been taken; unknown where one has not been read.
func (in *intake) readUntil() event.Instant {
	w := event.Never
	for _, i := range in.inputs {
		w = min(w, i.reach.until)
	}
	if w == event.Never {
		return unknown
	}
	return w
}

// newestFetch is the local time at which the newest fetch was sent; unknown before the first.
func (in *intake) newestFetch() event.Instant {
	newest := unknown
	for _, i := range in.inputs {
		if i.known {
			newest = max(newest, i.current.sentAt)
		}
	}
	return newest
}
