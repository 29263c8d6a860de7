package history

import "tidemark/internal/event"

// aggregates is the number of values that no hash takes: they mark facts that stand for several events.
const aggregates = 16

// hash is event.Hash with the second half of MurmurHash3's 64-bit finalizer. Profiles store the hash: it never changes. One customer
// has few ids, so 64 bits do not collide by chance.
func hash(id string) uint64 {
	h := event.Hash(id) * 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	if h < aggregates {
		h += aggregates
	}
	return h
}
