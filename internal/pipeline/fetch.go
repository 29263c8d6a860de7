package pipeline

import (
	"context"
	"errors"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// ahead is how many fetches of a partition wait decoded.
const ahead = 2

// item is a record that has been decoded. Event is nil where Err says why it is bad.
type item struct {
	record event.Record
	event  event.Event
	err    error
}

func (i *item) partition() shard.Partition {
	return shard.Partition{Topic: i.record.Topic, Index: i.record.Partition}
}

// run is a fetch, decoded. Records that carry no event are left out.
type run struct {
	items      []item
	next, high int64
	sentAt     event.Instant
	err        error
}

// fetch reads a partition and decodes ahead until ctx ends, or the log does not hold what comes next.
func (l *Lane) fetch(ctx context.Context, in *input) {
	offset := in.start
	for ctx.Err() == nil {
		var f event.Fetch
		var lost error
		sent := l.now()
		err := l.retry(ctx, "fetch", func() error {
			sent = l.now()
			var err error
			f, err = l.cfg.Source.Fetch(ctx, in.partition, offset)
			if errors.Is(err, event.ErrOffsetOutOfRange) {
				lost = fmt.Errorf("fetch %s from offset %d: %w", in.partition, offset, err)
				return nil
			}
			if err != nil {
				return fmt.Errorf("fetch %s from offset %d: %w", in.partition, offset, err)
			}
			return nil
		})
		if err != nil {
			return
		}
		r := run{next: max(f.Next, offset), high: f.HighWatermark, sentAt: f.SentAt, err: lost}
		if l.cfg.Clock == SimulatedClock {
			r.sentAt = sent
		}
		for _, record := range f.Records {
			x, err := l.decodeRecord(record)
			if x != nil || err != nil {
				r.items = append(r.items, item{record, x, err})
			}
		}
		select {
		case in.runs <- r:
		case <-ctx.Done():
			return
		}
		select {
		case l.arrived <- struct{}{}:
		default:
		}
		if lost != nil {
			return
		}
		offset = r.next
	}
}

// decodeRecord turns a panic of a decoder into a bad record: no input stops the stream.
func (l *Lane) decodeRecord(r event.Record) (x event.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, event.Invalidf(event.Crash, "decoding panicked: %v", p)
		}
	}()
	return l.cfg.Codec.Decode(r)
}
