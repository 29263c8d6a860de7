package service_test

import (
	"bufio"
	"net"
	"strings"
	"sync"
	"testing"
)

// commits are the commit scripts that a Redis runs, by their tokens.
type commits struct {
	mu     sync.Mutex
	tokens map[string]int
	total  int
}

// watchCommits collects the commits of a server with MONITOR until the test is over.
func watchCommits(t *testing.T, addr string) *commits {
	t.Helper()
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Write([]byte("MONITOR\r\n")); err != nil {
		t.Fatal(err)
	}
	from := bufio.NewReader(conn)
	if line, err := from.ReadString('\n'); err != nil || line != "+OK\r\n" {
		t.Fatalf("monitor: got %q and error %v, want OK", line, err)
	}
	c := &commits{tokens: map[string]int{}}
	var done sync.WaitGroup
	done.Go(func() {
		for {
			line, err := from.ReadString('\n')
			if err != nil {
				return // closed
			}
			c.note(line)
		}
	})
	t.Cleanup(func() {
		_ = conn.Close()
		done.Wait()
	})
	return c
}

// note records a line: +time [db client] "evalsha" digest "5" and five keys, then the token read and the one to leave.
func (c *commits) note(line string) {
	words := strings.SplitN(line, " ", 15)
	if len(words) < 15 || !strings.HasPrefix(strings.ToLower(words[3]), `"eval`) || words[5] != `"5"` {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tokens[words[12]]++
	c.total++
}

// repeated counts the tokens that occur more than once.
func (c *commits) repeated() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.total - len(c.tokens)
}
