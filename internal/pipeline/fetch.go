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
	// ahead bounds the decoded fetches of a partition that wait for the lane. shortAhead is the bound while they do not fill a batch.
	ahead, shortAhead = 2, 64
	// fetchPause is the pause between fetches while earlier ones wait: what a batch takes up is hardly older.
	fetchPause = 10 * time.Millisecond
)

// item is a decoded record. Of a bad one, event is nil and err says why.
type item struct {
	record stream.Record
	event  event.Event
	err    error
}

func (x *item) partition() shard.Partition {
	return shard.Partition{Topic: x.record.Topic, Index: x.record.Partition}
}

// run is a decoded fetch. Records that carry no event are left out.
type run struct {
	items      []*item
	next, high int64
	// open is the number of offsets before high that open transactions hold back.
	open   int64
	sentAt event.Instant
	// origin is the first record of the log, as far as it is known.
	origin shard.Origin
	// away says that the log does not answer: its end is not known.
	away bool
	err  error
}

// fetch reads a partition and decodes ahead, until ctx ends, the log does not hold the next offset, or another log has taken its place.
func (in *intake) fetch(ctx context.Context, i *input) {
	latest := run{next: i.start, sentAt: unknown, origin: i.origin}
	d := doubt{answered: time.Now()}
	asked := in.pulse.asked[i.partition]
	for ctx.Err() == nil {
		offset := latest.next
		var f stream.Fetch
		var lost error
		sent := in.now()
		err := in.retry(ctx, "fetch", func() error {
			sent = in.now()
			var err error
			d.asked()
			asked.Store(time.Now().UnixNano())
			f, err = in.source.Fetch(ctx, i.partition, offset)
			asked.Store(0)
			if errors.Is(err, stream.ErrOffsetOutOfRange) {
				lost = fmt.Errorf("fetch %s from offset %d: %w", i.partition, offset, err)
				return nil
			}
			if err != nil {
				d.failed = true
				if !latest.away && latest.sentAt != unknown {
					latest.away, latest.items = true, nil
					in.hand(ctx, i, latest)
				}
				return fmt.Errorf("fetch %s from offset %d: %w", i.partition, offset, err)
			}
			return nil
		})
		if err != nil {
			return
		}
		if lost == nil {
			in.backlogs[i.partition].reaches(f.HighWatermark)
			i.ear.hear(&f, offset, sent, in.now())
			if lost, err = in.confirm(ctx, i.partition, latest.origin, &d); err != nil {
				return
			}
		}
		if lost != nil {
			f = stream.Fetch{}
		}
		origin := latest.origin
		if first, ok := f.First(); ok && i.awaitsFirst {
			origin, i.awaitsFirst = shard.OriginOf(first), false
		}
		latest = run{next: max(f.Next, offset), high: f.HighWatermark, open: f.Open, sentAt: min(f.SentAt, sent), origin: origin, err: lost}
		if in.cfg.Clock == SimulatedClock {
			latest.sentAt = sent
		}
		if latest.items, err = in.decodeRecords(ctx, i, f.Records, latest); err != nil {
			return
		}
		in.hand(ctx, i, latest)
		if lost != nil || !in.pace(ctx, i) {
			return
		}
	}
}

// pace waits until the next fetch is due: when the lane has taken up the fetched runs, or fetchPause later unless enough is
// fetched ahead. It returns false if no fetch shall follow.
func (in *intake) pace(ctx context.Context, i *input) bool {
	later := time.NewTimer(fetchPause)
	defer later.Stop()
	for len(i.runs) > 0 {
		soon := later.C
		if len(i.runs) >= ahead && i.waiting.Load() >= int64(in.cfg.BatchEvents) {
			soon = nil
		}
		select {
		case <-ctx.Done():
			return false
		case <-i.taken:
		case <-soon:
			return true
		}
	}
	return true
}

// hand gives a run to the lane.
func (in *intake) hand(ctx context.Context, i *input, r run) {
	i.waiting.Add(int64(len(r.items)))
	select {
	case i.runs <- r:
	case <-ctx.Done():
		return
	}
	select {
	case in.arrived <- struct{}{}:
	default:
	}
}

// decodeRecords decodes the records of a run. It waits for a record whose schema is not available now, and first hands over what
// comes before that record: so the lane works on, and sees that there is more. decodeRecords fails when ctx ends.
func (in *intake) decodeRecords(ctx context.Context, i *input, records []stream.Record, r run) ([]*item, error) {
	held := make([]item, 0, len(records)) // one allocation: the items of a run live about equally long
	items := make([]*item, 0, len(records))
	for _, record := range records {
		x, err := in.decodeRecord(record)
		if errors.Is(err, stream.ErrSchemaUnavailable) {
			r.items, r.next = items, record.Offset
			in.hand(ctx, i, r)
			items = nil
			ended := in.retry(ctx, "schema", func() error {
				if x, err = in.decodeRecord(record); errors.Is(err, stream.ErrSchemaUnavailable) {
					return fmt.Errorf("decode %s offset %d: %w", i.partition, record.Offset, err)
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

// decodeRecord decodes a record. It turns a panic of the decoder into a bad record: no input stops the stream.
func (in *intake) decodeRecord(r stream.Record) (x event.Event, err error) {
	defer func() {
		if p := recover(); p != nil {
			x, err = nil, event.Invalidf(event.Crash, "decoding panicked: %v", p)
		}
	}()
	return in.codec.Decode(r)
}
