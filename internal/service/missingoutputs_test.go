package service_test

import (
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
	"tidemark/schemas"
)

// TestMissingOutputTopicIsNamed: a topic that an upgrade has brought, and that nobody has made, is named at the start.
func TestMissingOutputTopicIsNamed(t *testing.T) {
	s := servicetest.Start(t, 1)
	s.DeleteTopics(t, schemas.Erasures)
	c := usual()
	c.untilCaughtUp = true
	m := start(t, "the service", s, c)
	<-m.done
	if m.err != nil {
		t.Fatal(m.err)
	}
	if said := m.said(); strings.Count(said, "an output topic does not exist") != 1 || !strings.Contains(said, schemas.Erasures) {
		t.Errorf("want one line, on %s, in\n%s", schemas.Erasures, said)
	}
}
