package redis

import (
	"os"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/shard"
	"tidemark/internal/storetest"
)

// userOf returns a client of a server as a user with rights.
func userOf(t *testing.T, server *servers.Redis, rights ...any) *goredis.Client {
	t.Helper()
	args := append([]any{"ACL", "SETUSER", "scorer", "reset", "on", ">secret"}, rights...)
	if err := server.Client().Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
	user := goredis.NewClient(&goredis.Options{Addr: server.Addr(), Username: "scorer", Password: "secret"})
	t.Cleanup(func() { _ = user.Close() })
	return user
}

func leastRights() (rights []any) {
	for _, r := range LeastRights(DefaultPrefix) {
		rights = append(rights, r)
	}
	return rights
}

// TestLeastRights: a user with the rights that deploy/README.md lists can do all that a store does. Where one of them is missing, the check
// of the server names the command: otherwise a lane would try the command for ever.
func TestLeastRights(t *testing.T) {
	server := serverstest.Redis(t, servers.RedisOptions{})
	user := userOf(t, server, leastRights()...)
	storetest.Run(t, func(t *testing.T, layout shard.Layout) storetest.Store {
		flush(t, server.Client())
		return newStore(t, user, layout)
	})
	flush(t, server.Client())
	ctx, s := t.Context(), newStore(t, user, testLayout)
	for name, do := range map[string]func() error{
		"open":           func() error { return s.Open(ctx) },
		"activate":       func() error { return s.ActivateModel(ctx, []byte("model"), "hash", 0) },
		"keep tm:meta":   func() error { _, err := s.KeepMeta(ctx, Meta{Model: "hash", GivenUp: 1}); return err },
		"remove foreign": func() error { _, err := s.RemoveForeign(ctx); return err },
		"population":     func() error { return s.ProjectPopulation(ctx, map[string]string{"customers": "1"}) },
		"write":          func() error { return s.Writable(ctx) },
		"stop":           func() error { _, err := s.Stop(ctx, []int{1}, 1, "token"); return err },
		"retire":         func() error { return s.Retire(ctx, []int{1}) },
		"clear":          func() error { return s.Clear(ctx, []int{1}) },
		"traces":         func() error { _, err := s.Traces(ctx, "ann"); return err },
	} {
		if err := do(); err != nil {
			t.Errorf("%s: got error %v, want none", name, err)
		}
	}
	for _, f := range s.CheckServer(ctx) {
		if !f.OK {
			t.Errorf("the least rights: got %+v, want it fine", f)
		}
	}
	for _, r := range rights {
		user := userOf(t, server, append(leastRights(), "-"+r.command)...)
		f := finding(t, newStore(t, user, testLayout), "redis user's rights")
		if f.OK || !strings.HasPrefix(f.Detail, strings.ToUpper(r.command)+": ") {
			t.Errorf("without %s: got %+v, want the command named", r.command, f)
		}
	}
	elsewhere := userOf(t, server, append(leastRights(), "resetkeys", "~other:*")...)
	if f := finding(t, newStore(t, elsewhere, testLayout), "redis user's rights"); f.OK || f.Remedy == "" {
		t.Errorf("keys of another prefix: got %+v, want it found, and how to mend it", f)
	}
}

// TestLeastRightsAreListed: deploy/README.md lists the rights.
func TestLeastRightsAreListed(t *testing.T) {
	page, err := os.ReadFile("../../deploy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Join(strings.Fields(strings.NewReplacer("\\\n", " ", "'", "").Replace(string(page))), " ")
	if want := strings.Join(LeastRights(DefaultPrefix), " "); !strings.Contains(listed, want) {
		t.Errorf("deploy/README.md: it does not hold %q", want)
	}
}
