package main

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/model"
)

// `model activate` prints what happens to the model before. `model show` and `doctor` print an announced model.
func TestModelAnnouncements(t *testing.T) {
	s := startServers(t, 1)
	named := func(name string) string { return file(t, "# "+name+"\n"+string(model.Default())) }
	activate := func(name, at string) answer {
		args := append([]string{"model", "activate", named(name)}, s.redisFlags()...)
		if at != "" {
			args = append(args, "--effective-at", at)
		}
		return tidemark(t, args...)
	}
	shows := func(name string) {
		t.Helper()
		if got := must(t, append([]string{"model", "show"}, s.redisFlags()...)...); !strings.HasPrefix(got, "# "+name+"\n") {
			t.Errorf("model show begins with %.20q, want the model in force, %s", got, name)
		}
	}
	activate("a", "").says(t, 0, "is in force from the beginning")
	activate("b", "2100-01-01").says(t, 0, "is in force from 2100-01-01T00:00:00Z")
	shows("a")
	tidemark(t, append([]string{"model", "show"}, s.redisFlags()...)...).says(t, 0, "# until 2100-01-01T00:00:00Z, when the model with hash")
	activate("b", "2100-02-01").says(t, 0, "is in force from 2100-02-01T00:00:00Z")
	activate("c", "2100-03-01").says(t, 0, "announced from 2100-02-01T00:00:00Z, is withdrawn", "is in force from 2100-03-01T00:00:00Z")
	shows("a")
	activate("a", "").says(t, 0, "announced from 2100-03-01T00:00:00Z, is withdrawn", "is in force already, from the beginning")
	tidemark(t, append([]string{"model", "show"}, s.redisFlags()...)...).says(t, 0, "in force from the first start")

	// A switch is so near that a withdrawal would not reach all instances in time. The command waits until the switch is done.
	soon := event.InstantOf(time.Now().Add(time.Second))
	activate("b", soon.String()).says(t, 0, "is in force from "+soon.String())
	if got := activate("c", "2100-01-01"); strings.Contains(got.out, "withdrawn") || time.Now().Before(soon.Time()) {
		t.Errorf("a model a second before its instant: it says %q, want it to come into force", got.out)
	}
	shows("b")
}
