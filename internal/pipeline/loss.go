package pipeline

import (
	"context"
	"fmt"

	"tidemark/internal/shard"
)

// LossCause is why input is lost.
type LossCause string

// The causes. Expired: the log begins after what a shard has seen. Truncated: the log ends before what a shard has seen. Gone: a
// shard's state is lost, and the log no longer holds its first record. Recreated: the topic was deleted and created again.
const (
	Expired   LossCause = "expired"
	Truncated LossCause = "truncated"
	Gone      LossCause = "gone"
	Recreated LossCause = "recreated"
)

// DataLossError says that the log does not hold what a shard has not seen.
type DataLossError struct {
	Cause      LossCause
	Shard      int
	Partition  shard.Partition
	Mark       int64
	First, End int64
	// Remembered and Found are the first records of the log before and of the log now, for Recreated; zero where there is none. Shard is
	// 0 then, because all shards are concerned, and Mark is the highest one.
	Remembered, Found shard.Origin
}

func (e *DataLossError) Error() string {
	if e.Cause == Recreated {
		return fmt.Sprintf("data loss (%s): the topic was deleted and created again: %s; %s", e.Cause, e.Evidence(), RecreatedRemedy)
	}
	return fmt.Sprintf("data loss (%s): shard %d is at offset %d of %s, the log holds %d to %d",
		e.Cause, e.Shard, e.Mark, e.Partition, e.First, e.End)
}

// RecreatedRemedy says how to go on after a topic was deleted and created again.
const RecreatedRemedy = "to go on at the first record of the new topic, and keep what is known of the customers: " +
	"tidemark run --on-data-loss continue; to score only what the topics hold now: tidemark rebuild"

// Evidence says, for Recreated, in which partition the loss is, what was expected there, and what was found.
func (e *DataLossError) Evidence() string {
	read := fmt.Sprintf("%s, partition %d: the shards have read up to offset %d, the log holds %d to %d",
		e.Partition.Topic, e.Partition.Index, e.Mark, e.First, e.End)
	none := shard.Origin{}
	switch {
	case e.Remembered == none:
		return read + "; no first record is remembered, and the consumer group has no committed offset"
	case e.Found == none:
		return fmt.Sprintf("%s; expected the record at %s, found none", read, e.Remembered)
	}
	return fmt.Sprintf("%s; expected the record at %s, found the one at %s", read, e.Remembered, e.Found)
}

// bound is what a log holds: first..end-1.
type bound struct{ first, end int64 }

func (s *session) bounds(ctx context.Context) (map[shard.Partition]bound, error) {
	bounds := map[shard.Partition]bound{}
	for _, p := range s.partitions {
		err := s.retry(ctx, "bounds", func() error {
			first, end, err := s.source.Bounds(ctx, p)
			if err != nil {
				return fmt.Errorf("bounds of %s: %w", p, err)
			}
			bounds[p] = bound{first, end}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return bounds, nil
}

// lossOf says why a shard with this mark cannot read on; the empty cause says that it can. present says that there is a mark, before
// that the partition has been read in an earlier life: then a missing mark means lost state, not a fresh start.
func lossOf(b bound, mark int64, present, before bool) LossCause {
	switch {
	case !present && before && b.first > 0:
		return Gone
	case !present:
		return ""
	case mark < b.first:
		return Expired
	case mark > b.end:
		return Truncated
	}
	return ""
}

// resumeAt returns the mark that a shard goes on from, or the *DataLossError that the policy asks for.
func (s *session) resumeAt(st *state, p shard.Partition, b bound, mark int64, present, before bool) (int64, error) {
	if !present && before {
		s.metrics.losses.WithLabelValues(lossCause(false)).Inc()
	}
	cause := lossOf(b, mark, present, before)
	if cause == "" {
		if present {
			return mark, nil
		}
		return b.first, nil
	}
	loss := &DataLossError{Cause: cause, Shard: st.number, Partition: p, Mark: mark, First: b.first, End: b.end}
	s.metrics.dataLoss.WithLabelValues(string(cause)).Inc()
	s.cfg.Report(Notice{Kind: DataLoss, Shard: st.number, Partition: p, Err: loss})
	if s.cfg.OnDataLoss == FailOnLoss {
		return 0, loss
	}
	return b.first, nil
}
