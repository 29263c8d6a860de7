package shard

import (
	"reflect"
	"testing"

	"tidemark/internal/event"
)

func TestReadingIsReadAsItWasWritten(t *testing.T) {
	for _, r := range []Reading{
		{},
		{At: 1_767_225_600_123, Partitions: 6, Until: 1_767_225_599_000, Whole: true},
		{
			Partitions: 6, Fed: Set{}.Add(3).Add(71).Add(1199), Strays: 5, QuietHoldMS: 3_600_000,
			Heard: map[event.Topic]Heard{event.Purchases: {At: 7, End: 1<<53 + 1}},
		},
	} {
		text, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ParseReading(text); err != nil || !reflect.DeepEqual(got, r) {
			t.Errorf("%s: got %+v and error %v, want %+v", text, got, err, r)
		}
	}
	for _, text := range []string{"", "gone", `{"fed":"xyz"}`, `{"fed":"-1"}`} {
		if got, err := ParseReading(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
	if _, err := ParseReading(`{"partitions":1,"fed":"","something of a later version":{}}`); err != nil {
		t.Errorf("a field of a later version: got error %v, want none", err)
	}
}

func TestFeeds(t *testing.T) {
	for _, row := range []struct {
		name       string
		r          Reading
		shard      int
		index      int
		partitions int
		want       bool
	}{
		{"nothing told", Reading{}, 1, 0, 4, false},
		{"events of the shard have come", Reading{Partitions: 4, Fed: Set{}.Add(1)}, 1, 0, 4, true},
		{"events of another shard have come", Reading{Partitions: 4, Fed: Set{}.Add(2)}, 1, 0, 4, false},
		{"the lane's own before partitions were added", Reading{Partitions: 4}, 4, 0, 8, true},
		{"another lane's before partitions were added", Reading{Partitions: 4}, 5, 0, 8, false},
	} {
		if got := row.r.Feeds(row.shard, row.index, row.partitions); got != row.want {
			t.Errorf("%s: got %t, want %t", row.name, got, row.want)
		}
	}
}

func TestNewest(t *testing.T) {
	got := Newest(map[int]Reading{
		0: {Heard: map[event.Topic]Heard{event.Purchases: {At: 5}, event.Feedbacks: {At: 9}}},
		1: {Heard: map[event.Topic]Heard{event.Purchases: {At: 7}}},
		2: {},
	})
	want := map[event.Topic]event.Instant{event.Purchases: 7, event.Feedbacks: 9}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestSetsThatShareDoNotDisturbEachOther(t *testing.T) {
	one := Set{}.Add(3)
	two := one.Add(4)
	if one.Has(4) || !two.Has(3) || !two.Has(4) || one.Empty() || !(Set{}).Empty() {
		t.Errorf("got %v and %v, want 3 alone and 3 with 4", one, two)
	}
}
