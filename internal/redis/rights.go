package redis

import (
	"context"
	"fmt"
	"slices"
	"strings"

	goredis "github.com/redis/go-redis/v9"
)

// rights are the commands that a service calls, by itself or in its scripts, with arguments that follow the key. Redis asks for the same
// rights within a script and outside. EVAL and EVALSHA have a check of their own.
var rights = []struct {
	command string
	args    []any
}{
	{"get", nil},
	{"type", nil},
	{"exists", nil},
	{"hget", []any{"f"}},
	{"hset", []any{"f", "v"}},
	{"hsetnx", []any{"f", "v"}},
	{"hdel", []any{"f"}},
	{"hexists", []any{"f"}},
	{"hlen", nil},
	{"hmget", []any{"f"}},
	{"hgetall", nil},
	{"hincrby", []any{"f", 1}},
	{"hscan", []any{0}},
	{"lindex", []any{0}},
	{"llen", nil},
	{"lrange", []any{0, 0}},
	{"lset", []any{0, "v"}},
	{"ltrim", []any{0, 0}},
	{"rpush", []any{"v"}},
	{"zadd", []any{1, "m"}},
	{"zrem", []any{"m"}},
	{"zcard", nil},
	{"zrange", []any{0, 0}},
	{"unlink", nil},
	{"del", nil},
}

// LeastRights are the rights of a Redis user, as ACL SETUSER takes them, that suffice for the service and for all commands under a key prefix.
func LeastRights(prefix string) []string {
	all := []string{"resetkeys", "~" + prefix + ":*", "resetchannels", "-@all", "+@connection"}
	for _, r := range rights {
		all = append(all, "+"+r.command)
	}
	return append(all, "+set", "+time", "+multi", "+exec", "+discard", "+eval", "+evalsha", "+info", "+scan", "+zscan", "+config|get", "+cluster", "+command")
}

// checkRights tries each command of rights on the key tm:probe. The key holds a string, so that a command for another type is refused for
// that, and changes nothing.
func (s *Store) checkRights(ctx context.Context) Finding {
	f := Finding{Name: "redis user's rights", OK: true}
	key := s.key("probe")
	pipe := s.client.Pipeline()
	pipe.Set(ctx, key, "", probeLife)
	for _, r := range rights {
		pipe.Do(ctx, append([]any{r.command, key}, r.args...)...)
	}
	pipe.Time(ctx)
	commands, _ := pipe.Exec(ctx) // every reply carries its own error
	tx, _ := s.client.TxPipelined(ctx, func(tx goredis.Pipeliner) error { return tx.Get(ctx, key).Err() })
	var names []string
	for _, c := range append(commands, tx...) {
		if name := strings.ToUpper(c.Name()); forbidden(c.Err()) && !slices.Contains(names, name) {
			names, f.Detail = append(names, name), c.Err().Error()
		}
	}
	if len(names) > 0 {
		f.OK, f.Detail = false, fmt.Sprintf("%s: %s", strings.Join(names, ", "), f.Detail)
		f.Remedy = "no rename-command for these, and for an ACL user at least the rights that deploy/README.md lists"
	}
	return f
}

// forbidden reports whether a server knows no such command, or the user may not call it, or not on this key.
func forbidden(err error) bool {
	return goredis.HasErrorPrefix(err, "NOPERM") || goredis.HasErrorPrefix(err, "ERR unknown command")
}
