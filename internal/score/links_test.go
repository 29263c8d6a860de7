package score_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// TestMergedAndBack: the old id loses tier, scores and due time, and the new one has what both bought; after the word that takes the link back
// each has its own history again, byte for byte, and the old id enters anew.
func TestMergedAndBack(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("old", linkStart, 10)
	c.bought("new", linkStart+linkDay, 2)
	if p := c.profile("old"); p.Standing.Tier == 0 {
		t.Fatal("old has no tier")
	}
	own := map[string][]byte{"old": c.own("old"), "new": c.own("new")}
	alone, both := c.spend("new"), c.spend("new")+c.spend("old")

	word := c.word("old", "new", end+linkDay)
	if got := c.apply(word); got != score.Accepted {
		t.Fatalf("got %v, want the word accepted", got)
	}
	old, survivor := c.profile("old"), c.profile("new")
	if !old.Away() || old.MergedInto() != "new" || old.Standing.Tier != 0 || old.Episode.Level != 0 || old.Due != event.Never {
		t.Errorf("old: away %t, into %q, %v, %v, due %s; want it away, without labels and without a review",
			old.Away(), old.MergedInto(), old.Standing.Tier, old.Episode.Level, old.Due)
	}
	exit, ok := c.last("old").(*score.TierChanged)
	if !ok || exit.Direction != score.Exit || exit.Cause != score.ByMerge || exit.CauseEventID != word.ID || exit.AsOf != word.OccurredAt {
		t.Errorf("got %+v, want an EXIT by the word", c.last("old"))
	}
	if got := survivor.Origins(); !slices.Equal(got, []string{"old"}) || survivor.Away() {
		t.Errorf("new is read from %q, want old", got)
	}
	if got, want := c.spend("new"), both; got != want {
		t.Errorf("new has spent %d, want what both have, %d", got, want)
	}
	moved, ok := c.last("new").(*score.TierChanged)
	if !ok || moved.Direction != score.Up || moved.Cause != score.ByMerge || moved.CauseEventID != word.ID || moved.AsOf != word.OccurredAt {
		t.Errorf("got %+v, want UP by the word", c.last("new"))
	}
	if ok && !slices.ContainsFunc(moved.Contributions, func(x score.Contribution) bool { return x.Cause == score.ByMerge }) {
		t.Errorf("got contributions %+v, want some of the merger", moved.Contributions)
	}
	for id, want := range own {
		if !bytes.Equal(c.own(id), want) {
			t.Errorf("the own history of %s has changed", id)
		}
	}

	// What the old id does from now on shows in the new one, in the name of the event.
	late := c.order("old", end+3*linkDay, 700)
	c.apply(late)
	own["old"] = c.own("old")
	if got, want := c.spend("new"), both+700; got != want {
		t.Errorf("new has spent %d, want %d", got, want)
	}
	if p := c.profile("new"); p.LastChange != late.OccurredAt || p.AsOf != late.OccurredAt {
		t.Errorf("new is as of %s, want the instant of the event, %s", p.AsOf, late.OccurredAt)
	}
	if p := c.profile("old"); p.Due != event.Never || p.Sequence != int64(len(c.transitions["old"])) {
		t.Errorf("old is due at %s", p.Due)
	}

	back := c.word("old", "old", end+5*linkDay)
	c.apply(back)
	for id, want := range own {
		if p := c.profile(id); !bytes.Equal(p.History.Append(nil), want) || p.Whole() == nil || !bytes.Equal(p.Whole().Append(nil), want) || p.Away() {
			t.Errorf("%s: want its own history back, and nothing else read", id)
		}
	}
	entry, ok := c.last("old").(*score.TierChanged)
	if !ok || entry.Direction != score.Entry || entry.Cause != score.ByMerge || entry.CauseEventID != back.ID {
		t.Errorf("got %+v, want an ENTRY by the word", c.last("old"))
	}
	if got, want := c.spend("new"), alone; got != want {
		t.Errorf("new has spent %d, want %d", got, want)
	}
	if got := c.apply(word); got != score.Repeated {
		t.Errorf("the older word once more: got %v, want it repeated", got)
	}
}

// TestMergeEndsAnEpisode: the episode and the window of the old id end with MERGED, which is no customer won.
func TestMergeEndsAnEpisode(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("old", linkStart, 10)
	p := c.profile("old")
	for n := event.Instant(1); p.Episode.Level == 0; n++ {
		if n > 400 {
			t.Fatal("no episode")
		}
		p, _ = c.engine.Review(p, end+n*linkDay)
	}
	c.profiles["old"] = p
	c.apply(c.word("old", "new", p.AsOf+1))
	all := c.transitions["old"]
	var alert *score.ChurnAlert
	for _, x := range all {
		if a, ok := x.(*score.ChurnAlert); ok {
			alert = a
		}
	}
	if alert == nil || alert.State != score.Resolved || alert.Resolve != score.ByMerged || alert.Cause != score.ByMerge || alert.ActBy != event.Never {
		t.Errorf("got %+v, want it resolved by MERGED", alert)
	}
	// The new id, without a purchase of its own, is at risk as the old one was.
	if p := c.profile("new"); p.Episode.Level == 0 || p.Standing.Tier == 0 {
		t.Errorf("new: level %v, tier %v, want those of the whole history", p.Episode.Level, p.Standing.Tier)
	}
}

// TestChainAndCycle: of a chain the last survives, of a cycle the least id; each order counts once.
func TestChainAndCycle(t *testing.T) {
	c := newCircle(t, shipped(t))
	ids := []string{"ann", "bob", "cat", "dan"}
	var end event.Instant
	for n, id := range ids {
		end = c.bought(id, linkStart+event.Instant(n)*linkDay, 3)
	}
	for n, id := range ids[:3] {
		c.apply(c.word(id, ids[n+1], end+event.Instant(n+1)))
	}
	if p := c.profile("dan"); !slices.Equal(p.Origins(), ids[:3]) || c.spend("dan") != 12*9000 {
		t.Errorf("dan is read from %q, and has spent %d, want the chain, and %d", p.Origins(), c.spend("dan"), 12*9000)
	}
	c.apply(c.word("dan", "ann", end+10))
	for _, id := range ids {
		if p := c.profile(id); p.Away() != (id != "ann") {
			t.Errorf("%s: away %t", id, p.Away())
		}
	}
	if p := c.profile("ann"); !slices.Equal(p.Origins(), ids[1:]) || c.spend("ann") != 12*9000 {
		t.Errorf("ann is read from %q, and has spent %d, want the others, and %d", p.Origins(), c.spend("ann"), 12*9000)
	}
	c.apply(c.word("bob", "bob", end+20))
	if p := c.profile("bob"); !slices.Equal(p.Origins(), []string{"ann", "cat", "dan"}) && !slices.Equal(p.Origins(), []string{"ann", "dan", "cat"}) {
		t.Errorf("bob is read from %q", p.Origins())
	}
}

// TestDetailSaysInto: of who is merged the public sees where to look, and nothing else.
func TestDetailSaysInto(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("old", linkStart, 3)
	c.apply(c.word("old", `n"ew`, end+linkDay))
	s := c.engine.Score(c.profile("old"), end+2*linkDay)
	if got := string(s.Detail()); !strings.Contains(got, `"merged_into":"n\"ew"`) || strings.Contains(got, "orders") || len(s.Fields()) != 0 {
		t.Errorf("got %s, and %d fields", got, len(s.Fields()))
	}
	s = c.engine.Score(c.profile(`n"ew`), end+2*linkDay)
	if got := string(s.Detail()); !strings.Contains(got, `"merged_ids":1`) || s.Orders != 3 {
		t.Errorf("got %s, and %d orders", got, s.Orders)
	}
}
