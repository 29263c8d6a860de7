package service_test

import (
	"net/http"
	"strings"
	"testing"

	"tidemark/internal/redis"
	"tidemark/internal/service"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// TestLayoutLost: the shards have moved to another edition, and somebody deletes tm:meta while no instance runs. The next start takes edition
// 0 for that in force. It does not run in circles: it says what is wrong and what to do, and after the rebuild that it names it goes on.
func TestLayoutLost(t *testing.T) {
	t.Parallel()
	s := servicetest.Start(t, 2)
	c := usual()
	c.shards, c.untilCaughtUp = 8, true
	s.Send(t, smallLog(t))
	if err := run(t, s, c); err != nil {
		t.Fatal(err)
	}
	layout := layoutOf(t, s)
	store, err := redis.New(s.Data, "", layout)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Stop(t.Context(), layout.Numbers(), 1, shard.Token("the rebuild")); err != nil {
		t.Fatal(err)
	}
	if err := s.Data.Del(t.Context(), "tm:meta").Err(); err != nil {
		t.Fatal(err)
	}
	c.untilCaughtUp = false
	m := start(t, "the service", s, c)
	servicetest.Eventually(t, servicetest.Longest, "the service says why it cannot score", func() bool {
		status, said := m.look(t, "/readyz")
		return status != http.StatusOK && strings.Contains(said, "tm:meta says that edition 0 is in force") && strings.Contains(said, "tidemark rebuild")
	})
	if begun := len(m.notices("generation begins")); begun > 10 {
		t.Errorf("generations that began until then: got %d, want two for each time that the service joins", begun)
	}
	done, err := service.Rebuild(t.Context(), rebuildConfig(t, s, ""))
	if err != nil {
		t.Fatal(err)
	}
	if done.Now.Edition != 2 {
		t.Errorf("the rebuild makes edition %d, want 2: shards of edition 1 may still be there", done.Now.Edition)
	}
	s.Edition = done.Now.Edition
	s.AwaitCaughtUp(t)
	if got := s.Score(t, "ann", "orders_365d"); got != "1" {
		t.Errorf("ann's orders after the rebuild: got %q, want 1", got)
	}
	if err := m.end(); err != nil {
		t.Errorf("the service ended with %v, want no error", err)
	}
}
