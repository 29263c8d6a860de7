package score_test

import (
	"fmt"
	"runtime"
	"testing"
	"unsafe" // for sizes only

	"tidemark/internal/score"
)

// TestFootprintOfLinks: the estimate of profiles with parts of others lies within 30 % of the heap that they take, as that of all profiles.
func TestFootprintOfLinks(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("new", linkStart, 10)
	for n := range 3 {
		id := fmt.Sprint("customer-", n)
		end = c.bought(id, end+linkDay, 10)
		c.apply(c.word(id, "new", end+1))
	}
	survivor, old := c.profile("new"), c.profile("customer-0")
	for name, encoded := range map[string][]byte{"who is read from four histories": survivor.Append(nil), "who is away": old.Append(nil)} {
		const many = 2000
		profiles := make([]score.Profile, many)
		runtime.GC()
		before := heap()
		estimate := 0
		for n := range profiles {
			p, err := score.Decode(encoded)
			if err != nil {
				t.Fatal(err)
			}
			profiles[n] = p
			estimate += p.Footprint() - int(unsafe.Sizeof(p))
		}
		runtime.GC()
		taken := int(heap()-before) / many
		if estimate /= many; estimate < taken*7/10 || estimate > taken*13/10 {
			t.Errorf("%s: %d bytes estimated besides the profile, %d taken", name, estimate, taken)
		}
		runtime.KeepAlive(profiles)
	}
	if survivor.Footprint() <= old.Footprint() {
		t.Error("a survivor keeps less alive than who is away")
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
