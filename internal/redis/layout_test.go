package redis

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
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

func TestModel(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if _, ok, err := s.Model(ctx); ok || err != nil {
			t.Errorf("model of an empty server: got %v and error %v, want none", ok, err)
		}
		if hash, err := s.ModelHash(ctx); hash != "" || err != nil {
			t.Errorf("model hash of an empty server: got %q and error %v, want none", hash, err)
		}
		for i, at := range []event.Instant{1_767_225_600_000, -1} { // one activated before the layout is there, one after
			raw, hash := "version: "+fmt.Sprint(i)+"\nname: ünï\n", fmt.Sprint("hash", i)
			if err := s.ActivateModel(ctx, []byte(raw), hash, at); err != nil {
				t.Fatalf("activate %s: got error %v, want none", hash, err)
			}
			got, ok, err := s.Model(ctx)
			if string(got.Source) != raw || got.Hash != hash || got.EffectiveAt != at || !ok || err != nil {
				t.Errorf("model: got %+v, %v and error %v, want %q, %s, %v", got, ok, err, raw, hash, at)
			}
			if (got.Before != nil) != (i > 0) || i > 0 && got.Before.Hash != "hash0" {
				t.Errorf("model before %s: got %+v, want hash0 before hash1 and none before it", hash, got.Before)
			}
			if got, err := s.ModelHash(ctx); got != hash || err != nil {
				t.Errorf("model hash: got %q and error %v, want %s", got, err, hash)
			}
			if got, err := client.HGet(ctx, "tm:meta", "model").Result(); got != hash || err != nil {
				t.Errorf("model hash in tm:meta: got %q and error %v, want %s", got, err, hash)
			}
			if err := s.Open(ctx); err != nil {
				t.Errorf("open beside a model: got error %v, want none", err)
			}
		}
		if err := s.ActivateModel(ctx, []byte("again"), "hash1", 0); err != nil {
			t.Errorf("activate hash1 again: got error %v, want none", err)
		}
		got, _, err := s.Model(ctx)
		if b := got.Before; err != nil || b == nil || b.Hash != "hash0" || len(b.Source) == 0 || b.EffectiveAt != 1_767_225_600_000 {
			t.Errorf("model before hash1, activated twice: got %+v and error %v, want hash0 as it was", b, err)
		}
		if err := s.ActivateModel(ctx, nil, "h", 0); err == nil {
			t.Error("activate nothing: got no error, want one")
		}
	})
}

// A server that was emptied gets its model back, with the one before it; a model that is there is left alone.
func TestRestoreModel(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		now := StoredModel{Source: []byte("now"), Hash: "hash1", EffectiveAt: 7}
		for _, row := range []struct {
			name       string
			there      string // the model in force before
			before     *StoredModel
			want       string
			wantBefore string
		}{
			{"nothing is there, and there was only one", "", nil, "hash1", ""},
			{"nothing is there, and there were two", "", &StoredModel{[]byte("before"), "hash0", -1}, "hash1", "hash0"},
			{"somebody has activated another since", "hash2", &StoredModel{[]byte("before"), "hash0", -1}, "hash2", ""},
			{"another instance was first", "hash1", nil, "hash1", ""},
		} {
			flush(t, client)
			if row.there != "" {
				if err := s.ActivateModel(ctx, []byte("there"), row.there, 7); err != nil {
					t.Fatalf("%s: activate: got error %v, want none", row.name, err)
				}
			}
			if err := s.RestoreModel(ctx, InForce{now, row.before}); err != nil {
				t.Errorf("%s: got error %v, want none", row.name, err)
			}
			got, _, err := s.Model(ctx)
			if got.Hash != row.want || len(got.Source) == 0 || got.EffectiveAt != 7 || err != nil {
				t.Errorf("%s: model in force: got %+v and error %v, want %s from 7", row.name, got.StoredModel, err, row.want)
			}
			if b := got.Before; (b != nil) != (row.wantBefore != "") || b != nil && (b.Hash != row.wantBefore || b.EffectiveAt != -1) {
				t.Errorf("%s: model before: got %+v, want %q from -1", row.name, b, row.wantBefore)
			}
			if got, err := client.HGet(ctx, "tm:meta", "model").Result(); got != row.want || err != nil {
				t.Errorf("%s: model hash in tm:meta: got %q and error %v, want %s", row.name, got, err, row.want)
			}
		}
	})
}
