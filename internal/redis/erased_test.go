package redis

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// erase returns a commit that erases customers of a shard.
func erase(n int, read, token shard.Token, at event.Instant, customers ...string) shard.Commit {
	c := shard.Commit{Shard: n, Read: read, Token: token, Forgotten: customers}
	for _, customer := range customers {
		c.Erased = append(c.Erased, shard.Tombstone{Customer: customer, At: at})
	}
	return c
}

// TestTombstoneHolds fixes the format of tombstones, and that the id is not in it.
func TestTombstoneHolds(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		key := strings.Repeat("\x07", erasureKeyBytes)
		must(t, client.HSet(ctx, "tm:meta", "erasure_key", hex.EncodeToString([]byte(key))).Err())
		n := testLayout.Of("customer-1")
		must(t, s.Commit(ctx, []shard.Commit{erase(n, "", "one", 1_767_225_600_123, "customer-1")})[0])
		entries, err := client.HGetAll(ctx, fmt.Sprintf("tm:{%02d}:erased", n)).Result()
		must(t, err)
		// HMAC-SHA256 of "customer-1" under 32 bytes 7, as `openssl dgst -sha256 -mac HMAC` gives it, cut to 16 bytes.
		field, err := hex.DecodeString(wantHash)
		must(t, err)
		want := fmt.Sprintf("1767225600123 %d/64", n)
		if len(entries) != 1 || entries[string(field)] != want {
			t.Errorf("got %q, want %q -> %q", entries, field, want)
		}
		if got := client.HGet(ctx, s.keys(n)[metaKey], "erased").Val(); got != "1" {
			t.Errorf("field erased of the head: got %q, want 1", got)
		}
		at, ok, err := s.Erased(ctx, "customer-1")
		if err != nil || !ok || at != 1_767_225_600_123 {
			t.Errorf("Erased: got %d, %t and error %v, want 1767225600123", at, ok, err)
		}
		if at, ok, err := s.Erased(ctx, "customer-2"); err != nil || ok || at != 0 {
			t.Errorf("Erased, of somebody else: got %d, %t and error %v, want none", at, ok, err)
		}
	})
}

const wantHash = "1762b89a97fa30d0ac4a0cf516ff812c"

// TestErasureKeyIsMadeOnce: of programs that erase at the same time all find all tombstones.
func TestErasureKeyIsMadeOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx := t.Context()
		reader := newStore(t, client, testLayout)
		if _, ok, err := reader.Erased(ctx, "c0"); ok || err != nil {
			t.Errorf("before any erasure: got %t and error %v, want none", ok, err)
		}
		if client.Exists(ctx, "tm:meta").Val() != 0 {
			t.Error("a store that only reads has made a key")
		}
		const programs = 16
		errs := make([]error, programs)
		var wg sync.WaitGroup
		for i := range programs {
			s := newStore(t, client, testLayout)
			customer := fmt.Sprint("c", i)
			wg.Go(func() {
				errs[i] = s.Commit(ctx, []shard.Commit{erase(testLayout.Of(customer), "", shard.Token(fmt.Sprint("t", i)), 5, customer)})[0]
			})
		}
		wg.Wait()
		for i, err := range errs {
			_, ok, asked := reader.Erased(ctx, fmt.Sprint("c", i))
			if errors.Is(err, shard.ErrConflict) {
				continue // two customers of one shard
			}
			if err != nil || asked != nil || !ok {
				t.Errorf("program %d: got error %v; its tombstone is found: %t, error %v", i, err, ok, asked)
			}
		}
	})
}

// TestErasureKeyIsGone: tombstones without their key are an error, never a new key. A program that still knows the key writes it again.
func TestErasureKeyIsGone(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		must(t, client.HDel(ctx, "tm:meta", erasureKeyField).Err())
		ask := []shard.Query{{Shard: 3, Customers: []string{"a"}}}

		late := newStore(t, client, testLayout)
		if _, err := late.Load(ctx, ask); !errors.Is(err, ErrErasureKey) {
			t.Errorf("load by a program that does not know the key: got error %v, want %v", err, ErrErasureKey)
		}
		if err := late.Commit(ctx, []shard.Commit{erase(4, "", "one", 5, "b")})[0]; !errors.Is(err, ErrErasureKey) {
			t.Errorf("erase by that program: got error %v, want %v", err, ErrErasureKey)
		}
		if loaded, err := s.Load(ctx, ask); err != nil || loaded[0].Erased[0] != 5 {
			t.Errorf("load by a program that knows the key: got %v and error %v, want the tombstone", loaded[0].Erased, err)
		}
		must(t, s.Commit(ctx, []shard.Commit{erase(4, "", "one", 6, "b")})[0])
		if loaded, err := late.Load(ctx, ask); err != nil || loaded[0].Erased[0] != 5 {
			t.Errorf("load by the other program after that: got %v and error %v, want the tombstone", loaded[0].Erased, err)
		}
		must(t, client.HSet(ctx, "tm:meta", erasureKeyField, "by hand").Err())
		if _, err := s.Load(ctx, ask); !errors.Is(err, ErrErasureKey) {
			t.Errorf("load with a key that is none: got error %v, want %v", err, ErrErasureKey)
		}
	})
}

// TestErasureKeyChanges: the server comes back empty, and another program is the first to erase. Who knows the key from before finds the
// tombstones all the same.
func TestErasureKeyChanges(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		flush(t, client)
		must(t, newStore(t, client, testLayout).Commit(ctx, []shard.Commit{erase(3, "", "two", 6, "a")})[0])
		loaded, err := s.Load(ctx, []shard.Query{{Shard: 3, Customers: []string{"a"}}})
		if err != nil || len(loaded[0].Erased) != 1 || loaded[0].Erased[0] != 6 {
			t.Errorf("got %v and error %v, want the tombstone at 6", loaded[0].Erased, err)
		}
	})
}

// TestOrdinaryCommandsDoNotKnowTombstones counts the calls of a load, a commit and an audit: tombstones cost a shard nothing that has none.
func TestOrdinaryCommandsDoNotKnowTombstones(t *testing.T) {
	ctx, s := t.Context(), newStore(t, openMiniredis(t), testLayout)
	must(t, s.Commit(ctx, []shard.Commit{{Shard: 1, Token: "one"}})[0])
	must(t, s.Commit(ctx, []shard.Commit{erase(2, "", "one", 5, "a")})[0])
	calls := &pipelines{}
	s.client.AddHook(calls)
	for _, row := range []struct {
		name string
		do   func() error
		want int
	}{
		{"load somebody unknown", func() error { return loadOf(ctx, s, 1, "b") }, 1},
		{"load somebody unknown where there are tombstones", func() error { return loadOf(ctx, s, 2, "b") }, 2},
		{"load nobody where there are tombstones", func() error { return loadOf(ctx, s, 2) }, 1},
		{"commit", func() error { return s.Commit(ctx, []shard.Commit{{Shard: 1, Read: "one", Token: "two"}})[0] }, 1},
	} {
		must(t, loadOf(ctx, s, 1)) // the server knows the script
		calls.n = 0
		if err := row.do(); err != nil || calls.n != row.want {
			t.Errorf("%s: got %d calls and error %v, want %d", row.name, calls.n, err, row.want)
		}
	}
}

func loadOf(ctx context.Context, s *Store, n int, customers ...string) error {
	_, err := s.Load(ctx, []shard.Query{{Shard: n, Customers: customers}})
	return err
}

// pipelines counts pipelines and single commands.
type pipelines struct{ n int }

func (p *pipelines) DialHook(next goredis.DialHook) goredis.DialHook { return next }

func (p *pipelines) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook {
	return func(ctx context.Context, cmd goredis.Cmder) error {
		p.n++
		return next(ctx, cmd)
	}
}

func (p *pipelines) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		if len(cmds) > 0 {
			p.n++
		}
		return next(ctx, cmds)
	}
}

// TestTombstonesOfAnotherType: what somebody has put in the place of tombstones is damage; a drop removes it.
func TestTombstonesOfAnotherType(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		must(t, client.Del(ctx, s.erasedKey(3)).Err())
		must(t, client.Set(ctx, s.erasedKey(3), "by hand", 0).Err())
		_, audit := s.Audit(ctx, []int{3})
		commit := s.Commit(ctx, []shard.Commit{erase(3, "one", "two", 6, "a")})[0]
		for name, err := range map[string]error{"audit": audit, "commit": commit} {
			damaged := (*shard.DamagedError)(nil)
			if !errors.As(err, &damaged) || damaged.Shard != 3 || !errors.Is(err, shard.ErrTombstones) {
				t.Errorf("%s: got error %v, want shard 3 damaged, and %v", name, err, shard.ErrTombstones)
			}
		}
		must(t, s.Drop(ctx, []int{3}))
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "anew", 6, "a")})[0])
		if audits, err := s.Audit(ctx, []int{3}); err != nil || !audits[0].Intact() {
			t.Errorf("after the drop: got %+v and error %v, want the shard intact", audits, err)
		}
	})
}

// TestTombstonesOutliveLeftovers: a shard has lost only its head. The commit that creates the shard removes what is left over, but not the
// tombstones.
func TestTombstonesOutliveLeftovers(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		must(t, s.Commit(ctx, []shard.Commit{erase(3, "", "one", 5, "a")})[0])
		must(t, client.Del(ctx, s.keys(3)[metaKey]).Err())
		must(t, s.Commit(ctx, []shard.Commit{{Shard: 3, Token: "anew"}})[0])
		audits, err := s.Audit(ctx, []int{3})
		if want := (shard.Counts{Profiles: 1, Due: 1, Outbox: 1, Erased: 1}); err != nil || !audits[0].Intact() || audits[0].Actual != want {
			t.Errorf("got %+v and error %v, want only sentinels and the tombstone", audits, err)
		}
	})
}
