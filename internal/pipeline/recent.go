package pipeline

import "unsafe" // for sizes only

// recent holds the cached profiles of a session in the order of their last use, and counts their bytes.
type recent struct {
	cache *Cache
	bytes int64
	// newest and oldest are the ends of the list.
	newest, oldest *known
}

// place is where a cached profile stands in the order of use.
type place struct {
	state    *state
	customer string
	bytes    int64
	// newer and older are the neighbours in the list.
	newer, older *known
}

// Bytes of a cached profile beside the profile: the entry, and its slot in the map of its shard, which is two thirds full on average.
const (
	entryBytes = int64(unsafe.Sizeof(known{}) - unsafe.Sizeof(known{}.profile))
	slotBytes  = int64(unsafe.Sizeof("")+unsafe.Sizeof((*known)(nil))+1) * 3 / 2
)

// add puts a profile that stands nowhere yet at the newest end.
func (r *recent) add(st *state, customer string, k *known) {
	k.place = place{state: st, customer: customer, bytes: int64(k.profile.Footprint()) + entryBytes + slotBytes}
	r.bytes += k.bytes
	r.cache.used.Add(k.bytes)
	r.link(k)
}

// use moves a profile to the newest end.
func (r *recent) use(k *known) {
	if r.newest != k {
		r.unlink(k)
		r.link(k)
	}
}

// remove takes a profile off the list. The map of its shard still holds it.
func (r *recent) remove(k *known) {
	r.unlink(k)
	r.bytes -= k.bytes
	r.cache.used.Add(-k.bytes)
	k.place = place{}
}

// trim evicts the least recently used profiles while there are too many. It returns how many.
func (r *recent) trim() (evicted int) {
	for ; r.oldest != nil && r.cache.excess(r.bytes) > 0; evicted++ {
		r.evict()
	}
	return evicted
}

// clear evicts all profiles. It returns how many.
func (r *recent) clear() (evicted int) {
	for ; r.oldest != nil; evicted++ {
		r.evict()
	}
	return evicted
}

// forget gives back the memory of all profiles at once. Their states are of no more use.
func (r *recent) forget() {
	r.cache.used.Add(-r.bytes)
	*r = recent{cache: r.cache}
}

func (r *recent) evict() {
	k := r.oldest
	delete(k.state.profiles, k.customer)
	r.remove(k)
}

func (r *recent) link(k *known) {
	k.older, k.newer = r.newest, nil
	if r.newest != nil {
		r.newest.newer = k
	} else {
		r.oldest = k
	}
	r.newest = k
}

func (r *recent) unlink(k *known) {
	if k.newer != nil {
		k.newer.older = k.older
	} else {
		r.newest = k.older
	}
	if k.older != nil {
		k.older.newer = k.newer
	} else {
		r.oldest = k.newer
	}
}
