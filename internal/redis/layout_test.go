package redis

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/shard"
)

func TestOpenHoldsToTheLayout(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		s := newStore(t, client, testLayout)
		if _, ok, err := s.Layout(t.Context()); ok || err != nil {
			t.Errorf("layout of an empty server: got %v and error %v, want none", ok, err)
		}
		for try := range 2 {
			if err := s.Open(t.Context()); err != nil {
				t.Fatalf("open, try %d: got error %v, want none", try, err)
			}
		}
		if got, ok, err := s.Layout(t.Context()); !ok || err != nil || got != testLayout {
			t.Errorf("layout: got %+v, %v and error %v, want %+v", got, ok, err, testLayout)
		}
		for _, row := range []struct {
			field, there, here string
			layout             shard.Layout
		}{
			{"shards", "64", "128", shard.Layout{Shards: 128, Partitioner: shard.Murmur2, Zone: "UTC", Base: "EUR"}},
			{"partitioner", "murmur2", "crc32", shard.Layout{Shards: 64, Partitioner: shard.CRC32, Zone: "UTC", Base: "EUR"}},
			{"zone", "UTC", "Europe/Berlin", shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Zone: "Europe/Berlin", Base: "EUR"}},
			{"base_currency", "EUR", "USD", shard.Layout{Shards: 64, Partitioner: shard.Murmur2, Zone: "UTC", Base: "USD"}},
		} {
			err := newStore(t, client, row.layout).Open(t.Context())
			want := fmt.Sprintf("%s is %q there, %q here", row.field, row.there, row.here)
			if !errors.Is(err, ErrLayout) || !strings.Contains(err.Error(), want) {
				t.Errorf("another %s: got error %v, want %v with %s", row.field, err, ErrLayout, want)
			}
		}
		if got, _, err := s.Layout(t.Context()); err != nil || got != testLayout {
			t.Errorf("layout after the refusals: got %+v and error %v, want %+v", got, err, testLayout)
		}
	})
}

// TestOpenAtOnce starts programs of two settings on an empty server: those of one open it, those of the other do not.
func TestOpenAtOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		other := shard.Layout{Shards: 128, Partitioner: shard.CRC32, Zone: "Asia/Tokyo", Base: "JPY"}
		errs := make([]error, 16)
		var wg sync.WaitGroup
		for i := range errs {
			s := newStore(t, client, []shard.Layout{testLayout, other}[i%2])
			wg.Go(func() { errs[i] = s.Open(t.Context()) })
		}
		wg.Wait()
		got, _, err := newStore(t, client, testLayout).Layout(t.Context())
		if err != nil || got != testLayout && got != other {
			t.Fatalf("layout: got %+v and error %v, want one of the two, whole", got, err)
		}
		for i, err := range errs {
			won := ([]shard.Layout{testLayout, other}[i%2]) == got
			if won && err != nil || !won && !errors.Is(err, ErrLayout) {
				t.Errorf("program %d: got error %v, want it to open: %v", i, err, won)
			}
		}
	})
}
