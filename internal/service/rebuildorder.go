package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// eventOrder is the log up to some ends, each partition in the order of its events: by the instant that each states (occurred_at;
// of a version of an order, revised_at), then event_id. A history that was
// written behind newer events comes before these again, so that no event of it is too late.
//
// The records of a partition keep their places and change their order: the record that comes first has the offset of the first one. So the
// marks of the lanes count as they do in the log, and at the ends both orders have applied the same records.
//
//	the log       offset  0 live  1 live  2 old  3 older
//	as read here  offset  0 older  1 old  2 live  3 live
//
// Records that are no event are left out: the edition in force has sent them to the dead letters.
type eventOrder struct {
	spool      *spool
	partitions map[shard.Partition]*ordered
	// strangers says that a customer has events in a partition of another lane than that of the shard.
	strangers bool
}

// ordered is one partition.
type ordered struct {
	// offsets are those of the records, ascending; places are the records in the order of their events.
	offsets []int64
	places  []eventPlace
}

// eventPlace is where the record of an event lies. It has 24 bytes: a log of a hundred million events takes 3.2 GB with the offsets.
type eventPlace struct {
	stated event.Instant
	// id are the first eight bytes of the event_id. Where they are equal, the spool tells.
	id   uint64
	from int64
}

// Ordering is the stage of a rebuild that reads the log for the order of its events. Redis knows no such stage: it is part of the filling.
const Ordering redis.Stage = "order"

// orderLog reads the log from its first records up to the ends.
func (b *rebuild) orderLog(ctx context.Context, firsts, ends shard.Marks) (_ *eventOrder, err error) {
	spool, err := newSpool()
	if err != nil {
		return nil, err
	}
	o := &eventOrder{spool: spool, partitions: map[shard.Partition]*ordered{}}
	defer func() {
		if err != nil {
			o.close()
		}
	}()
	goal, read, told := sum(ends)-sum(firsts), int64(0), time.Now()
	for p, end := range ends {
		of := &ordered{}
		o.partitions[p] = of
		for next := firsts[p]; next < end; {
			f, err := b.log.Fetch(ctx, p, next)
			if err != nil {
				return nil, fmt.Errorf("read %s from offset %d: %w", p, next, err)
			}
			if err := b.place(of, o, f.Records, end); err != nil {
				return nil, err
			}
			read += min(max(next, f.Next), end) - next
			next = max(next, f.Next)
			if time.Since(told) > tellEvery || read == goal {
				told = time.Now()
				b.tell(RebuildProgress{Ordering, read, goal})
			}
		}
	}
	if err := spool.flush(); err != nil {
		return nil, err
	}
	for _, of := range o.partitions {
		if err := of.sort(spool); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// place puts the records of a partition below an end into the spool.
func (b *rebuild) place(of *ordered, o *eventOrder, records []stream.Record, end int64) error {
	for _, r := range records {
		if r.Offset >= end {
			return nil
		}
		e, err := b.cfg.Codec.Decode(r)
		if errors.Is(err, stream.ErrSchemaUnavailable) {
			return fmt.Errorf("decode %s/%d offset %d: %w", r.Topic, r.Partition, r.Offset, err)
		}
		if err != nil || e == nil {
			continue
		}
		h := e.Common()
		if b.next.layout.Of(h.Customer)%b.next.partitions != r.Partition {
			o.strangers = true
		}
		from, err := o.spool.put(h.ID, r)
		if err != nil {
			return err
		}
		of.offsets = append(of.offsets, r.Offset)
		of.places = append(of.places, eventPlace{e.StatedAt(), prefix(h.ID), from})
	}
	return nil
}

// prefix is the beginning of an id. It orders as the id does.
func prefix(id string) uint64 {
	var p uint64
	for i := range 8 {
		p <<= 8
		if i < len(id) {
			p |= uint64(id[i])
		}
	}
	return p
}

func (of *ordered) sort(spool *spool) error {
	var failed error
	slices.SortFunc(of.places, func(a, b eventPlace) int {
		if c := cmp.Or(cmp.Compare(a.stated, b.stated), cmp.Compare(a.id, b.id)); c != 0 || a.from == b.from {
			return c
		}
		x, _, errX := spool.get(a.from)
		y, _, errY := spool.get(b.from)
		failed = cmp.Or(failed, errX, errY)
		return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.from, b.from))
	})
	return failed
}

// before returns, per partition, the offset below which lie the events before an instant.
func (o *eventOrder) before(at event.Instant, ends shard.Marks) shard.Marks {
	marks := shard.Marks{}
	for p, of := range o.partitions {
		n := sort.Search(len(of.places), func(i int) bool { return of.places[i].stated >= at })
		if marks[p] = ends[p]; n < len(of.offsets) {
			marks[p] = of.offsets[n]
		}
	}
	return marks
}

// orderSpan is the longest time of events that lanes apply side by side while customers have events in several lanes: so no event is
// later than the lateness of interactions, 90 days.
const orderSpan = 60 * 24 * time.Hour

// stops are the ends of the rounds that apply the log in the order of its events: one round where all events of a customer lie in one lane;
// else one for each orderSpan that holds events.
func (o *eventOrder) stops(ends shard.Marks) []shard.Marks {
	var all []shard.Marks
	first, last := event.Never, event.Instant(0)
	for _, of := range o.partitions {
		if n := len(of.places); n > 0 {
			first, last = min(first, of.places[0].stated), max(last, of.places[n-1].stated)
		}
	}
	if o.strangers {
		done := int64(-1)
		for at := first.Add(orderSpan); at <= last; at = at.Add(orderSpan) {
			if marks := o.before(at, ends); sum(marks) != done {
				all, done = append(all, marks), sum(marks)
			}
		}
	}
	return append(all, ends)
}

// origins are the first records of the partitions as this order has them: lanes recognize a log by its first record.
func (o *eventOrder) origins() (map[shard.Partition]shard.Origin, error) {
	all := map[shard.Partition]shard.Origin{}
	for p, of := range o.partitions {
		if len(of.places) == 0 {
			continue
		}
		r, err := of.record(o.spool, p, 0)
		if err != nil {
			return nil, err
		}
		all[p] = shard.OriginOf(r)
	}
	return all, nil
}

func (of *ordered) record(spool *spool, p shard.Partition, n int) (stream.Record, error) {
	_, r, err := spool.get(of.places[n].from)
	r.Topic, r.Partition, r.Offset = p.Topic, p.Index, of.offsets[n]
	return r, err
}

func (o *eventOrder) close() { o.spool.close() }

// orderedLog is a log that is read in the order of its events, up to the ends of a round.
type orderedLog struct {
	boundedLog
	order *eventOrder
}

const (
	// orderedRecords and orderedBytes bound what one fetch returns.
	orderedRecords, orderedBytes = 5_000, 1 << 20
)

// Fetch reads records up to the end.
func (l orderedLog) Fetch(ctx context.Context, p shard.Partition, offset int64) (stream.Fetch, error) {
	end := l.ends[p]
	if offset >= end {
		return stream.Fetch{Next: offset, HighWatermark: offset}, sleep(ctx, boundedWait)
	}
	f := stream.Fetch{Next: end, HighWatermark: end, SentAt: event.InstantOf(time.Now())}
	of, bytes := l.order.partitions[p], 0
	n, _ := slices.BinarySearch(of.offsets, offset)
	for ; n < len(of.offsets) && of.offsets[n] < end; n++ {
		if len(f.Records) == orderedRecords || bytes > orderedBytes {
			f.Next = of.offsets[n]
			break
		}
		r, err := of.record(l.order.spool, p, n)
		if err != nil {
			return stream.Fetch{}, err
		}
		f.Records, bytes = append(f.Records, r), bytes+len(r.Value)
	}
	return f, nil
}
