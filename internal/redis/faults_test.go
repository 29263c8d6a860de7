package redis

import (
	"fmt"
	"testing"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
)

// TestRefusalsOfRedis makes a real Redis refuse commits: it has no memory, too few replicas, or is a replica. A refused commit
// writes nothing, and succeeds once the cause is gone.
func TestRefusalsOfRedis(t *testing.T) {
	client := serverstest.Redis(t, servers.RedisOptions{}).Client()
	ctx, s := t.Context(), newStore(t, client, testLayout)
	config := func(name, value string) func() error {
		return func() error { return client.ConfigSet(ctx, name, value).Err() }
	}
	for n, row := range []struct {
		class         string
		begin, finish func() error
	}{
		{"oom", config("maxmemory", "1"), config("maxmemory", "0")},
		{"noreplicas", config("min-replicas-to-write", "1"), config("min-replicas-to-write", "0")},
		{
			"readonly",
			func() error { return client.Do(ctx, "REPLICAOF", "127.0.0.1", "1").Err() },
			func() error { return client.Do(ctx, "REPLICAOF", "NO", "ONE").Err() },
		},
	} {
		read := shard.Token("")
		for _, token := range []shard.Token{"one", "two"} { // to create a shard, and to change one
			c := batch(20)
			c.Shard, c.Read, c.Token, c.Outbox = n, read, token, []shard.Output{{ID: "o"}}
			state := func() string {
				t.Helper()
				audits, err := s.Audit(ctx, []int{n})
				if err != nil {
					t.Fatalf("%s: audit: got error %v, want none", row.class, err)
				}
				return fmt.Sprintf("%+v", audits)
			}
			want := state()
			must(t, row.begin())
			err := s.Commit(ctx, []shard.Commit{c})[0]
			if got := ErrorClass(err); got != row.class {
				t.Errorf("%s: from %q: got error %v of class %q, want class %s", row.class, read, err, got, row.class)
			}
			if got := ErrorClass(s.Writable(ctx)); got != row.class {
				t.Errorf("%s: writable: got class %q, want %s", row.class, got, row.class)
			}
			if got := state(); got != want {
				t.Errorf("%s: after the refusal: got %s, want %s", row.class, got, want)
			}
			must(t, row.finish())
			if err := s.Commit(ctx, []shard.Commit{c})[0]; err != nil {
				t.Fatalf("%s: when it is over: got error %v, want none", row.class, err)
			}
			read = token
		}
	}
}
