package event_test

import (
	"testing"

	"tidemark/internal/event"
)

// TestLinks: only messages that package link may have made are accepted.
func TestLinks(t *testing.T) {
	head := event.Head{ID: "e1", Customer: "cat", OccurredAt: 1_700_000_000_000, RecordedAt: 1_700_000_000_000}
	part := func(change func(*event.LinkPart)) *event.Link {
		p := &event.LinkPart{Sender: "bob", Origin: "ann", WordAt: 1, WordID: "w", Path: []string{"ann", "bob"}, Content: []byte{1}}
		change(p)
		return &event.Link{Head: head, Part: p}
	}
	erasure := func(from string) *event.Link {
		return &event.Link{Head: head, Erasure: &event.LinkErasure{From: from, At: 5}}
	}
	both := part(func(*event.LinkPart) {})
	both.Erasure = &event.LinkErasure{From: "bob"}
	for _, c := range []struct {
		name string
		link *event.Link
		want event.Reason
	}{
		{"a part", part(func(*event.LinkPart) {}), ""},
		{"a part without content", part(func(p *event.LinkPart) { p.Content = nil }), ""},
		{"a part that is withdrawn", part(func(p *event.LinkPart) { p.Path, p.Content = nil, nil }), ""},
		{"a part that has passed the receiver", part(func(p *event.LinkPart) { p.Path = []string{"ann", "cat", "bob"} }), ""},
		{"an erasure", erasure("bob"), ""},
		{"neither", &event.Link{Head: head}, event.BadField},
		{"both", both, event.BadField},
		{"an erasure of nobody", erasure(""), event.BadID},
		{"an own erasure", erasure("cat"), event.BadField},
		{"an own part", part(func(p *event.LinkPart) { p.Sender, p.Path = "cat", []string{"ann", "cat"} }), event.BadField},
		{"a part of nobody", part(func(p *event.LinkPart) { p.Origin = "" }), event.BadID},
		{"a part without a word", part(func(p *event.LinkPart) { p.WordID = "" }), event.BadID},
		{"content that is withdrawn", part(func(p *event.LinkPart) { p.Path = nil }), event.BadField},
		{"a path in a ring", part(func(p *event.LinkPart) { p.Path = []string{"ann", "x", "x", "bob"} }), event.BadField},
		{"a path from elsewhere", part(func(p *event.LinkPart) { p.Path = []string{"x", "bob"} }), event.BadField},
		{"a path to elsewhere", part(func(p *event.LinkPart) { p.Path = []string{"ann", "x"} }), event.BadField},
		{"a path over nobody", part(func(p *event.LinkPart) { p.Path = []string{"ann", "", "bob"} }), event.BadID},
	} {
		err := event.Validate(c.link)
		if got := event.Reason(""); err != nil || c.want != "" {
			if err != nil {
				got = event.ReasonOf(err)
			}
			if got != c.want {
				t.Errorf("%s: got %q (%v), want %q", c.name, got, err, c.want)
			}
		}
	}
}
