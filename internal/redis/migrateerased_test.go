package redis

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestSlotMigrationOfTombstones moves a shard with tombstones, key by key. Erasures succeed or must be tried again. At the end all
// tombstones of those that succeeded are there, and the head counts them. While the whole shard is on one side, audits and loads succeed too.
func TestSlotMigrationOfTombstones(t *testing.T) {
	const moved = 6
	ctx := t.Context()
	m := newMove(t, moved)
	s := m.store
	read := shard.Token("")
	var erased []string
	refused := 0
	commit := func(step string) {
		t.Helper()
		c := erase(moved, read, shard.Token(step), event.Instant(len(erased)+1), step)
		switch err := s.Commit(ctx, []shard.Commit{c})[0]; ErrorClass(err) {
		case "":
			read, erased = c.Token, append(erased, step)
		case "tryagain":
			refused++
		default:
			t.Errorf("%s: got error %v of class %q, want none or tryagain", step, err, ErrorClass(err))
		}
	}
	look := func(step string) {
		t.Helper()
		audits, err := s.Audit(ctx, []int{moved})
		if err != nil || !audits[0].Intact() || audits[0].Actual.Erased != int64(len(erased)) {
			t.Errorf("%s: got %+v and error %v, want %d tombstones, counted", step, audits, err, len(erased))
		}
		loaded, err := s.Load(ctx, []shard.Query{{Shard: moved, Customers: erased}})
		must(t, err)
		for i, at := range loaded[0].Erased {
			if at != event.Instant(i+1) {
				t.Errorf("%s: %s was erased at %d, want %d", step, erased[i], at, i+1)
			}
		}
	}
	commit("at rest")
	m.begin()
	commit("about to move")
	look("about to move")
	for i, key := range append(s.keys(moved), s.erasedKey(moved)) {
		m.key(key)
		commit(fmt.Sprint("keys moved: ", i+1))
	}
	look("all keys moved")
	m.end()
	commit("moved")
	look("moved")
	if len(erased) < 4 || refused == 0 {
		t.Errorf("%d erasures went through and %d were to be tried again, want at least 4 and some", len(erased), refused)
	}
}
