package service_test

import (
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
)

// TestWrongZoneWritesNothing: a zone that does not exist is refused before anything is written, so that the right one is not refused after
// it.
func TestWrongZoneWritesNothing(t *testing.T) {
	s := servicetest.Start(t, 1)
	c := usual()
	c.zone, c.untilCaughtUp = "Mars/Olympus", true
	if err := run(t, s, c); err == nil || !strings.Contains(err.Error(), "Mars/Olympus") {
		t.Errorf("got error %v, want one that names the zone", err)
	}
	if keys := s.Keys(t, ""); len(keys) != 0 {
		t.Errorf("keys written: want none, got %v", keys)
	}
	c.zone = "Europe/Berlin"
	if err := run(t, s, c); err != nil {
		t.Errorf("with a zone that exists: got error %v, want none", err)
	}
}
