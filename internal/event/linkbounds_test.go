package event_test

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
)

// TestLinkBounds: a message at its bounds is accepted, and one beyond is not.
func TestLinkBounds(t *testing.T) {
	path := func(n int) []string {
		all := []string{"ann"}
		for len(all) < n-1 {
			all = append(all, fmt.Sprint("id ", len(all)))
		}
		return append(all, "bob")
	}
	marks := func(n int) map[string]int64 {
		all := map[string]int64{}
		for len(all) < n {
			all[fmt.Sprint("topic/", len(all))] = 1
		}
		return all
	}
	for _, c := range []struct {
		name   string
		change func(*event.LinkPart)
		want   event.Reason
	}{
		{"the longest path", func(p *event.LinkPart) { p.Path = path(event.MaxLinkPath) }, ""},
		{"a longer path", func(p *event.LinkPart) { p.Path = path(event.MaxLinkPath + 1) }, event.TooLarge},
		{"the largest history", func(p *event.LinkPart) { p.Content = make([]byte, event.MaxLinkContent) }, ""},
		{"a larger history", func(p *event.LinkPart) { p.Content = make([]byte, event.MaxLinkContent+1) }, event.TooLarge},
		{"the most marks", func(p *event.LinkPart) { p.Marks = marks(event.MaxLinkMarks) }, ""},
		{"more marks", func(p *event.LinkPart) { p.Marks = marks(event.MaxLinkMarks + 1) }, event.TooLarge},
		{"a mark below zero", func(p *event.LinkPart) { p.Marks = map[string]int64{"topic/1": -1} }, event.BadField},
		{"a mark of no partition", func(p *event.LinkPart) { p.Marks = map[string]int64{"": 1} }, event.BadField},
		{"a word at the beginning of 1970", func(p *event.LinkPart) { p.WordAt = 0 }, ""},
		{"a word before 1970", func(p *event.LinkPart) { p.WordAt = -1 }, event.BadField},
		{"a word after the year 9999", func(p *event.LinkPart) { p.WordAt = event.Never }, event.BadField},
	} {
		p := &event.LinkPart{Sender: "bob", Origin: "ann", WordAt: 1, WordID: "w", Path: []string{"ann", "bob"}}
		c.change(p)
		l := &event.Link{Head: event.Head{ID: "e1", Customer: "cat", OccurredAt: 5, RecordedAt: 5}, Part: p}
		err := event.Validate(l)
		if got := err == nil; got != (c.want == "") || !got && event.ReasonOf(err) != c.want {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
	for _, e := range []event.LinkErasure{{From: "bob", At: -1}, {From: "bob", At: event.Never}, {From: "bob", At: 1, Linked: true, Since: -1}} {
		l := &event.Link{Head: event.Head{ID: "e1", Customer: "cat", OccurredAt: 5, RecordedAt: 5}, Erasure: &e}
		if err := event.Validate(l); event.ReasonOf(err) != event.BadField || err == nil {
			t.Errorf("%+v: got %v, want %s", e, err, event.BadField)
		}
	}
}
