package release

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/redis"
	"tidemark/internal/score"
	"tidemark/internal/service/servicetest"
	"tidemark/internal/shard"
)

// TestStateDecodes: today's store reads the heads, the profiles, the due reviews, the outboxes, the census, the layout and the model of
// every release.
func TestStateDecodes(t *testing.T) {
	for _, r := range All(t) {
		t.Run(r.Name(), func(t *testing.T) {
			s := servicetest.StartEmpty(t)
			keys := r.Keys(t)
			if err := keys.Restore(t.Context(), s.Data); err != nil {
				t.Fatal(err)
			}
			store, err := redis.New(s.Data, "", shard.Layout{Shards: Shards, Partitioner: shard.Murmur2, Zone: "UTC", Base: "USD"})
			if err != nil {
				t.Fatal(err)
			}
			if err := store.Open(t.Context()); err != nil {
				t.Errorf("open: %v", err)
			}
			model, ok, err := store.Model(t.Context())
			if want := keys["tm:model"].Hash["hash"]; err != nil || !ok || model.Hash != string(want) || len(model.Source) == 0 {
				t.Errorf("model: got %q, %t, %v, want %q", model.Hash, ok, err, want)
			}
			audits, err := store.Audit(t.Context(), numbers())
			if err != nil {
				t.Fatal(err)
			}
			for n, audit := range audits {
				checkHead(t, audit, keys[name(n, "meta")].Hash)
				checkContents(t, store, n, keys)
			}
		})
	}
}

func numbers() []int {
	all := make([]int, Shards)
	for n := range all {
		all[n] = n
	}
	return all
}

func name(n int, kind string) string { return fmt.Sprintf("tm:{%02d}:%s", n, kind) }

// checkHead compares a head with its fields.
func checkHead(t *testing.T, got shard.Audit, fields map[string]Bytes) {
	t.Helper()
	number := func(field string) int64 {
		n, err := strconv.ParseInt(string(fields[field]), 10, 64)
		if err != nil {
			t.Fatalf("field %s: %v", field, err)
		}
		return n
	}
	want := shard.Meta{
		Token: shard.Token(fields["token"]), Sequence: number("sequence"), Format: number("format"), Model: string(fields["model"]),
		Counts: shard.Counts{Profiles: number("profiles"), Due: number("due"), Outbox: number("outbox")}, Marks: shard.Marks{},
	}
	if fields["erased"] != "" { // release 1 knew no erasures
		want.Counts.Erased = number("erased")
	}
	for field := range fields {
		if place, ok := strings.CutPrefix(field, "m:"); ok {
			topic, index, _ := strings.Cut(place, ":")
			at, err := strconv.Atoi(index)
			if err != nil {
				t.Fatal(err)
			}
			want.Marks[shard.Partition{Topic: event.Topic(topic), Index: at}] = number(field)
		}
	}
	m := got.Meta
	if m.Token != want.Token || m.Sequence != want.Sequence || m.Format != want.Format || m.Model != want.Model || m.Counts != want.Counts ||
		!maps.Equal(m.Marks, want.Marks) || len(m.Marks) < len(event.Topics()) {
		t.Errorf("head: got %+v, want %+v", m, want)
	}
	if !got.Intact() {
		t.Errorf("the head counts %+v, the keys hold %+v", m.Counts, got.Actual)
	}
}

// checkContents compares what the store reads of a shard with the shard's keys. A key also holds a sentinel, which the store leaves out.
func checkContents(t *testing.T, store *redis.Store, n int, keys Keys) {
	t.Helper()
	due, err := store.Due(t.Context(), n, 1000)
	if err != nil {
		t.Fatal(err)
	}
	set := keys[name(n, "due")].Set
	for _, d := range due {
		if got, want := strconv.FormatInt(int64(d.At), 10), set[d.Customer]; got != want {
			t.Errorf("shard %d, %s: due %s, want %s", n, d.Customer, got, want)
		}
	}
	if len(due) != len(set)-1 || len(due) == 0 {
		t.Errorf("shard %d: %d due, want %d, and some", n, len(due), len(set)-1)
	}

	outbox, err := store.Outbox(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	list := keys[name(n, "outbox")].List
	if len(outbox.Outputs) != len(list)-1 || len(list) < 5 {
		t.Fatalf("shard %d: %d outputs, want %d, and some", n, len(outbox.Outputs), len(list)-1)
	}
	for i, o := range outbox.Outputs {
		if o.ID == "" || o.Topic == "" || len(o.Headers) == 0 || string(o.Append(nil)) != string(list[i+1]) {
			t.Errorf("shard %d, output %d: got %+v, encoded again as %x, want %x", n, i, o, o.Append(nil), list[i+1])
		}
		says(t, o.Value)
	}

	census, err := store.Census(t.Context(), []int{n})
	if err != nil {
		t.Fatal(err)
	}
	counters := keys[name(n, "census")].Hash
	for counter, value := range counters {
		if got := strconv.FormatInt(census[0][counter], 10); counter != "" && got != string(value) {
			t.Errorf("shard %d, census: %s is %s, want %s", n, counter, got, value)
		}
	}
	if len(census[0]) != len(counters)-1 || len(census[0]) < 10 {
		t.Errorf("shard %d: %d counters, want %d, and some", n, len(census[0]), len(counters)-1)
	}

	profiles, _, err := store.Scan(t.Context(), n, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	stored := keys[name(n, "profiles")].Hash
	for _, encoded := range profiles {
		p, err := score.Decode(encoded)
		if err != nil || string(stored[p.Customer]) != string(encoded) {
			t.Errorf("shard %d, a profile: %v, and customer %q is stored as %x, want %x", n, err, p.Customer, stored[p.Customer], encoded)
		}
	}
	if len(profiles) != len(stored)-1 {
		t.Errorf("shard %d: %d profiles, want %d: %v", n, len(profiles), len(stored)-1, slices.Sorted(maps.Keys(stored)))
	}
}
