package pipeline

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

const (
	// ahead is how many fetches of a partition wait decoded, shortAhead how many if they do not fill a batch: so what a batch
	// takes up is no older than fetchPause, for which a fetch waits while others do.
	ahead, shortAhead = 2, 64
	fetchPause        = 10 * time.Millisecond
)

// item is a record that has been decoded. Event is nil where Err says why it is bad.
type item struct {
	record stream.Record
	event  event.Event
	err    error
}

func (i *item) partition() shard.Partition {
	return shard.Partition{Topic: i.record.Topic, Index: i.record.Partition}
}

// run is a fetch, decoded. Records that carry no event are left out.
type run struct {
	items      []*item
	next, high int64
	sentAt     event.Instant
	// away says that the log does not answer: how much it holds by now is not known.
	away bool
	err  error
}

// fetch reads a partition and decodes ahead until ctx ends, or the log does not hold what comes next.
func (l *Lane) fetch(ctx context.Context, in *input) {
	latest := run{next: in.start, sentAt: unknown}
	for ctx.Err() == nil {
		offset := latest.next
		var f stream.Fetch
		var lost error
		sent := l.now()
		err := l.retry(ctx, "fetch", func() error {
			sent = l.now()
			var err error
			f, err = l.cfg.Source.Fetch(ctx, in.partition, offset)
			if errors.Is(err, stream.ErrOffsetOutOfRange) {
				lost = fmt.Errorf("fetch %s from offset %d: %w", in.partition, offset, err)
				return nil
			}
			if err != nil {
				if !latest.away && latest.sentAt != unknown {
					latest.away, latest.items = true, nil
					l.hand(ctx, in, latest)
				}
				return fmt.Errorf("fetch %s from offset %d: %w", in.partition, offset, err)
			}
			return nil
		})
		if err != nil {
			return
		}
		latest = run{next: max(f.Next, offset), high: f.HighWatermark, sentAt: f.SentAt, err: lost}
		if l.cfg.Clock == SimulatedClock {
			latest.sentAt = sent
		}
		if latest.items, err = l.decodeRecords(ctx, in, f.Records, latest); err != nil {
			return
		}
		l.hand(ctx, in, latest)
		if lost != nil || !l.pace(ctx, in) {
			return
		}
	}
}

// pace waits until the next fetch is worth its while: not before the lane has taken up what is here, or a little later. It
// reports whether there is to be one.
func (l *Lane) pace(ctx context.Context, in *input) bool {
	later := time.NewTimer(fetchPause)
	defer later.Stop()
	for len(in.runs) > 0 {
		soon := later.C
		if len(in.runs) >= ahead && in.waiting.Load() >= int64(l.cfg.BatchEvents) {
			soon = nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-in.taken:
		case <-soon:
			return true
		}
	}
	return true
}

// hand gives a run to the lane.
func (l *Lane) hand(ctx context.Context, in *input, r run) {
	in.waiting.Add(int64(len(r.items)))
	select {
	case in.runs <- r:
	case <-ctx.Done():
		return
	}
	select {
	case l.arrived <- struct{}{}:
	default:
	}
}

// decodeRecords decodes the records of a run. One that cannot be judged now, because its schema is not to be had, is waited
// for: the lane is given what comes before it, and so sees that there is more. It fails when ctx ends.
func (l *Lane) decodeRecords(ctx context.Context, in *input, records []stream.Record, r run) ([]*item, error) {
	held := make([]item, 0, len(records)) // together: most of them live as long as each other
	items := make([]*item, 0, len(records))
	for _, record := range records {
		x, err := l.decodeRecord(record)
		if errors.Is(err, stream.ErrSchemaUnavailable) {
			r.items, r.next = items, record.Offset
			l.hand(ctx, in, r)
			items = nil
			ended := l.retry(ctx, "schema", func() error {
				if x, err = l.decodeRecord(record); errors.Is(err, stream.ErrSchemaUnavailable) {
					return fmt.Errorf("decode %s offset %d: %w", in.partition, record.Offset, err)
				}
				return nil
			})
			if ended != nil {
				return nil, ended
			}
		}
		if x != nil || err != nil {
			held = append(held, item{record, x, err})
			items = append(items, &held[len(held)-1])
		}
	}
	return items, nil
}

// decodeRecord turns a panic of a decoder into a bad record: no input stops the stream.
func (l *Lane) decodeRecord(r stream.Record) (x event.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, event.Invalidf(event.Crash, "decoding panicked: %v", p)
		}
	}()
	return l.cfg.Codec.Decode(r)
}
