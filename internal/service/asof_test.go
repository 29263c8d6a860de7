package service_test

import (
	"strings"
	"testing"

	"tidemark/internal/service/servicetest"
)

// A second run with a later --as-of evaluates every customer again, although the log holds nothing new.
func TestALaterAsOfIsEvaluated(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, smallLog(t))
	for _, asOf := range []string{"2026-03-10", "2026-03-20"} {
		c := usual()
		c.asOf, c.untilCaughtUp = instant(t, asOf), true
		if err := run(t, s, c); err != nil {
			t.Fatal(err)
		}
		if got, want := s.Score(t, "cid", "as_of"), asOf+"T00:00:00Z"; got != want {
			t.Errorf("cid is scored as of %q, want %q", got, want)
		}
	}
}

func TestAnEventAfterTheAsOfEndsTheRun(t *testing.T) {
	s := servicetest.Start(t, 2)
	s.Send(t, smallLog(t))
	c := usual()
	c.asOf, c.untilCaughtUp = instant(t, "2026-03-02"), true
	err := run(t, s, c)
	if err == nil || !strings.Contains(err.Error(), "event after the as-of") || !strings.Contains(err.Error(), "2026-03-02T10:00:00Z") {
		t.Errorf("got error %v, want which event is after the as-of", err)
	}
}
