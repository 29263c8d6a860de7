package history_test

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// What a grievance adds to a history: the id of its event, and a byte for its length.
func TestOnlyGrievancesKeepTheirID(t *testing.T) {
	id := strings.Repeat("i", event.MaxID)
	answer := func(kind event.FeedbackKind, score, least, most float64) *event.Feedback {
		return &event.Feedback{Kind: kind, Score: score, Min: least, Max: most, Scored: true}
	}
	for _, row := range []struct {
		why string
		x   *event.Feedback
		id  bool
	}{
		{"a complaint", &event.Feedback{Kind: event.Complaint}, true},
		{"its resolution", &event.Feedback{Kind: event.ComplaintResolved}, false},
		{"a detractor", answer(event.NPS, 6, 0, 10), true},
		{"a passive", answer(event.NPS, 7, 0, 10), false},
		{"two stars of five", answer(event.Review, 2, 1, 5), true},
		{"three stars of five", answer(event.Review, 3, 1, 5), false},
		{"49 %", answer(event.CSAT, 49, 0, 100), true},
	} {
		row.x.Head = event.Head{ID: id, OccurredAt: event.Calendar{}.Start(base)}
		kept, _ := history.Summary{}.Observe(row.x, history.Amounts{}, event.Calendar{})
		short := *row.x
		short.ID = "i"
		less, _ := history.Summary{}.Observe(&short, history.Amounts{}, event.Calendar{})
		want := 0
		if row.id {
			want = event.MaxID // 127 more, and the length takes two bytes
		}
		if got := len(kept.Append(nil)) - len(less.Append(nil)); got != want {
			t.Errorf("%s: a longer id costs %d bytes, want %d", row.why, got, want)
		}
		for g := range kept.Grievances(at(&kept), 365, event.Calendar{}) {
			if g.ID != id || !row.id {
				t.Errorf("%s: a grievance of id %.5q…, want one: %t", row.why, g.ID, row.id)
			}
		}
	}
}

// The worst that ids can do to a profile.
func TestIDsOfGrievancesAreBounded(t *testing.T) {
	var s history.Summary
	for i := range 2000 {
		x := &event.Feedback{Head: event.Head{ID: strings.Repeat("i", event.MaxID-4) + fmt.Sprintf("%04d", i)}, Kind: event.Complaint}
		x.OccurredAt = event.Calendar{}.Start(base+event.Day(i/20)) + event.Instant(i)
		s, _ = s.Observe(x, history.Amounts{}, event.Calendar{})
	}
	if got, most := len(s.Append(nil)), 256*(event.MaxID+20); got > most || got < 256*event.MaxID {
		t.Errorf("%d bytes, want at most %d: 256 grievances", got, most)
	}
}
