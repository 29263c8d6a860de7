// Package serverstest gives tests real servers: of their own, or shared by all tests of a package.
package serverstest

import (
	"context"
	"errors"
	"os"
	"testing"

	"tidemark/internal/servers"
)

// logTail is how much of a server's log a failed test shows, in bytes.
const logTail = 3_000

// Redis starts a server for one test.
func Redis(t testing.TB, options servers.RedisOptions) *servers.Redis {
	t.Helper()
	r, err := servers.StartRedis(context.Background(), options)
	require(t, err)
	closing(t, r)
	return r
}

// Kafka starts a broker for one test.
func Kafka(t testing.TB, options servers.KafkaOptions) *servers.Kafka {
	t.Helper()
	k, err := servers.StartKafka(context.Background(), options)
	require(t, err)
	closing(t, k)
	return k
}

// Relay starts a relay for one test.
func Relay(t testing.TB, target string) *servers.Relay {
	t.Helper()
	relay, err := servers.NewRelay(target)
	require(t, err)
	t.Cleanup(func() { _ = relay.Close() })
	return relay
}

// require skips the test where this machine lacks a server, and fails it instead where TIDEMARK_STRICT is 1.
func require(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, servers.ErrMissing) && os.Getenv("TIDEMARK_STRICT") != "1" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// server is what failed tests tell about.
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

// explain shows the end of the log where the test failed, and keeps all of it.
func explain(t testing.TB, s server) {
	if t.Failed() {
		s.Keep()
		t.Logf("the log of the server is %s; it ends:\n%s", s.LogFile(), s.LogTail(logTail))
	}
}
