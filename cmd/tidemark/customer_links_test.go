package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// TestCustomerShowAndExportTellOfOtherIDs: whoever asks for a merged id learns under which id the customer is scored, and the other way round;
// the export holds what is held of the other id.
func TestCustomerShowAndExportTellOfOtherIDs(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	word := &event.Interaction{Kind: event.MergedInto, OtherCustomer: "new"}
	old := someone(t, e, "old", word)
	before := old.profile
	unlinked := someone(t, e, "old")
	next := e.New("new")
	for _, m := range e.Messages(&unlinked.profile, &before, word, map[string]int64{"a partition": 1}) {
		var verdict score.Verdict
		if next, _, verdict = e.Apply(next, m); verdict != score.Accepted {
			t.Fatal(verdict)
		}
	}
	survivor := subject{profile: next, engine: e}
	for _, row := range []struct {
		what  string
		lines []string
		want  string
	}{
		{"words of old", inWords(old), "merged into new: no tier, score or alert under this id"},
		{"reasons of old", old.leftOut(old.profile.AsOf), "merged into new: no tier, score or alert under this id"},
		{"words of new", inWords(survivor), "read together with 1 other id, merged into this id: old"},
	} {
		if got := strings.Join(row.lines, "\n"); !strings.Contains(got, row.want) {
			t.Errorf("%s: want %q in\n%s", row.what, row.want, got)
		}
	}
	if got := survivor.leftOut(survivor.profile.AsOf); strings.Contains(strings.Join(got, "\n"), "old") {
		t.Errorf("reasons of new: %q, and being read together with another id is no reason to be missing", got)
	}
	export, err := json.Marshal(profileFor(&survivor.profile, "USD"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"merged_ids":["old"]`, `"histories_of_other_ids":[{"customer_id":"old","over":["old"],"history":{`, `"amount":"40.00 USD"`} {
		if !strings.Contains(string(export), want) {
			t.Errorf("want %s in %s", want, export)
		}
	}
	export, err = json.Marshal(profileFor(&old.profile, "USD"))
	if err != nil || !strings.Contains(string(export), `"merged_into":"new","words":[{"at":"`) {
		t.Errorf("%v: want the word in %s", err, export)
	}
}

// TestAHistoryTooLongToBeSent: the bound is that of a message, and whoever asks for the id learns that the other id lags.
func TestAHistoryTooLongToBeSent(t *testing.T) {
	if got := tooLong(event.MaxLinkContent, "new"); got != "" {
		t.Errorf("at the bound: %q, want nothing", got)
	}
	if got := tooLong(event.MaxLinkContent+1, "new"); !strings.Contains(got, "1048577 bytes") || !strings.Contains(got, "new is read from an older one") {
		t.Errorf("beyond the bound: %q", got)
	}
}

// TestCustomerShowSaysThatThereIsNoRoom: into some id so many others are merged that further ones are not read.
func TestCustomerShowSaysThatThereIsNoRoom(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	p := e.New("guest")
	for n := range score.MaxOrigins {
		id := fmt.Sprint("id ", n)
		p, _, _ = e.Apply(p, &event.Link{
			Head: event.Head{ID: id, Customer: "guest", OccurredAt: 1, RecordedAt: 1},
			Part: &event.LinkPart{Sender: id, Origin: id, WordAt: 1, WordID: id, First: true, Marks: map[string]int64{"a partition": 1}, Path: []string{id}},
		})
		if got := strings.Contains(merged(&p), "there may be no room for more (at most 1000, 4 MiB)"); got != (n == score.MaxOrigins-1) {
			t.Fatalf("after %d ids: it says that there is no room: %t", n+1, got)
		}
	}
}
