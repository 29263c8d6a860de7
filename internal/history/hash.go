package history

// aggregates are the values below which a hash never lies: they mark the facts that stand for many.
const aggregates = 16

// hash is 64-bit FNV-1a with the finalizer of MurmurHash3, stable for ever: it is stored. Ids of one customer are few, so
// that 64 bits do not collide by chance.
func hash(id string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(id) {
		h ^= uint64(id[i])
		h *= 0x100000001b3
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	h ^= h >> 33
	if h < aggregates {
		h += aggregates
	}
	return h
}
