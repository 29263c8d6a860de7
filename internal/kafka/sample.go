package kafka

import (
	"context"
	"fmt"
	"math"
	"strings"

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

// Choice is the partitioner that the first start lays the customers out by.
type Choice struct {
	Partitioner shard.Partitioner
	// Known says that the keys show it. Mixed says that there are keys enough, but that none of the partitioners explains them. If neither
	// holds, there are too few keys to tell.
	Known, Mixed bool
	// Why says what the keys show.
	Why string
}

// Choose returns the partitioner that explains the sample. Where the sample shows none, it is murmur2, the default of the Java clients:
// with another one every score is right all the same, only slower.
func (s Sample) Choose() Choice {
	if found, ok := s.Explains(); ok && s.telling() {
		return Choice{found, true, false, fmt.Sprintf("%s explains %.0f %% of %d keys", found, 100*s.Agreement[found], s.Keys)}
	}
	if !s.mixed() {
		return Choice{shard.Murmur2, false, false, fmt.Sprintf("%d keys in %d partitions tell nothing", s.Keys, s.Partitions)}
	}
	var shares []string
	for _, p := range partitioners {
		shares = append(shares, fmt.Sprintf("%s %.0f %%", p, 100*s.Agreement[p]))
	}
	return Choice{shard.Murmur2, false, true, fmt.Sprintf("no partitioner explains the %d keys: %s", s.Keys, strings.Join(shares, ", "))}
}

// byChance is how likely, at most, a partitioner explains all keys of a telling sample by chance.
const byChance = 1e-3

// telling reports whether there are keys and partitions enough to tell one partitioner from another.
func (s Sample) telling() bool {
	return s.Partitions > 1 && math.Pow(float64(s.Partitions), -float64(s.Keys)) <= byChance
}

// mixed reports whether there are keys enough, but no partitioner that explains them. A few keys that lie elsewhere are a remnant.
func (s Sample) mixed() bool {
	for _, share := range s.Agreement {
		if share >= agreed {
			return false
		}
	}
	return s.telling() && s.Keys >= 20
}

// partitioners are those that producers use.
var partitioners = []shard.Partitioner{shard.Murmur2, shard.CRC32, shard.FNV1a}

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
	seen := make(map[placed]struct{})                   // a customer of all three topics counts once
	for _, p := range partitionsOf(event.Topics(), n) { // the links are Tidemark's own, and lie where the data says
		keys, err := log.newestKeys(ctx, p, perPartition)
		if err != nil {
			return Sample{}, fmt.Errorf("sample the partitioner: %w", err)
		}
		for key := range keys {
			if _, again := seen[placed{key, p.Index}]; again {
				continue
			}
			seen[placed{key, p.Index}] = struct{}{}
			sample.Keys++
			for _, candidate := range partitioners {
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

// placed is a key, and the partition index at which it was found.
type placed struct {
	key   string
	index int
}

// newestKeys returns the distinct keys of the last records of p.
func (l *Log) newestKeys(ctx context.Context, p shard.Partition, records int) (map[string]struct{}, error) {
	keys := make(map[string]struct{})
	_, err := l.eachNewest(ctx, p, records, func(r stream.Record) {
		if len(r.Key) > 0 {
			keys[string(r.Key)] = struct{}{}
		}
	})
	return keys, err
}

// inputPartitions returns the partitions that lanes read, n of each topic.
func inputPartitions(n int) []shard.Partition { return partitionsOf(event.Inputs(), n) }

func partitionsOf(topics []event.Topic, n int) []shard.Partition {
	var partitions []shard.Partition
	for _, topic := range topics {
		for i := range n {
			partitions = append(partitions, shard.Partition{Topic: topic, Index: i})
		}
	}
	return partitions
}
