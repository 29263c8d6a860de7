package redis

import (
	"fmt"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
)

func TestModel(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if _, ok, err := s.Model(ctx); ok || err != nil {
			t.Errorf("model of an empty server: got %v and error %v, want none", ok, err)
		}
		if id, err := s.ModelID(ctx); id != (InForce{}).ID() || err != nil {
			t.Errorf("model id of an empty server: got %q and error %v, want that of none", id, err)
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
			if id, err := s.ModelID(ctx); id != got.ID() || !strings.HasPrefix(id, fmt.Sprint(hash, " ", int64(at))) || err != nil {
				t.Errorf("model id: got %q and error %v, want that of %s, %q", id, err, hash, got.ID())
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
			if err := s.RestoreModel(ctx, InForce{StoredModel: now, Before: row.before}); err != nil {
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

// TestSpoiledModel: a field of tm:model that a person has changed is an error that says how to go on.
func TestSpoiledModel(t *testing.T) {
	client := openMiniredis(t)
	ctx, s := t.Context(), newStore(t, client, testLayout)
	if err := s.ActivateModel(ctx, []byte("model"), "hash", 0); err != nil {
		t.Fatal(err)
	}
	if err := client.HSet(ctx, "tm:model", "effective_at", "by hand").Err(); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.Model(ctx)
	for _, want := range []string{"effective_at", "removed", "tidemark model activate"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("a spoiled instant: got error %v, want one with %q", err, want)
		}
	}
}
