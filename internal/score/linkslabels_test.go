package score_test

import (
	"maps"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
)

// TestSurvivorIsTestAccount: an attribute of a part is one of the customer.
func TestSurvivorIsTestAccount(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("new", linkStart, 10)
	c.apply(c.attributes("old", end+linkDay, history.TestAccountKey, "true"))
	c.apply(c.word("old", "new", end+2*linkDay))
	p := c.profile("new")
	if !p.Test || p.Standing.Tier != 0 {
		t.Errorf("new: test %t, tier %v, want a test account", p.Test, p.Standing.Tier)
	}
	if old := c.profile("old"); old.Test {
		t.Error("old counts as a test account besides")
	}
	c.apply(c.word("old", "old", end+3*linkDay))
	if p := c.profile("new"); p.Test || p.Standing.Tier == 0 {
		t.Errorf("new after it: test %t, tier %v", p.Test, p.Standing.Tier)
	}
	if old := c.profile("old"); !old.Test {
		t.Error("old is no test account any more")
	}
}

// TestMergedUnderAnotherModel: a switch of models asks nothing of who is away; whoever comes back is labelled by the model in force.
func TestMergedUnderAnotherModel(t *testing.T) {
	first := replacing(t, modelOf(t, kept, nil), nil, 0)
	c := newCircle(t, first)
	end := c.bought("old", linkStart, 10)
	c.bought("new", linkStart+linkDay, 10)
	c.apply(c.word("old", "new", end+linkDay))
	said := maps.Clone(c.transitions)
	c.engine = replacing(t, modelOf(t, tried, nil), first, end+2*linkDay)
	for _, id := range []string{"old", "new"} {
		p, more := c.engine.Review(c.profile(id), end+3*linkDay)
		c.profiles[id] = c.engine.Schedule(p)
		if id == "old" && (len(more) > 0 || p.Model != c.engine.Hash() || c.profiles[id].Due != event.Never) {
			t.Errorf("old: %d transitions, due %s, want none and never", len(more), c.profiles[id].Due)
		}
	}
	c.apply(c.word("old", "old", end+4*linkDay))
	if p := c.profile("old"); p.Standing.Tier == 0 || len(c.transitions["old"]) == len(said["old"]) {
		t.Error("old has not come back")
	}
}

// TestNewsOfAPart: a complaint under the old id is news for the open episode of the survivor, in the name of the complaint.
func TestNewsOfAPart(t *testing.T) {
	c := newCircle(t, shipped(t))
	end := c.bought("old", linkStart, 10)
	c.apply(c.word("old", "new", end+linkDay))
	p := c.profile("new")
	for n := event.Instant(1); p.Episode.Level == 0; n++ {
		if n > 400 {
			t.Fatal("no episode")
		}
		p, _ = c.engine.Review(p, end+n*linkDay)
	}
	c.profiles["new"] = p
	complaint := &event.Feedback{Head: c.head("old", p.AsOf+1000), Kind: event.Complaint, About: event.AboutDelivery}
	c.apply(complaint)
	var told *score.ChurnAlert // beside the alert that she is unhappy
	for _, x := range c.transitions["new"] {
		if a, ok := x.(*score.ChurnAlert); ok && a.Kind == score.Churn {
			told = a
		}
	}
	if told == nil || told.State != score.Updated || told.CauseEventID != complaint.ID || told.Cause != score.ByEvent || told.LikelyCause != score.LikelyCause(event.AboutDelivery) {
		t.Errorf("got %+v, want an UPDATED by the complaint", told)
	}
}

// TestSurvivorIsShop: an id of all guests, merged into a customer, makes that id behave like a shop.
func TestSurvivorIsShop(t *testing.T) {
	c := newCircle(t, shipped(t))
	lines := c.engine.Model().Shop
	if lines.OrdersPerDay == 0 {
		t.Fatal("the model finds no shop")
	}
	end := c.bought("new", linkStart, 3)
	for day := range lines.MinDays {
		for n := range 2 * lines.OrdersPerDay {
			c.apply(c.order("guests", linkStart+event.Instant(day)*linkDay+event.Instant(n), 500))
		}
	}
	if p := c.profile("guests"); !p.Shop {
		t.Fatal("guests is no shop")
	}
	c.apply(c.word("guests", "new", max(end, linkStart+event.Instant(lines.MinDays)*linkDay)))
	guests, survivor := c.profile("guests"), c.profile("new")
	if guests.Shop || !survivor.Shop || score.IsShop(guests.Append(nil)) || !score.IsShop(survivor.Append(nil)) {
		t.Errorf("guests is a shop: %t, new: %t, want the survivor alone", guests.Shop, survivor.Shop)
	}
}

// TestTakingBackTheModelOfAMerger: a model that comes back finds the labels that it would have given, also to ids that were merged meanwhile.
func TestTakingBackTheModelOfAMerger(t *testing.T) {
	first := replacing(t, modelOf(t, kept, nil), nil, 0)
	c := newCircle(t, first)
	end := c.bought("old", linkStart, 10)
	c.bought("new", linkStart+linkDay, 2)
	alone := newCircle(t, first)
	alone.profiles, alone.events = maps.Clone(c.profiles), c.events
	second := replacing(t, modelOf(t, tried, func(m *score.Model) { m.Tiers.General += 2000 }), first, end+linkDay)
	c.engine = second
	word := c.word("old", "new", end+2*linkDay)
	c.apply(word)
	alone.apply(word)
	c.engine = replacing(t, modelOf(t, kept, nil), second, end+3*linkDay)
	for _, id := range []string{"old", "new"} {
		p, _ := c.engine.Review(c.profile(id), end+4*linkDay)
		want, _ := alone.engine.Review(alone.profile(id), end+4*linkDay)
		if p.Standing.Tier != want.Standing.Tier || p.Standing.Since != want.Standing.Since || p.Episode.Level != want.Episode.Level || p.Away() != want.Away() {
			t.Errorf("%s: tier %v since %s, level %v; want those of the model by itself, %v since %s, %v",
				id, p.Standing.Tier, p.Standing.Since, p.Episode.Level, want.Standing.Tier, want.Standing.Since, want.Episode.Level)
		}
	}
}
