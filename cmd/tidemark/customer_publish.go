package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

// interactionNow is an interaction of a customer that happens now. Its id is random if none is given.
func interactionNow(id, customer string, kind event.InteractionKind) *event.Interaction {
	if id == "" {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails, by its documentation
		id = hex.EncodeToString(random[:])
	}
	now := event.InstantOf(time.Now())
	return &event.Interaction{Head: event.Head{ID: id, Customer: customer, OccurredAt: now, RecordedAt: now}, Kind: kind}
}

// publishTo publishes interactions into the log of the running service.
type publishTo struct {
	cluster *kafka.Cluster
	codec   *avro.Codec
	// partitioner is that of the producers.
	partitioner shard.Partitioner
}

// publish publishes x, which must be valid, and says so.
func (p publishTo) publish(ctx context.Context, w io.Writer, x *event.Interaction) error {
	if err := event.Validate(x); err != nil {
		return fmt.Errorf("this cannot be published: %w", err)
	}
	partitions, err := p.cluster.Partitions(ctx)
	if err != nil {
		return err
	}
	publisher, err := p.cluster.NewPublisher(p.partitioner)
	if err != nil {
		return err
	}
	err = publisher.Publish(ctx, []shard.Output{p.codec.EncodeEvent(x)})
	if err = errors.Join(err, publisher.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "published the %s %s of %s to %s, partition %d\n",
		x.Kind, x.ID, x.OccurredAt, x.Topic(), p.partitioner.Of(x.Customer, partitions))
	return err
}

// notApplied says why a running service may not have applied what was published.
func notApplied(ctx context.Context, cluster *kafka.Cluster, group string) string {
	members, err := cluster.Members(ctx)
	if err != nil {
		return err.Error()
	}
	if members.Members == 0 {
		return fmt.Sprintf("does not run: the consumer group %s has no members", group)
	}
	progress, err := cluster.Progress(ctx)
	if err != nil {
		return err.Error()
	}
	var lag int64
	for _, p := range progress {
		lag += p.Lag()
	}
	if lag > 0 {
		return fmt.Sprintf("runs with %s, and lags by %s", numbered(members.Members, "member"), numbered(int(lag), "record"))
	}
	return fmt.Sprintf("runs with %s and without lag, but has not applied it: `tidemark doctor`, and its log, say why", numbered(members.Members, "member"))
}
