package redis

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"
	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
	"tidemark/internal/shard"
)

// TestScriptsComeBack makes the server forget the scripts before every call, as after a failover or a flush.
func TestScriptsComeBack(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		mark := shard.Partition{Topic: event.Purchases}
		shards := []int{1, 2, 3}
		each := func(build func(n int) shard.Commit) error {
			var commits []shard.Commit
			for _, n := range shards {
				commits = append(commits, build(n))
			}
			for _, err := range s.Commit(ctx, commits) {
				if err != nil {
					return err
				}
			}
			return nil
		}
		for _, step := range []struct {
			name string
			call func() error
		}{
			{"open", func() error { return s.Open(ctx) }},
			{"create", func() error {
				return each(func(n int) shard.Commit {
					return shard.Commit{Shard: n, Token: "one", Updates: []shard.Update{{Customer: "a", Profile: []byte("a1"), Due: 1}}}
				})
			}},
			{"commit", func() error {
				return each(func(n int) shard.Commit { return shard.Commit{Shard: n, Read: "one", Token: "two"} })
			}},
			{"load", func() error {
				loaded, err := s.Load(ctx, []shard.Query{{Shard: 1, Customers: []string{"a"}}, {Shard: 3, Customers: []string{"a"}}})
				if err == nil && (string(loaded[0].Profiles[0]) != "a1" || loaded[1].Meta.Token != "two") {
					err = fmt.Errorf("got %+v, want a1 and token two", loaded)
				}
				return err
			}},
			{"mark", func() error {
				metas, err := s.Mark(ctx, []shard.Marker{{Shard: 1, Next: shard.Marks{mark: 5}}, {Shard: 2, Next: shard.Marks{mark: 6}}})
				if err == nil && (metas[0].Marks[mark] != 5 || metas[1].Marks[mark] != 6) {
					err = fmt.Errorf("got %+v, want marks 5 and 6", metas)
				}
				return err
			}},
			{"audit", func() error {
				audits, err := s.Audit(ctx, shards)
				if err == nil && audits[2].Actual.Profiles != 2 {
					err = fmt.Errorf("got %+v, want 2 profiles", audits)
				}
				return err
			}},
			{"drop", func() error { return s.Drop(ctx, shards) }},
		} {
			forget := func(ctx context.Context, node *goredis.Client) error { return node.ScriptFlush(ctx).Err() }
			if err := eachMaster(t, client, forget); err != nil {
				t.Fatalf("forget scripts before %s: %v", step.name, err)
			}
			if err := step.call(); err != nil {
				t.Errorf("%s: got error %v, want none", step.name, err)
			}
		}
	})
}

// TestScriptIsSentOnce counts commands: the client sends the source of a script once, and otherwise the digest.
func TestScriptIsSentOnce(t *testing.T) {
	s := newStore(t, openMiniredis(t), testLayout)
	watch := &commandCounter{}
	s.client.AddHook(watch)
	read := shard.Token("")
	for i := range 10 {
		next := shard.Token(fmt.Sprint(i))
		if err := s.Commit(t.Context(), []shard.Commit{{Shard: 1, Read: read, Token: next}})[0]; err != nil {
			t.Fatalf("commit %d: got error %v, want none", i, err)
		}
		read = next
	}
	if watch.eval != 1 || watch.evalsha != 10 {
		t.Errorf("got %d EVAL and %d EVALSHA, want 1 and 10", watch.eval, watch.evalsha)
	}
}

type commandCounter struct{ eval, evalsha int }

func (c *commandCounter) DialHook(next goredis.DialHook) goredis.DialHook          { return next }
func (c *commandCounter) ProcessHook(next goredis.ProcessHook) goredis.ProcessHook { return next }

func (c *commandCounter) ProcessPipelineHook(next goredis.ProcessPipelineHook) goredis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []goredis.Cmder) error {
		for _, cmd := range cmds {
			switch cmd.Name() {
			case "eval":
				c.eval++
			case "evalsha":
				c.evalsha++
			}
		}
		return next(ctx, cmds)
	}
}

// TestLostReply closes the connection after the server has carried out a commit, and before the reply arrives. The client sends the
// commit again. The script finds the new token in the head, and answers that the commit is done.
func TestLostReply(t *testing.T) {
	server := miniredis.RunT(t)
	cut := &cutter{needle: []byte("new token")}
	client := goredis.NewClient(&goredis.Options{Addr: server.Addr(), Dialer: cut.dial})
	t.Cleanup(func() { _ = client.Close() })
	s := newStore(t, client, testLayout)
	commit := func(read, token shard.Token) error {
		return s.Commit(t.Context(), []shard.Commit{{
			Shard: 1, Read: read, Token: token, Outbox: []shard.Output{{ID: "o"}}, Census: map[string]int64{"commits": 1},
		}})[0]
	}
	if err := commit("", "old token"); err != nil {
		t.Fatalf("first commit: got error %v, want none", err)
	}
	cut.armed.Store(true)
	if err := commit("old token", "new token"); err != nil {
		t.Errorf("commit with its reply lost: got error %v, want none", err)
	}
	if got := cut.cuts.Load(); got != 1 {
		t.Fatalf("got %d connections cut, want 1", got)
	}
	audit, err := s.Audit(t.Context(), []int{1})
	if err != nil || audit[0].Meta.Sequence != 2 || audit[0].Actual.Outbox != 3 {
		t.Errorf("after it: got %+v and error %v, want sequence 2, and 2 outputs beside the sentinel", audit, err)
	}
}

// cutter opens connections and can cut one of them. Once armed, it cuts the first connection that sends the
// needle, when the reply arrives.
type cutter struct {
	needle []byte
	armed  atomic.Bool
	cuts   atomic.Int32
}

func (c *cutter) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, addr)
	return &cutConn{Conn: conn, cutter: c}, err
}

type cutConn struct {
	net.Conn
	cutter *cutter
	doomed atomic.Bool
}

func (c *cutConn) Write(b []byte) (int, error) {
	if bytes.Contains(b, c.cutter.needle) && c.cutter.armed.CompareAndSwap(true, false) {
		c.doomed.Store(true)
	}
	return c.Conn.Write(b)
}

// Read waits for the reply, which shows that the server has done the work. If the connection is to be cut, it drops the reply.
func (c *cutConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if err == nil && c.doomed.Load() {
		c.cutter.cuts.Add(1)
		_ = c.Conn.Close()
		return 0, io.EOF
	}
	return n, err
}
