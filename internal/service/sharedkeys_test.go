package service_test

import (
	"fmt"
	"maps"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/service/servicetest"
)

// TestSharedKeysHeal: while the service runs, a person deletes the keys that belong to no shard, deletes or changes a field of one, or puts
// another type in their place. No lane stands still, and the keys are as before. The log says so: what is said names the key.
func TestSharedKeysHeal(t *testing.T) {
	t.Parallel()
	s := servicetest.Start(t, 2)
	c := usual()
	c.shards = 8
	m := start(t, "the service", s, c)
	s.Send(t, smallLog(t))
	orders := 1
	scored := func() bool { return s.Score(t, "ann", "orders_365d") == fmt.Sprint(orders) }
	servicetest.Eventually(t, servicetest.Longest, "ann is scored", scored)
	keys := []string{"tm:meta", "tm:model", "tm:log", "tm:lanes"}
	servicetest.Eventually(t, servicetest.Longest, "all shared keys are there", func() bool {
		for _, hash := range s.Hashes(t, keys...) {
			if len(hash) == 0 {
				return false
			}
		}
		return true
	})
	was := map[string]map[string]string{}
	for i, hash := range s.Hashes(t, keys...) {
		was[keys[i]] = hash
	}
	del := func(key string) error { return s.Data.Del(t.Context(), key).Err() }
	set := func(key string) error { return s.Data.Set(t.Context(), key, "by hand", 0).Err() }
	spoil := func(key string) error {
		var fields []any // of logs that have records, and of one that has none
		for _, topic := range []event.Topic{event.Purchases, event.Feedbacks} {
			for _, index := range []string{":0", ":1"} {
				fields = append(fields, string(topic)+index, "by hand")
			}
		}
		return s.Data.HSet(t.Context(), key, fields...).Err()
	}
	field := func(key string) error { return s.Data.HDel(t.Context(), key, "edition").Err() }
	for _, row := range []struct {
		name string
		do   func(key string) error
		keys []string
		says string
	}{
		{"deleted", del, keys, ""},
		{"without a field", field, keys[:1], "redis had lost fields of tm:meta"},
		{"with a field that nobody can read", spoil, keys[2:3], "trouble"},
		{"of another type", set, keys, "another type was in the place of a key"},
	} {
		for _, key := range row.keys {
			said := len(m.notices(row.says))
			if err := row.do(key); err != nil {
				t.Fatal(err)
			}
			orders++
			s.Send(t, []event.Event{&event.Purchase{
				Head: event.Head{ID: fmt.Sprint("again", orders), Customer: "ann", OccurredAt: instant(t, "2026-03-03")},
				Kind: event.Order, OrderID: fmt.Sprint("again", orders), Amount: event.Money{Minor: 1000, Currency: "USD"},
			}})
			servicetest.Eventually(t, servicetest.Longest, fmt.Sprintf("ann's order %d counts, after %s was found %s", orders, key, row.name), scored)
			servicetest.Eventually(t, servicetest.Longest, fmt.Sprintf("%s is back, after it was found %s", key, row.name), func() bool {
				if kind := s.Data.Type(t.Context(), key).Val(); kind != "hash" {
					return false
				}
				now := s.Hashes(t, key)[0]
				if key == "tm:lanes" { // what lanes tell changes each second
					return len(now) == len(was[key])
				}
				return maps.Equal(now, was[key])
			})
			if row.says != "" && len(m.notices(row.says)) == said {
				t.Errorf("%s %s: the log does not say %q", key, row.name, row.says)
			}
		}
	}
	if err := m.end(); err != nil {
		t.Errorf("the service ended with %v, want no error", err)
	}
}
