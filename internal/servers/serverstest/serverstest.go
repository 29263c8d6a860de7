// Package serverstest gives real servers to tests. A server belongs to one test, or to a Pool that all tests of a package share.
package serverstest

import (
	"context"
	"errors"
	"os"
	"testing"

	"tidemark/internal/servers"
)

// logTail is the length, in bytes, of the end of a server's log that a failed test shows.
const logTail = 3_000

// Redis starts a server for one test, and closes it at the end of the test. The test is skipped if redis-server is not installed;
// it fails instead if TIDEMARK_STRICT is 1.
func Redis(t testing.TB, options servers.RedisOptions) *servers.Redis {
	t.Helper()
	r, err := servers.StartRedis(context.Background(), options)
	require(t, err)
	closing(t, r)
	return r
}

// Kafka starts a broker for one test, and closes it at the end of the test. The test is skipped, or fails, as with Redis.
func Kafka(t testing.TB, options servers.KafkaOptions) *servers.Kafka {
	t.Helper()
	k, err := servers.StartKafka(context.Background(), options)
	require(t, err)
	closing(t, k)
	return k
}

// Relay starts a relay to target, host:port, for one test, and closes it at the end of the test.
func Relay(t testing.TB, target string) *servers.Relay {
	t.Helper()
	relay, err := servers.NewRelay(target)
	require(t, err)
	t.Cleanup(func() { _ = relay.Close() })
	return relay
}

// require ends the test on an error. If this machine lacks a server, the test is skipped; it fails instead if TIDEMARK_STRICT is 1.
func require(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, servers.ErrMissing) && os.Getenv("TIDEMARK_STRICT") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// server has the methods by which a failed test shows a server's log.
type server interface {
	LogFile() string
	LogTail(most int64) string
	Keep()
	Close() error
}

func closing(t testing.TB, s server) {
	t.Cleanup(func() {
		explain(t, s)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}

// explain shows the end of the server's log if the test failed, and keeps the server's folder.
func explain(t testing.TB, s server) {
	if t.Failed() {
		s.Keep()
		t.Logf("the log of the server is %s; it ends:\n%s", s.LogFile(), s.LogTail(logTail))
	}
}
