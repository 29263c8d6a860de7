package event

// Hash spreads ids evenly over 64 bits: FNV-1a (Fowler, Noll and Vo), then the first half of MurmurHash3's 64-bit finalizer
// (Appleby), because the low bits of FNV are weak for short ids. Profiles, control groups and the times of reviews depend on the
// hash: it never changes.
func Hash(id string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(id) {
		h = (h ^ uint64(id[i])) * 0x100000001b3
	}
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}
