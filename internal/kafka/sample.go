package kafka

import (
	"context"
	"fmt"

	"tidemark/internal/event"
	"tidemark/internal/shard"
	"tidemark/internal/stream"
)

// Sample says which partitioner explains where producers put their keys.
type Sample struct {
	// Keys counts the distinct keys looked at, over all input topics.
	Keys int
	// Partitions is the partition count of the input topics.
	Partitions int
	// Agreement is the share of the keys, in [0, 1], that lie where each partitioner puts them.
	Agreement map[shard.Partitioner]float64
}

// agreed is the least share that counts as an explanation: keys that were written before a change of the partition count
// or of a producer may lie elsewhere.
const agreed = 0.95

// Explains returns the one partitioner that the sample speaks for, and false where it speaks for none or for several:
// too few keys, or a single partition.
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

// SamplePartitioner reads the newest records of every partition of the input topics, up to so many each.
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

// isMarker reports whether r looks like a transaction marker: version and type, two 16-bit numbers, as its key.
func isMarker(r stream.Record) bool {
	return len(r.Key) == 4 && r.Key[0] == 0 && r.Key[1] == 0 && r.Key[2] == 0 && r.Key[3] <= 1 && len(r.Value) == 6
}

// inputPartitions lists the partitions of the input topics, each of n.
func inputPartitions(n int) []shard.Partition {
	var partitions []shard.Partition
	for _, topic := range event.Topics() {
		for i := range n {
			partitions = append(partitions, shard.Partition{Topic: topic, Index: i})
		}
	}
	return partitions
}
