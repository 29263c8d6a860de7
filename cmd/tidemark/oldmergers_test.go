package main

import (
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

// TestDoctorNamesMergersWithoutEffect: a MERGED_INTO that an older version has read stands in the history, and links nobody. A rebuild, or the
// word said again, links the ids: then there is nothing to tell.
func TestDoctorNamesMergersWithoutEffect(t *testing.T) {
	e := engineFor(t, string(model.Default()))
	linked := &event.Interaction{Kind: event.MergedInto, OtherCustomer: "new"}
	old := someone(t, e, "old").profile
	at := old.AsOf
	word := &event.Interaction{
		Head: event.Head{ID: "word", Customer: "old", OccurredAt: at, RecordedAt: at}, Kind: event.MergedInto, OtherCustomer: "new",
	}
	h, verdict := e.Observe(old.History, word) // as versions before links did
	if verdict != score.Accepted {
		t.Fatal(verdict)
	}
	old.History = h
	today := someone(t, e, "today", linked).profile
	both, _, _ := e.Apply(old, word)
	nobody := someone(t, e, "nobody").profile
	encoded := func(profiles ...score.Profile) (all [][]byte) {
		for _, p := range profiles {
			all = append(all, p.Append(nil))
		}
		return all
	}
	if f, ok := mergersWithoutEffect(encoded(today, both, nobody)); ok {
		t.Errorf("without an old merger: %q, want nothing", f.Detail)
	}
	f, ok := mergersWithoutEffect(encoded(today, old, nobody))
	if !ok || !strings.HasPrefix(f.Detail, `1 of 3 ids that were looked at`) || !strings.Contains(f.Detail, `: "old"; `) || !strings.Contains(f.Remedy, "tidemark rebuild") {
		t.Errorf("want old named, and a rebuild, got %v %+v", ok, f)
	}
}
