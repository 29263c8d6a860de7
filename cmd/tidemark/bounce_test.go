package main

import (
	"strings"
	"testing"

	realservers "tidemark/internal/servers"
	"tidemark/internal/servers/serverstest"
	"tidemark/internal/service/servicetest"
)

// TestRealBrokerBounce stops the broker under load and starts it again, once by a clean shutdown and once by a kill. Both members log
// errors, go on where they were, and end by themselves.
func TestRealBrokerBounce(t *testing.T) {
	broker := serverstest.Kafka(t, realservers.KafkaOptions{Settings: map[string]string{
		"broker.session.timeout.ms": "1000", "broker.heartbeat.interval.ms": "100", // else it waits nine seconds for itself to be gone
	}})
	s := &servers{servicetest.Real(t, broker, serverstest.Redis(t, realservers.RedisOptions{}))}
	s.CreateTopics(t, endToEndPartitions)
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
		all := s.Events(t)
		noticed := map[*process]int{}
		for _, m := range members {
			noticed[m] = m.troubles()
		}
		fault.end()
		for _, m := range members {
			servicetest.Eventually(t, servicetest.Longest, m.name+" notices that the broker is "+fault.name, func() bool { return m.troubles() > noticed[m] })
		}
		before := servicetest.Sum(s.Applied(t))
		t.Logf("%s with %d of %d events committed", fault.name, before, all)
		if before == all {
			t.Fatal("everything is committed: this was no load")
		}
		if err := broker.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		servicetest.Eventually(t, servicetest.Longest, "the members go on", func() bool { return servicetest.Sum(s.Applied(t)) > before })
	}
	for _, m := range members {
		if got := m.code(t, servicetest.Within); got != 0 {
			t.Fatalf("%s: exit code %d, want 0", m.name, got)
		}
	}
	replayed.Compare(t, s.Servers)
}

// troubles counts the errors of Kafka that this process has logged and retried.
func (p *process) troubles() int {
	said := p.said()
	return strings.Count(said, `"msg":"kafka: trying again"`) + strings.Count(said, `"msg":"trouble"`)
}
