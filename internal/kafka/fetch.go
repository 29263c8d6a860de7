package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	kafkago "github.com/segmentio/kafka-go"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// fetcher reads one partition from its leader. One goroutine uses it at a time.
type fetcher struct {
	cluster   *Cluster
	partition shard.Partition
	isolation kafkago.IsolationLevel

	leader   *leader       // nil until needed, and after an error
	open     *answer       // what is left of the last answer; nil for nothing
	failures int           // in a row: the pause before the next dial grows with them
	typical  int           // records of the last fetch, a guess at the next
	newest   event.Instant // the record time of the last record
}

const (
	firstPause   = 50 * time.Millisecond
	longestPause = 2 * time.Second
)

func (f *fetcher) fetch(ctx context.Context, offset int64) (stream.Fetch, error) {
	if offset < 0 { // no offset, but a word of clients for the start or the end of the log
		return stream.Fetch{}, stream.ErrOffsetOutOfRange
	}
	if err := ctx.Err(); err != nil {
		return stream.Fetch{}, err
	}
	if err := f.connect(ctx); err != nil {
		return stream.Fetch{}, err
	}
	conn := f.leader
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	fetch, err := f.read(offset)
	if !stop() { // closed under our hands
		f.drop()
	}
	switch {
	case err == nil:
		f.failures, f.typical = 0, len(fetch.Records)
		return fetch, nil
	case errors.Is(err, kafkago.OffsetOutOfRange):
		f.drop()
		return stream.Fetch{}, stream.ErrOffsetOutOfRange
	case ctx.Err() != nil:
		f.drop()
		return stream.Fetch{}, ctx.Err()
	}
	f.drop()
	f.failures++
	return stream.Fetch{}, f.cluster.unreachable(err)
}

func (f *fetcher) connect(ctx context.Context) error {
	if f.leader != nil {
		return nil
	}
	if f.failures > 0 {
		if err := pause(ctx, backoff(f.failures)); err != nil {
			return err
		}
	}
	conn, err := f.cluster.dialLeader(ctx, f.partition)
	if err != nil {
		f.failures++
		return f.cluster.unreachable(err)
	}
	f.leader = conn
	return nil
}

func backoff(failures int) time.Duration {
	return min(firstPause<<min(failures-1, 10), longestPause)
}

// drop closes the connection.
func (f *fetcher) drop() {
	if f.leader != nil {
		_ = f.leader.Close()
	}
	f.leader, f.open = nil, nil
}

// read returns records of the open answer. If the answer yields none, read sends another request. Where the library panics, in its
// decompressors and with old messages, the answer cannot be read.
func (f *fetcher) read(offset int64) (fetch stream.Fetch, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errMalformed, cause)
		}
	}()
	c := f.cluster.config
	if err := f.leader.SetDeadline(time.Now().Add(c.MaxWait + c.RequestTimeout)); err != nil {
		return stream.Fetch{}, err
	}
	if f.open != nil && f.open.next == offset {
		fetch, err := f.take()
		if err != nil || fetch.Next > offset {
			return fetch, err
		}
	}
	if err := f.ask(offset); err != nil {
		return stream.Fetch{}, err
	}
	return f.take()
}

func (f *fetcher) ask(offset int64) error {
	if f.open != nil {
		if err := f.open.finish(); err != nil {
			return err
		}
	}
	f.open = nil
	sentAt := f.cluster.config.Now()
	head, err := f.leader.ask(f.cluster.config, f.partition, offset, f.isolation)
	if err != nil {
		return err
	}
	f.open = &answer{from: f.leader, partition: f.partition, answerHead: head, left: head.batches, next: offset, sentAt: sentAt, newest: f.newest}
	if f.isolation == kafkago.ReadCommitted {
		f.open.void = newAborted(head.aborted)
	} else {
		f.open.stable = head.end
	}
	return nil
}

// take reads up to Config.FetchRecords records of the open answer. If the answer breaks off after some records, take returns
// those records.
func (f *fetcher) take() (stream.Fetch, error) {
	a := f.open
	limit := f.cluster.config.FetchRecords
	fetch := stream.Fetch{HighWatermark: a.end, Open: a.end - a.stable, SentAt: a.sentAt}
	fetch.Records = make([]stream.Record, 0, max(0, min(int64(limit), a.end-a.next, int64(f.typical+f.typical/4+16))))
	for len(fetch.Records) < limit {
		var leftOut **stream.Record
		if len(fetch.Records) == 0 {
			leftOut = &fetch.LeftOut
		}
		r, more, err := a.record(leftOut)
		if err != nil {
			if len(fetch.Records) == 0 {
				return stream.Fetch{}, err
			}
			f.drop()
			break
		}
		if !more {
			f.open = nil
			break
		}
		fetch.Records = append(fetch.Records, r)
	}
	fetch.Next, f.newest = a.next, a.newest
	return fetch, nil
}
