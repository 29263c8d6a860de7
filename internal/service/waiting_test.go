package service_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// saysNotReady waits until /readyz says that the member is not ready, and why. The process lives meanwhile.
func (m *member) saysNotReady(t *testing.T, why string) {
	t.Helper()
	servicetest.Eventually(t, servicetest.Longest, "not ready, because "+why, func() bool {
		status, said := m.look(t, "/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(said, why)
	})
	if status, said := m.look(t, "/livez"); status != http.StatusOK || !m.running() {
		t.Errorf("alive: got %d, %q, running %t, want it to live: a restart would mend nothing", status, said, m.running())
	}
}

// isReady waits until /readyz says that the member is ready.
func (m *member) isReady(t *testing.T) {
	t.Helper()
	servicetest.Eventually(t, servicetest.Longest, "ready", func() bool {
		status, _ := m.look(t, "/readyz")
		return status == http.StatusOK
	})
}

// saysItWaited checks the lines of a member's log about a wait: one at its begin, with the error, and one at its end.
func (m *member) saysItWaited(t *testing.T, server string) {
	t.Helper()
	begin, end := m.notices("waiting for "+server), m.notices(server+" serves")
	if len(begin) == 0 || begin[0].Error == "" || len(end) != 1 {
		t.Errorf("the wait for %s in the log: want its begin with the error, and its end, got %+v and %+v", server, begin, end)
	}
}

// TestTheStartWaitsForItsServers: Kafka and Redis come up after the service, Redis still loading its data.
func TestTheStartWaitsForItsServers(t *testing.T) {
	s := servicetest.Start(t, 2)
	relay := serverstest.Relay(t, s.Kafka)
	relay.Cut()
	late := *s
	late.Kafka = relay.Addr()
	s.Embedded.Redis.Server().SetError("LOADING Redis is loading the dataset in memory")
	c := usual()
	c.redisOptions = "?max_retries=-1"
	m := start(t, "the service", &late, c)
	m.saysNotReady(t, "waiting for kafka since")
	if got := m.metric(t, "tidemark_ready"); got != 0 {
		t.Errorf("tidemark_ready while it waits: got %v, want 0", got)
	}
	relay.Lead(s.Kafka)
	m.saysNotReady(t, "LOADING")
	s.Embedded.Redis.Server().SetError("")
	m.isReady(t)
	if got := m.metric(t, "tidemark_ready"); got != 1 {
		t.Errorf("tidemark_ready when it serves: got %v, want 1", got)
	}
	m.saysItWaited(t, "kafka")
	m.saysItWaited(t, "redis")
}

// TestTheStartEndsAtOnceOnWrongSettings: waiting would hide what is wrong.
func TestTheStartEndsAtOnceOnWrongSettings(t *testing.T) {
	for name, row := range map[string]struct {
		wrong func(*servicetest.Servers, *settings)
		want  string
	}{
		"password":                           {func(s *servicetest.Servers, _ *settings) { s.Embedded.Redis.Server().RequireAuth("secret") }, "NOAUTH"},
		"zone, before a server that is away": {func(s *servicetest.Servers, c *settings) { s.Kafka, c.zone = "127.0.0.1:1", "Mars/Olympus" }, "Mars/Olympus"},
		"missing topics":                     {func(s *servicetest.Servers, _ *settings) { s.DeleteTopics(t) }, "tidemark topics create"},
		"a wait that is bounded": {func(s *servicetest.Servers, c *settings) {
			s.Embedded.Redis.Server().SetError("LOADING Redis is loading the dataset in memory")
			c.startWithin = time.Nanosecond
		}, "gave up waiting for redis"},
	} {
		t.Run(name, func(t *testing.T) {
			s, c := servicetest.Start(t, 2), usual()
			row.wrong(s, &c)
			if err := run(t, s, c); err == nil || !strings.Contains(err.Error(), row.want) {
				t.Errorf("got error %v, want it to say %q", err, row.want)
			}
		})
	}
}

// TestTheStartWaitsForAFrozenBroker: a broker that accepts connections and does not answer is away like one that is down.
func TestTheStartWaitsForAFrozenBroker(t *testing.T) {
	kafka := pool.Kafka(t, realservers.Kafka4)
	s := stagedServers(t, servicetest.Start(t, 1).Redis)
	kafka.Freeze()
	t.Cleanup(kafka.Thaw)
	c := usual()
	c.requestTimeout = time.Second
	m := start(t, "the service", s, c)
	m.saysNotReady(t, "waiting for kafka since")
	kafka.Thaw()
	m.isReady(t)
	m.saysItWaited(t, "kafka")
}
