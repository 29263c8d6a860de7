package service_test

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// buried leaves the tombstone of a customer of a shard that does not exist yet, as a drop would, and returns the customer. No log holds the
// event that made the tombstone.
func buried(t *testing.T, s *servicetest.Servers, n int, at event.Instant) string {
	t.Helper()
	layout := shard.Layout{Shards: servicetest.Shards, Partitioner: shard.Murmur2}
	customer := ""
	for i := 0; customer == "" || layout.Of(customer) != n; i++ {
		customer = fmt.Sprint("buried-", i)
	}
	store, err := redis.New(s.Data, "", layout)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Commit(t.Context(), []shard.Commit{{Shard: n, Token: "erased", Erased: []shard.Tombstone{{Customer: customer, At: at}}}})[0]; err != nil {
		t.Fatal(err)
	}
	if err := store.Drop(t.Context(), []int{n}); err != nil {
		t.Fatal(err)
	}
	return customer
}

// expectBuried looks for the tombstone of a customer under the layout in force. Every shard counts its tombstones.
func expectBuried(t *testing.T, s *servicetest.Servers, customer string, want event.Instant) {
	t.Helper()
	layout := layoutOf(t, s)
	store, err := redis.New(s.Data, "", layout)
	if err != nil {
		t.Fatal(err)
	}
	if at, _, err := store.Erased(t.Context(), customer); err != nil || at != want {
		t.Errorf("%s in edition %d: erased at %d, error %v, want %d", customer, layout.Edition, at, err, want)
	}
	found, err := store.Audit(t.Context(), []int{layout.Of(customer)})
	if err != nil || found[0].Meta.Counts.Erased != 1 || found[0].Actual.Erased != 1 {
		t.Errorf("shard of %s in edition %d: got %+v and error %v, want one tombstone, counted", customer, layout.Edition, found, err)
	}
}
