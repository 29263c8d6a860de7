package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

func TestErrorClass(t *testing.T) {
	for _, row := range []struct {
		err  error
		want string
	}{
		{nil, ""},
		{fmt.Errorf("commit shard 7: %w", shard.ErrConflict), "conflict"},
		{fmt.Errorf("load: %w", context.DeadlineExceeded), "timeout"},
		{&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, "timeout"},
		{goredis.ErrPoolTimeout, "timeout"},
		{context.Canceled, "canceled"},
		{&net.OpError{Op: "dial", Err: errors.New("connection refused")}, "network"},
		{io.EOF, "network"},
		{goredis.ErrClosed, "network"},
		{ErrTooLarge, "too_large"},
		{fmt.Errorf("commit: %w", &shard.RefusedError{Shard: 3, Err: ErrTooLarge}), "too_large"},
		{fmt.Errorf("commit: %w", &shard.RefusedError{Shard: 3, Err: errors.New("no such token")}), "refused"},
		{errors.New("of nothing"), "other"},
	} {
		if got := ErrorClass(row.err); got != row.want {
			t.Errorf("%v: got %q, want %q", row.err, got, row.want)
		}
	}
}

// TestErrorClassOfReplies makes a server refuse a commit with each error reply, also in the form of a server before Redis 7.
func TestErrorClassOfReplies(t *testing.T) {
	for _, row := range []struct{ reply, want string }{
		{"OOM command not allowed when used memory > 'maxmemory'. script: 4f1, on @user_script:70.", "oom"},
		{"ERR Error running script (call to f_4f1): @user_script:70: @user_script: 70: -OOM command not allowed when used memory > 'maxmemory'.", "oom"},
		{"READONLY You can't write against a read only replica.", "readonly"},
		{"NOREPLICAS Not enough good replicas to write.", "noreplicas"},
		{"LOADING Redis is loading the dataset in memory", "loading"},
		{"MISCONF Errors writing to the AOF file: No space left on device", "misconf"},
		{"CLUSTERDOWN The cluster is down", "clusterdown"},
		{"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", "clusterdown"},
		{"TRYAGAIN Multiple keys request during rehashing of slot", "tryagain"},
		{"WRONGTYPE Operation against a key holding the wrong kind of value", "damaged"},
		{"ERR Protocol error: invalid bulk length", "too_large"},
		{"ERR Protocol error: invalid multibulk length", "too_large"},
		{"ERR nothing of note", "other"},
	} {
		server := miniredis.RunT(t)
		client := goredis.NewClient(&goredis.Options{Addr: server.Addr(), MaxRetries: -1})
		s := newStore(t, client, testLayout)
		if err := s.Ping(t.Context()); err != nil { // connects
			t.Fatalf("ping: got error %v, want none", err)
		}
		server.SetError(row.reply)
		err := s.Commit(t.Context(), []shard.Commit{{Shard: 1, Token: "one"}})[0]
		if got := ErrorClass(err); got != row.want {
			t.Errorf("%v: got %q, want %q", err, got, row.want)
		}
		_ = client.Close()
	}
}

func TestErrorClassOfAServerThatIsGone(t *testing.T) {
	server := miniredis.RunT(t)
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr(), MaxRetries: 1, MaxRetryBackoff: time.Millisecond, DialerRetries: 1})
	t.Cleanup(func() { _ = client.Close() })
	s := newStore(t, client, testLayout)
	server.Close()
	for _, err := range s.Commit(t.Context(), []shard.Commit{{Shard: 1, Token: "one"}, {Shard: 2, Token: "one"}}) {
		if got := ErrorClass(err); got != "network" {
			t.Errorf("%v: got %q, want network", err, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Load(ctx, []shard.Query{{Shard: 1}}); ErrorClass(err) != "canceled" {
		t.Errorf("a cancelled call: %v: got %q, want canceled", err, ErrorClass(err))
	}
}
