package redis

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

func finding(t *testing.T, s *Store, name string) Finding {
	t.Helper()
	findings := s.CheckServer(t.Context())
	for _, f := range findings {
		if strings.HasPrefix(f.Name, name) {
			return f
		}
	}
	t.Fatalf("findings: got %+v, want one named %q", findings, name)
	return Finding{}
}

func TestCheckServerOfTheServersWeTestWith(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		findings := newStore(t, client, testLayout).CheckServer(t.Context())
		var nodes atomic.Int32 // the calls are concurrent
		if err := eachMaster(t, client, func(context.Context, *goredis.Client) error { nodes.Add(1); return nil }); err != nil {
			t.Fatal(err)
		}
		if want := 3 + 3*int(nodes.Load()); len(findings) != want { // version, eviction and scripts of each
			t.Errorf("got %d findings, want %d: %+v", len(findings), want, findings)
		}
		for _, f := range findings {
			if !f.OK {
				t.Errorf("got %+v, want it OK", f)
			}
		}
	})
}

func TestCheckServer(t *testing.T) {
	for _, row := range []struct {
		name                   string
		config, memory, server string // the replies of CONFIG GET, INFO memory and INFO server
		finding                string
		ok                     bool
		detail                 string
	}{
		{"never evicts", "noeviction", "", "", "redis eviction policy", true, "noeviction"},
		{"evicts", "allkeys-lru", "", "", "redis eviction policy", false, "allkeys-lru"},
		{"evicts, and only INFO may tell", "", "maxmemory_policy:volatile-ttl\r\n", "", "redis eviction policy", false, "volatile-ttl"},
		{"never evicts, and only INFO may tell", "", "used_memory:1\r\nmaxmemory_policy:noeviction\r\n", "", "redis eviction policy", true, "noeviction"},
		{"tells nothing", "", "", "", "redis eviction policy", true, "unknown: the server does not tell"},
		{"recent", "", "", "# Server\r\nredis_version:7.0.15\r\nredis_mode:standalone\r\n", "redis version", true, "7.0.15"},
		{"recent by two digits", "", "", "redis_version:10.0.0\r\n", "redis version", true, "10.0.0"},
		{"just recent enough", "", "", "redis_version:6.2.0\r\n", "redis version", true, "6.2.0"},
		{"too old", "", "", "redis_version:6.0.16\r\n", "redis version", false, "6.0.16"},
	} {
		m := miniredis.RunT(t)
		answer := func(texts map[string]string) server.Cmd {
			return func(c *server.Peer, _ string, args []string) {
				text := texts[strings.ToLower(args[0])]
				if text == "" {
					c.WriteError("NOPERM this user has no permissions to run the command")
					return
				}
				if strings.EqualFold(args[0], "get") {
					c.WriteLen(2)
					c.WriteBulk(args[1])
				}
				c.WriteBulk(text)
			}
		}
		must(t, m.Server().Register("CONFIG", answer(map[string]string{"get": row.config})))
		m.Server().SetPreHook(func(c *server.Peer, cmd string, args ...string) bool {
			if cmd != "INFO" {
				return false
			}
			answer(map[string]string{"memory": row.memory, "server": row.server})(c, cmd, args)
			return true
		})
		client := goredis.NewClient(&goredis.Options{Addr: m.Addr()})
		f := finding(t, newStore(t, client, testLayout), row.finding)
		if f.OK != row.ok || f.Detail != row.detail || f.OK != (f.Remedy == "") {
			t.Errorf("%s: got %+v, want OK %v, detail %q, and a remedy where it is not OK", row.name, f, row.ok, row.detail)
		}
		_ = client.Close()
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestWritable(t *testing.T) {
	m := miniredis.RunT(t)
	client := goredis.NewClient(&goredis.Options{Addr: m.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	s := newStore(t, client, testLayout)
	if err := s.Writable(t.Context()); err != nil {
		t.Errorf("a server in order: got error %v, want none", err)
	}
	if ttl := m.TTL("tm:probe"); ttl != probeLife {
		t.Errorf("the probe: got a life of %v, want %v", ttl, probeLife)
	}
	m.Server().SetPreHook(func(c *server.Peer, cmd string, _ ...string) bool {
		if cmd == "SET" {
			c.WriteError("MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.")
		}
		return cmd == "SET"
	})
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping: got error %v, want none: it answers", err)
	}
	if err := s.Writable(t.Context()); ErrorClass(err) != "misconf" {
		t.Errorf("a full disk: got error %v, want one of class misconf", err)
	}
	if f := finding(t, s, "redis takes writes"); f.OK || !strings.Contains(f.Remedy, "disk") {
		t.Errorf("a full disk: got %+v, want it not OK and a remedy that names the disk", f)
	}
	m.Close()
	if f := finding(t, s, "redis answers"); f.OK || f.Remedy == "" {
		t.Errorf("a server that is gone: got %+v, want it not OK and a remedy", f)
	}
}

// TestForbiddenScriptsAreFound: a user who may not call EVALSHA, or no script at all, cannot serve.
func TestForbiddenScriptsAreFound(t *testing.T) {
	server := serverstest.Redis(t, servers.RedisOptions{})
	for _, right := range []string{"-evalsha", "-@scripting"} {
		if err := server.Client().Do(t.Context(), "ACL", "SETUSER", "scorer", "reset", "on", ">secret", "~*", "&*", "+@all", right).Err(); err != nil {
			t.Fatal(err)
		}
		user := goredis.NewClient(&goredis.Options{Addr: server.Addr(), Username: "scorer", Password: "secret"})
		t.Cleanup(func() { _ = user.Close() })
		f := finding(t, newStore(t, user, testLayout), "redis runs scripts")
		if f.OK || f.Detail == "" || !strings.Contains(f.Remedy, "EVALSHA") {
			t.Errorf("%s: got %+v, want it found, and how to mend it", right, f)
		}
	}
}
