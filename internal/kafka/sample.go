package kafka

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Sample says which partitioner explains the partitions of the keys.
type Sample struct {
	// Keys is the number of distinct keys in the sample, over all input topics.
	Keys int
	// Partitions is the partition count of the input topics.
	Partitions int
	// Agreement is, for each partitioner, the share of the keys that lie in the partition it computes, in [0, 1].
	Agreement map[shard.Partitioner]float64
}

// agreed is the least share that counts as an explanation. It is less than 1: keys from before a change of the partition count or
// of a producer may lie elsewhere.
const agreed = 0.95

// Explains returns the one partitioner that explains the sample. It returns false if none or several do: there are too few keys,
// or one partition.
func (s Sample) Explains() (shard.Partitioner, bool) {
	var found shard.Partitioner
	explanations := 0
	for p, share := range s.Agreement {
		if s.Keys > 0 && share >= agreed {
			found = p
			explanations++
		}
	}
	return found, explanations == 1
}

// SamplePartitioner reads the newest records of every partition of the input topics, at most so many each.
func (c *Cluster) SamplePartitioner(ctx context.Context, perPartition int) (Sample, error) {
	n, err := c.Partitions(ctx)
	if err != nil {
		return Sample{}, fmt.Errorf("sample the partitioner: %w", err)
	}
	log := c.NewLog()
	defer log.Close()
	sample := Sample{Partitions: n, Agreement: make(map[shard.Partitioner]float64)}
	hits := make(map[shard.Partitioner]int)
	for _, p := range inputPartitions(n) {
		keys, err := log.newestKeys(ctx, p, perPartition)
		if err != nil {
			return Sample{}, fmt.Errorf("sample the partitioner: %w", err)
		}
		for key := range keys {
			sample.Keys++
			for _, candidate := range []shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a} {
				if candidate.Of(key, n) == p.Index {
					hits[candidate]++
				}
			}
		}
	}
	for candidate, hit := range hits {
		sample.Agreement[candidate] = float64(hit) / float64(sample.Keys)
	}
	return sample, nil
}

// newestKeys returns the distinct keys of the last records of p.
func (l *Log) newestKeys(ctx context.Context, p shard.Partition, records int) (map[string]struct{}, error) {
	first, end, err := l.Bounds(ctx, p)
	if err != nil {
		return nil, err
	}
	keys := make(map[string]struct{})
	for at := max(first, end-int64(records)); at < end; {
		fetch, err := l.Fetch(ctx, p, at)
		if err != nil {
			return nil, err
		}
		for _, r := range fetch.Records {
			if len(r.Key) > 0 && !isMarker(r) {
				keys[string(r.Key)] = struct{}{}
			}
		}
		at = fetch.Next
	}
	return keys, nil
}

// isMarker reports whether r looks like a transaction marker: its key is a version and a type, 16 bits each.
func isMarker(r stream.Record) bool {
	return len(r.Key) == 4 && r.Key[0] == 0 && r.Key[1] == 0 && r.Key[2] == 0 && r.Key[3] <= 1 && len(r.Value) == 6
}

// inputPartitions returns the partitions of the input topics, n of each.
func inputPartitions(n int) []shard.Partition {
	var partitions []shard.Partition
	for _, topic := range event.Topics() {
		for i := range n {
			partitions = append(partitions, shard.Partition{Topic: topic, Index: i})
		}
	}
	return partitions
}
