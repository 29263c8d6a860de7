package pipeline

import "sync/atomic"

// DefaultCacheBytes is the limit of a Cache that nobody has set.
const DefaultCacheBytes = 256 << 20

// Cache is the limit, in bytes, of the decoded profiles that all lanes of a process keep. Each lane counts what it keeps, and removes its
// own profiles, the least recently used first: see recent. A profile that a batch in hand needs is never removed, so the lanes may keep
// more than the limit for the time of a batch.
//
// Lanes that need much share the limit evenly in the end, whoever came first:
//
//	0                          7/8 of the limit     limit
//	├──────────────────────────────┼──────────────────┤
//	 nobody removes                 a lane above its   every lane
//	                                even share removes removes
//
// The last eighth is for a lane that begins while the others hold all the rest. They give back at their next batch or checkpoint.
type Cache struct {
	limit int64
	used  atomic.Int64
	lanes atomic.Int64
}

// NewCache returns a Cache of so many bytes, which all lanes of the process are to be given.
func NewCache(limit int64) *Cache { return &Cache{limit: limit} }

// excess returns how many bytes a lane that keeps so many is to give back; nothing if it is not positive.
func (c *Cache) excess(own int64) int64 {
	used := c.used.Load()
	share := c.limit / max(1, c.lanes.Load())
	return max(used-c.limit, min(own-share, used-(c.limit-c.limit/8)))
}
