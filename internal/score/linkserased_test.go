package score_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TestErasingEitherErasesBoth, whichever of the two the request names.
func TestErasingEitherErasesBoth(t *testing.T) {
	for _, named := range []string{"old", "new"} {
		t.Run(named, func(t *testing.T) {
			c := newCircle(t, shipped(t))
			end := c.bought("old", linkStart, 5)
			c.bought("new", linkStart+linkDay, 5)
			c.apply(c.word("old", "new", end+linkDay))
			request := c.erased(named, end+2*linkDay)
			if got := c.apply(request); got != score.Accepted {
				t.Fatalf("got %v, want it accepted", got)
			}
			for _, id := range []string{"old", "new"} {
				p := c.profile(id)
				if !p.Unknown() || p.Erased != request.RecordedAt || !p.Links().Bare() || p.Links().Erased != request.RecordedAt {
					t.Errorf("%s: known %t, erased at %s, want nothing but the tombstone", id, !p.Unknown(), p.Erased)
				}
				b := p.Append(nil)
				for _, name := range []string{"old", "new"} {
					if name != id && bytes.Contains(b, []byte(name)) {
						t.Errorf("the profile of %s names %s", id, name)
					}
				}
			}
			exit, ok := c.last("new").(*score.TierChanged)
			if !ok || exit.Direction != score.Exit || exit.Cause != score.ByErasure || exit.CauseEventID != request.ID || exit.AsOf != request.RecordedAt {
				t.Errorf("got %+v, want an EXIT by the erasure", c.last("new"))
			}
			if got := c.apply(c.word("old", "new", end+linkDay)); got != score.Swallowed {
				t.Errorf("a word from before: got %v, want it swallowed", got)
			}
			// Everything that was ever sent comes once more: nothing comes back.
			for _, m := range slices.Clone(c.sent) {
				c.apply(m)
			}
			for _, id := range []string{"old", "new"} {
				if p := c.profile(id); !p.Unknown() {
					t.Errorf("%s is known again", id)
				}
			}
		})
	}
}

// TestTombstoneOfAMessage: an erasure that arrives by a message takes what the customer did until the message was recorded, and keeps it
// away when the log is read again; links are held to the instant of the erasure itself.
func TestTombstoneOfAMessage(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("old", linkStart, 5)
	c.apply(c.word("old", "new", end+linkDay))
	request := c.erased("new", end+2*linkDay)
	messages, _ := c.one(request)
	between := c.order("old", end+3*linkDay, 100)
	more, _ := c.one(between)
	word := c.word("old", "cat", end+3*linkDay+1)
	others, _ := c.one(word)
	for _, m := range messages {
		m.RecordedAt = end + 4*linkDay
	}
	for _, m := range slices.Concat(messages, more, others) {
		c.apply(m)
	}
	p := c.profile("old")
	if p.Erased != end+4*linkDay || p.Links().Erased != request.RecordedAt {
		t.Errorf("tombstones of events %s and of links %s, want %s and %s", p.Erased, p.Links().Erased, end+4*linkDay, request.RecordedAt)
	}
	if got := c.apply(between); got != score.Swallowed {
		t.Errorf("what came before the message: got %v, want it swallowed", got)
	}
	if cat := c.profile("cat"); p.Unknown() || p.MergedInto() != "cat" || !slices.Equal(cat.Origins(), []string{"old"}) {
		t.Errorf("want the word from after the erasure to stand; merged into %q", p.MergedInto())
	}
	again, err := score.Decode(p.Append(nil))
	if err != nil || again.Links().Erased != request.RecordedAt || again.MergedInto() != "cat" {
		t.Errorf("decoded: %v, into %q, erased %s", err, again.MergedInto(), again.Links().Erased)
	}
}

// TestNobodyWithLinksIsForgotten: neither the id that was merged, nor the one into which it was, nor one whose link is taken back.
func TestNobodyWithLinksIsForgotten(t *testing.T) {
	e := shipped(t).Forgetting(100 * 24 * time.Hour)
	c := newCircle(t, e)
	for _, id := range []string{"old", "new", "back"} {
		c.apply(&event.Interaction{Head: c.head(id, linkStart), Kind: event.PageView})
	}
	c.apply(c.word("old", "new", linkStart+1))
	c.apply(c.word("back", "back", linkStart+1))
	for _, id := range []string{"old", "new", "back"} {
		p := c.profile(id)
		if e.Forgets(&p) != event.Never || p.Due != event.Never {
			t.Errorf("%s is forgotten at %s, due at %s", id, e.Forgets(&p), p.Due)
		}
		if p, _ = e.Review(p, linkStart+400*linkDay); p.Unknown() {
			t.Errorf("%s was forgotten", id)
		}
	}
}

// TestUnreadablePart: a part that no program of this version has written is refused, and changes nothing.
func TestUnreadablePart(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("new", linkStart, 3)
	before := c.profile("new")
	m := &event.Link{Head: c.head("new", end), Part: &event.LinkPart{
		Sender: "old", Origin: "old", WordAt: end, WordID: "w", First: true, Path: []string{"old"}, Content: []byte{250, 1},
	}}
	if got := c.apply(m); got != score.RefusedPart {
		t.Errorf("got %v, want it refused", got)
	}
	after := c.profile("new")
	if !bytes.Equal(before.Append(nil), after.Append(nil)) {
		t.Error("the profile has changed")
	}
}
