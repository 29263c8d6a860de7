package main

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/kafka"
	"tidemark/internal/shard"
)

// TestTopicsGrow: a number of partitions that the shards cannot serve is refused before any topic has changed, and the way on is said.
func TestTopicsGrow(t *testing.T) {
	s := loaded(t)
	partitions := func(want int) {
		t.Helper()
		if got, err := s.Cluster(t).Partitions(t.Context()); err != nil || got != want {
			t.Errorf("partitions: got %d and error %v, want %d", got, err, want)
		}
	}
	grow := func(to string) answer {
		return tidemark(t, append([]string{"topics", "grow", "--partitions", to}, s.flags()...)...)
	}
	grow("0").says(t, 1, "--partitions", "at least 1")
	grow("5").says(t, 1, "72 shards are not a multiple of 5 partitions", "can grow to", "tidemark rebuild --shards 120")
	partitions(2)
	grow("4").says(t, 0, "the input topics have 4 partitions, before 2")
	partitions(4)
	tidemark(t, append([]string{"doctor"}, s.flags()...)...).says(t, 0, "72 shards serve 4 partitions", "topics grow takes them to", "all is well")
}

// TestServesPartitions: doctor says whether the shards serve the partitions, and what to do if they do not.
func TestServesPartitions(t *testing.T) {
	for partitions, ok := range map[int]bool{1: true, 6: true, 7: false, 36: true, 72: true, 100: false} {
		f := servesPartitions(shard.Layout{Shards: 72}, partitions)
		if f.OK != ok || ok == strings.Contains(f.Remedy, "tidemark rebuild --shards") {
			t.Errorf("72 shards and %d partitions: got %+v, want fine %t, and a rebuild where not", partitions, f, ok)
		}
		var shards int
		if _, err := fmt.Sscanf(f.Remedy, "tidemark rebuild --shards %d", &shards); !ok && (err != nil || shards%partitions != 0) {
			t.Errorf("72 shards and %d partitions: %q, want a number that serves them", partitions, f.Remedy)
		}
	}
}

// TestPartitionerFinding: before the first start doctor says what that start will choose, and afterwards whether the producers differ.
func TestPartitionerFinding(t *testing.T) {
	none, laidOut := shard.Layout{}, shard.Layout{Shards: 72, Partitioner: shard.Murmur2}
	python := kafka.Choice{Partitioner: shard.CRC32, Known: true, Why: "crc32 explains 100 % of 90 keys"}
	for _, row := range []struct {
		name   string
		choice kafka.Choice
		layout shard.Layout
		ok     bool
		says   string
	}{
		{"before the first start, producers of librdkafka", python, none, true, "the first start lays the customers out by crc32"},
		{"before the first start, no records", kafka.Choice{Partitioner: shard.Murmur2, Why: "0 keys in 4 partitions tell nothing"}, none, true, "tell nothing: the first start lays the customers out by murmur2"},
		{"before the first start, several partitioners", kafka.Choice{Partitioner: shard.Murmur2, Mixed: true, Why: "no partitioner explains the 90 keys"}, none, false, "no partitioner explains"},
		{"producers of librdkafka, data by murmur2", python, laidOut, false, "producers use crc32, the data is laid out by murmur2"},
		{"producers as the data", kafka.Choice{Partitioner: shard.Murmur2, Known: true, Why: "murmur2 explains 100 % of 90 keys"}, laidOut, true, "explains"},
	} {
		f := partitionerFinding(row.choice, row.layout)
		if f.OK != row.ok || !strings.Contains(f.Detail, row.says) || f.OK != (f.Remedy == "") {
			t.Errorf("%s: got %+v, want fine %t, %q, and a remedy only if not", row.name, f, row.ok, row.says)
		}
	}
}
