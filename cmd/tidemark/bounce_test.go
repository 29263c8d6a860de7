package main

import (
	"strings"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
)

// TestRealBrokerBounce takes the broker away under load and brings it back, once in order and once not. Both members notice,
// carry on where they were, and end by themselves.
func TestRealBrokerBounce(t *testing.T) {
	broker := serverstest.Kafka(t, realservers.KafkaOptions{Settings: map[string]string{
		"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "100", // else it waits nine seconds for itself to be gone
	}})
	s := realServers(t, broker, serverstest.Redis(t, realservers.RedisOptions{}))
	s.createTopics(t, endToEndPartitions)
	log := lengthy(t)
	replayed := log.replay(t)
	log.load(t, s)
	members := []*process{
		log.member(t, s, "first", untilCaughtUp, log.batches(700)),
		log.member(t, s, "second", untilCaughtUp, log.batches(700)),
	}
	s.awaitMiddle(t, members...)
	stop := func() {
		if err := broker.Stop(); err != nil {
			t.Fatal(err)
		}
	}
	for _, fault := range []struct {
		name string
		end  func()
	}{{"stopped", stop}, {"killed", broker.Kill}} {
		all := s.events(t)
		noticed := map[*process]int{}
		for _, m := range members {
			noticed[m] = m.troubles()
		}
		fault.end()
		for _, m := range members {
			eventually(t, longest, m.name+" notices that the broker is "+fault.name, func() bool { return m.troubles() > noticed[m] })
		}
		before := sum(s.applied(t))
		t.Logf("%s with %d of %d events committed", fault.name, before, all)
		if before == all {
			t.Fatal("everything is committed: this was no load")
		}
		if err := broker.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		eventually(t, longest, "the members go on", func() bool { return sum(s.applied(t)) > before })
	}
	for _, m := range members {
		if got := m.code(t, endToEndWithin); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.compare(t, s)
}

// troubles counts what this process has said to have gone wrong with Kafka, and to be tried again.
func (p *process) troubles() int {
	said := p.said()
	return strings.Count(said, `"msg":"kafka: trying again"`) + strings.Count(said, `"msg":"trouble"`)
}
