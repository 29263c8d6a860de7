package shard

import (
	"hash/crc32"
	"hash/fnv"
)

// Partitioner names a hash by which producers choose a partition. The hashes differ in how they treat a negative value. The number
// of shards is a multiple of the number of partitions, so all customers of a shard are in partitions of one index.
type Partitioner string

// The partitioners that producers use.
const (
	Murmur2 Partitioner = "murmur2" // the Java client's default
	CRC32   Partitioner = "crc32"   // librdkafka's default: C, Python, Ruby, .NET and others
	FNV1a   Partitioner = "fnv1a"   // Sarama's default
)

// Known reports whether p is Murmur2, CRC32 or FNV1a.
func (p Partitioner) Known() bool { return p == Murmur2 || p == CRC32 || p == FNV1a }

// Of returns the number of the partition, or shard, of a key among n: 0..n-1. n is at least 1. An unknown partitioner panics;
// Layout.Check refuses one at start.
func (p Partitioner) Of(key string, n int) int {
	switch p {
	case Murmur2:
		return int(murmur2(key)&0x7fffffff) % n
	case CRC32:
		return int(crc32.ChecksumIEEE([]byte(key)) % uint32(n))
	case FNV1a:
		h := fnv.New32a()
		_, _ = h.Write([]byte(key)) // never fails
		place := int32(h.Sum32()) % int32(n)
		return int(max(place, -place))
	}
	panic("shard: unknown partitioner " + string(p))
}

// murmur2 is Austin Appleby's 32-bit MurmurHash2 with the seed of Kafka's Java client (Utils.murmur2).
func murmur2(key string) uint32 {
	const (
		seed = 0x9747b28c
		m    = 0x5bd1e995
		r    = 24
	)
	h := seed ^ uint32(len(key))
	for len(key) >= 4 {
		k := uint32(key[0]) | uint32(key[1])<<8 | uint32(key[2])<<16 | uint32(key[3])<<24
		k *= m
		k ^= k >> r
		k *= m
		h *= m
		h ^= k
		key = key[4:]
	}
	switch len(key) {
	case 3:
		h ^= uint32(key[2]) << 16
		fallthrough
	case 2:
		h ^= uint32(key[1]) << 8
		fallthrough
	case 1:
		h ^= uint32(key[0])
		h *= m
	}
	h ^= h >> 13
	h *= m
	return h ^ h>>15
}
