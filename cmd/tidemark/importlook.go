package main

import (
	"context"
	"errors"
	"fmt"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	histories "tidemark/internal/history" // history is a type of the tests
	"tidemark/internal/kafka"
	"tidemark/internal/service"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
	"tidemark/internal/terminal"
)

// look reads what the topics hold already, and says how many of the events will be too late behind it. An error does not keep the import from
// its work.
func (c *importCommand) look(ctx context.Context, s streams, cluster *kafka.Cluster, codec *avro.Codec, events []event.Event) error {
	if c.NoLook {
		return nil
	}
	calendar, err := service.Calendar(c.Zone)
	if err != nil {
		return err
	}
	newest, err := newestDays(ctx, cluster, codec, calendar, events, terminal.NewProgress(s.err, "looking"))
	if err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		_, err = fmt.Fprintf(s.err, "whether events will be too late is not known: %v\n", err)
		return err
	}
	_, err = fmt.Fprint(s.err, tooLateWords(countTooLate(events, newest, calendar), len(events)))
	return err
}

// newestDays returns, for the customers of the events, the day of their newest event in the input topics.
func newestDays(ctx context.Context, cluster *kafka.Cluster, codec *avro.Codec, calendar event.Calendar, events []event.Event, shown *terminal.Progress) (map[string]event.Day, error) {
	defer shown.End()
	partitions, err := cluster.Partitions(ctx)
	if err != nil {
		return nil, err
	}
	wanted := map[string]bool{}
	for _, x := range events {
		wanted[x.Common().Customer] = true
	}
	log := cluster.NewLog()
	defer log.Close()
	newest, firsts, ends, total, done := map[string]event.Day{}, shard.Marks{}, shard.Marks{}, int64(0), int64(0)
	for index := range partitions {
		for _, topic := range event.Topics() {
			p := shard.Partition{Topic: topic, Index: index}
			if firsts[p], ends[p], err = log.Bounds(ctx, p); err != nil {
				return nil, err
			}
			total += ends[p] - firsts[p]
		}
	}
	for p, end := range ends {
		for next := firsts[p]; next < end; {
			f, err := log.Fetch(ctx, p, next)
			if err != nil {
				return nil, err
			}
			for _, r := range f.Records {
				x, err := codec.Decode(r)
				if errors.Is(err, stream.ErrSchemaUnavailable) {
					return nil, err
				}
				if err != nil || x == nil || !wanted[x.Common().Customer] {
					continue // the service refuses it, or it is of somebody else
				}
				day := calendar.Day(x.Common().OccurredAt)
				if before, known := newest[x.Common().Customer]; !known || day > before {
					newest[x.Common().Customer] = day
				}
			}
			done += max(f.Next, next) - next
			next = max(f.Next, next)
			shown.Show(min(done, total), total, "records")
		}
	}
	return newest, nil
}

// countTooLate counts the events that lie too long before the newest day of their customers.
func countTooLate(events []event.Event, newest map[string]event.Day, calendar event.Calendar) (n int) {
	for _, x := range events {
		if day, known := newest[x.Common().Customer]; known && calendar.Day(x.Common().OccurredAt) <= day-histories.Lateness(x.Topic()) {
			n++
		}
	}
	return n
}

// tooLateWords says what becomes of events that are too late, and the way on; nothing where there are none.
func tooLateWords(n, of int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d events will be TOO_LATE: the topics already hold events of their customers that are newer by %d days or more (%d for interactions).\n"+
		"The running service sends them to the dead letters. When it has read the import, `tidemark rebuild` counts them all.\n",
		n, of, histories.Lateness(event.Purchases), histories.Lateness(event.Interactions))
}
