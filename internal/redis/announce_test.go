package redis

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	goredis "github.com/redis/go-redis/v9"

	"tidemark/internal/event"
)

// TestActivate: which models stand in tm:model after activations, written "hash@effective_at", the model before after "<".
func TestActivate(t *testing.T) {
	type step struct {
		now    event.Instant
		hash   string
		effect event.Instant
	}
	for _, row := range []struct {
		why   string
		steps []step
		want  string
	}{
		{"the first model", []step{{10, "a", 0}}, "a@0"},
		{"another one is announced", []step{{10, "a", 0}, {10, "b", 70}}, "b@70 < a@0"},
		{"its instant has passed: it has been in force", []step{{10, "a", 0}, {10, "b", 70}, {80, "c", 90}}, "c@90 < b@70"},
		{"at its instant it is in force", []step{{10, "a", 0}, {10, "b", 70}, {70, "c", 90}}, "c@90 < b@70"},
		{"before its instant it is withdrawn, and was never in force", []step{{10, "a", 0}, {10, "b", 70}, {20, "c", 90}}, "c@90 < a@0"},
		{"so is a chain", []step{{10, "a", 0}, {10, "b", 70}, {20, "c", 90}, {30, "d", 60}}, "d@60 < a@0"},
		{"and a chain that comes back to the first announcement", []step{{10, "a", 0}, {10, "b", 70}, {20, "c", 90}, {30, "b", 80}}, "b@80 < a@0"},
		{"replaced by one from an instant that has passed", []step{{10, "a", 0}, {10, "b", 70}, {20, "c", 15}}, "c@15 < a@0"},

		{"an announcement is put off", []step{{10, "a", 0}, {10, "b", 70}, {20, "b", 90}}, "b@90 < a@0"},
		{"an announcement is moved forward", []step{{10, "a", 0}, {10, "b", 70}, {20, "b", 30}}, "b@30 < a@0"},
		{"an announcement is repeated", []step{{10, "a", 0}, {10, "b", 70}, {20, "b", 70}}, "b@70 < a@0"},
		{"the model in force again: the announcement is withdrawn", []step{{10, "a", 0}, {10, "b", 70}, {20, "a", 25}}, "a@0"},
		{"the model in force again, from the instant of the announcement", []step{{10, "a", 0}, {10, "b", 70}, {20, "a", 70}}, "a@0"},
		{"withdrawn, then announced anew", []step{{10, "a", 0}, {10, "b", 70}, {20, "a", 25}, {30, "b", 90}}, "b@90 < a@0"},
		{"a model in force comes no later", []step{{10, "a", 0}, {10, "b", 70}, {80, "b", 90}}, "b@70 < a@0"},
		{"the first model comes no later", []step{{10, "a", 0}, {10, "a", 90}}, "a@0"},
		{"but its instant is corrected to one that has passed", []step{{10, "a", 0}, {10, "b", 70}, {80, "b", 60}}, "b@60 < a@0"},
		{"back to the model before, once another has been in force", []step{{10, "a", 0}, {10, "b", 70}, {80, "a", 90}}, "a@90 < b@70"},

		{"the first model scores from the beginning, whatever its instant", []step{{10, "a", 50}, {20, "b", 90}}, "b@90 < a@50"},
		{"and its instant moves", []step{{10, "a", 50}, {20, "a", 90}}, "a@90"},
	} {
		var stands InForce
		for _, s := range row.steps {
			next := StoredModel{[]byte(s.hash), s.hash, s.effect}
			stands = stands.Activated(next, s.now)
			if again := stands.Activated(next, s.now); again.ID() != stands.ID() {
				t.Errorf("%s: %s activated twice: got %s, want what once gives, %s", row.why, s.hash, again.text(), stands.text())
			}
		}
		if got := stands.text(); got != row.want {
			t.Errorf("%s: got %s, want %s", row.why, got, row.want)
		}
	}
}

func (m InForce) text() string {
	text := fmt.Sprintf("%s@%d", m.Hash, int64(m.EffectiveAt))
	if m.Before != nil {
		text += fmt.Sprintf(" < %s@%d", m.Before.Hash, int64(m.Before.EffectiveAt))
	}
	return text
}

func TestInForceAt(t *testing.T) {
	a, b := StoredModel{Hash: "a"}, StoredModel{Hash: "b", EffectiveAt: 70}
	for _, row := range []struct {
		why    string
		stands InForce
		at     event.Instant
		want   string
	}{
		{"announced", InForce{StoredModel: b, Before: &a}, 69, "a"},
		{"at its instant", InForce{StoredModel: b, Before: &a}, 70, "b"},
		{"there is none before it", InForce{StoredModel: b}, 69, "b"},
	} {
		if got := row.stands.At(row.at).Hash; got != row.want {
			t.Errorf("%s: got %s, want %s", row.why, got, row.want)
		}
	}
}

// A model that was announced and replaced leaves nothing behind in Redis.
func TestAWithdrawnModelIsForgotten(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		const later = event.Instant(1) << 50 // some 35,000 years from 1970
		for _, row := range []struct {
			hash string
			at   event.Instant
			want string
		}{
			{"a", 0, "a@0"},
			{"b", later, fmt.Sprintf("b@%d < a@0", later)},
			{"c", later, fmt.Sprintf("c@%d < a@0", later)},
			{"a", later, "a@0"},
		} {
			if err := s.ActivateModel(ctx, []byte("source of "+row.hash), row.hash, row.at); err != nil {
				t.Fatalf("activate %s: got error %v, want none", row.hash, err)
			}
			got, _, err := s.Model(ctx)
			if err != nil || got.text() != row.want || string(got.Source) != "source of "+row.hash {
				t.Errorf("activate %s: got %s and error %v, want %s", row.hash, got.text(), err, row.want)
			}
			if id, err := s.ModelID(ctx); err != nil || id != got.ID() {
				t.Errorf("activate %s: got id %q and error %v, want %q", row.hash, id, err, got.ID())
			}
		}
		fields, err := client.HKeys(ctx, "tm:model").Result()
		slices.Sort(fields)
		if want := "effective_at hash source"; err != nil || strings.Join(fields, " ") != want {
			t.Errorf("tm:model with nothing announced: got the fields %q and error %v, want %q", fields, err, want)
		}
	})
}

// Of models that are announced at the same moment one stands, and the model in force stays before it.
func TestAnnouncementsAtOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		if err := s.ActivateModel(ctx, []byte("a"), "a", 0); err != nil {
			t.Fatal(err)
		}
		const later, programs = event.Instant(1) << 50, 8
		errs := make(chan error, programs)
		for n := range programs {
			go func() { errs <- s.ActivateModel(ctx, []byte("b"), fmt.Sprint("b", n), later) }()
		}
		for range programs {
			if err := <-errs; err != nil {
				t.Errorf("activate: got error %v, want none", err)
			}
		}
		got, _, err := s.Model(ctx)
		if err != nil || got.Before == nil || got.Before.Hash != "a" || !strings.HasPrefix(got.Hash, "b") {
			t.Errorf("got %s and error %v, want one of the announced before which a is in force", got.text(), err)
		}
	})
}

// TestFormerModel: the model that the last switch replaced stays known, whatever is announced and withdrawn afterwards.
func TestFormerModel(t *testing.T) {
	type step struct {
		now    event.Instant
		hash   string
		effect event.Instant
	}
	switched := []step{{10, "a", 0}, {10, "b", 70}}
	for _, row := range []struct {
		why   string
		steps []step
		want  string
	}{
		{"one switch", nil, "b@70 < a@0"},
		{"another is announced", []step{{80, "c", 200}}, "c@200 < b@70 < a@0"},
		{"put off", []step{{80, "c", 200}, {90, "c", 300}}, "c@300 < b@70 < a@0"},
		{"replaced", []step{{80, "c", 200}, {90, "d", 300}}, "d@300 < b@70 < a@0"},
		{"and withdrawn: nothing is left of it", []step{{80, "c", 200}, {90, "b", 95}}, "b@70 < a@0"},
		{"the way back", []step{{80, "a", 90}}, "a@90 < b@70 < a@0"},
		{"the way back is withdrawn", []step{{80, "a", 90}, {85, "b", 95}}, "b@70 < a@0"},
		{"a second switch", []step{{80, "c", 90}, {100, "d", 110}}, "d@110 < c@90 < b@70"},
	} {
		var stands InForce
		for _, s := range append(slices.Clone(switched), row.steps...) {
			stands = stands.Activated(StoredModel{[]byte(s.hash), s.hash, s.effect}, s.now)
		}
		got := stands.text()
		if f := stands.Former; f != nil {
			got += fmt.Sprintf(" < %s@%d", f.Hash, int64(f.EffectiveAt))
		}
		if got != row.want {
			t.Errorf("%s: got %s, want %s", row.why, got, row.want)
		}
	}
}

// The former model is kept in Redis, and goes with the switch that it belongs to. What a program that does not know it has left is no
// former model.
func TestFormerModelIsStored(t *testing.T) {
	eachServer(t, func(t *testing.T, client goredis.UniversalClient) {
		ctx, s := t.Context(), newStore(t, client, testLayout)
		const later = event.Instant(1) << 50 // some 35,000 years from 1970
		former := func() string {
			t.Helper()
			m, _, err := s.Model(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if m.Former == nil {
				return ""
			}
			return m.Former.Hash + " " + string(m.Former.Source)
		}
		for _, step := range []struct {
			hash string
			at   event.Instant
			want string
		}{{"a", 0, ""}, {"b", 1, ""}, {"c", later, "a source of a"}, {"c", later + 1, "a source of a"}, {"b", later, ""}, {"c", 2, "a source of a"}, {"d", 3, "b source of b"}} {
			if err := s.ActivateModel(ctx, []byte("source of "+step.hash), step.hash, step.at); err != nil {
				t.Fatal(err)
			}
			if got := former(); got != step.want {
				t.Errorf("activate %s from %d: the former model is %q, want %q", step.hash, step.at, got, step.want)
			}
		}
		if err := client.HSet(ctx, "tm:model", "previous_hash", "e").Err(); err != nil {
			t.Fatal(err)
		}
		if got := former(); got != "" {
			t.Errorf("fields of the former model beside another model before: got %q, want no former model", got)
		}
	})
}
