package main

import (
	"fmt"
	"math"
	"runtime/debug"

	"github.com/KimMachineGun/automemlimit/memlimit"
	"github.com/docker/go-units"

	"tidemark/internal/pipeline"
)

// cacheSettings bound the memory of decoded profiles.
type cacheSettings struct {
	CacheBytes byteSize `help:"Most memory for the decoded profiles that all partitions of this process keep, such as 512MB, at least 16MB; 1KB is 1,024 bytes. Beyond it the process reads the least recently used profiles from Redis again. Without it: a quarter of the memory limit of the container or machine, or of GOMEMLIMIT if that is lower; if no limit is known, 256MB." placeholder:"SIZE"`
}

// leastCache is the smallest limit: a cache smaller than the largest profiles, some 200 KB each, would read these for every batch.
const leastCache = 16 << 20

func (c cacheSettings) check() error {
	if c.CacheBytes != 0 && c.CacheBytes < leastCache {
		return fmt.Errorf("--cache-bytes must be at least %s", units.CustomSize("%.0f%s", leastCache, 1024, []string{"B", "KB", "MB"}))
	}
	return nil
}

// limit is the limit of the cache, in bytes.
func (c cacheSettings) limit() int64 {
	if c.CacheBytes != 0 {
		return int64(c.CacheBytes)
	}
	return defaultCache(memlimit.FromCgroup, memlimit.FromSystem, goLimit)
}

// defaultCache is a quarter of the lowest limit of memory that is known, in bytes. The garbage collector lets the heap grow to twice
// what is kept, so a quarter takes half of the memory at most.
func defaultCache(limits ...memlimit.Provider) int64 {
	lowest := uint64(math.MaxInt64)
	for _, limit := range limits {
		if n, err := limit(); err == nil && n > 0 {
			lowest = min(lowest, n)
		}
	}
	if lowest == math.MaxInt64 {
		return pipeline.DefaultCacheBytes
	}
	return max(int64(lowest/4), leastCache)
}

// goLimit is GOMEMLIMIT; math.MaxInt64 where it is not set.
func goLimit() (uint64, error) { return uint64(debug.SetMemoryLimit(-1)), nil }
