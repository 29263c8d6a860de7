package score_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
)

// circle are customers who tell each other of their links, as homes do: messages arrive at once, in order.
type circle struct {
	t           failing
	engine      *score.Engine
	profiles    map[string]score.Profile
	transitions map[string][]score.Transition
	sent        []*event.Link
	read        int64
	events      int
}

// failing is a test: *testing.T or *rapid.T.
type failing interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func newCircle(t failing, e *score.Engine) *circle {
	return &circle{t: t, engine: e, profiles: map[string]score.Profile{}, transitions: map[string][]score.Transition{}}
}

func (c *circle) profile(id string) score.Profile {
	if p, ok := c.profiles[id]; ok {
		return p
	}
	return c.engine.New(id)
}

// apply applies an event and all messages that follow. It returns the verdict of the event.
func (c *circle) apply(x event.Event) score.Verdict {
	c.t.Helper()
	messages, verdict := c.one(x)
	for n := 0; len(messages) > 0; n++ {
		if n > 10_000 {
			c.t.Fatal("the messages do not end")
		}
		more, _ := c.one(messages[0])
		messages = append(messages[1:], more...)
	}
	return verdict
}

func (c *circle) one(x event.Event) ([]*event.Link, score.Verdict) {
	c.t.Helper()
	if err := event.Validate(x); err != nil {
		c.t.Fatalf("%+v: %v", x, err)
	}
	id := x.Common().Customer
	before := c.profile(id)
	encoded := before.Append(nil)
	after, transitions, verdict := c.engine.Apply(before, x)
	if !bytes.Equal(encoded, before.Append(nil)) {
		c.t.Fatalf("%+v: Apply has modified the profile before", x)
	}
	c.read++
	messages := c.engine.Messages(&before, &after, x, map[string]int64{id: c.read})
	after.Outcomes = nil
	c.profiles[id] = c.engine.Schedule(after)
	c.transitions[id] = append(c.transitions[id], transitions...)
	c.sent = append(c.sent, messages...)
	return messages, verdict
}

const linkDay = event.Instant(24 * time.Hour / time.Millisecond)

func (c *circle) head(id string, at event.Instant) event.Head {
	c.events++
	return event.Head{ID: fmt.Sprint("x", c.events), Customer: id, OccurredAt: at, RecordedAt: at}
}

func (c *circle) order(id string, at event.Instant, minor int64) *event.Purchase {
	h := c.head(id, at)
	return &event.Purchase{Head: h, Kind: event.Order, OrderID: h.ID, Amount: event.Money{Minor: minor, Currency: "USD"}}
}

func (c *circle) word(from, into string, at event.Instant) *event.Interaction {
	return &event.Interaction{Head: c.head(from, at), Kind: event.MergedInto, OtherCustomer: into}
}

func (c *circle) erased(id string, at event.Instant) *event.Interaction {
	return &event.Interaction{Head: c.head(id, at), Kind: event.Erased}
}

func (c *circle) attributes(id string, at event.Instant, key, value string) *event.Interaction {
	return &event.Interaction{Head: c.head(id, at), Kind: event.Attributes, Attributes: map[string]string{key: value}}
}

// bought makes a customer buy every 20 days, from an instant on.
func (c *circle) bought(id string, from event.Instant, orders int) event.Instant {
	for range orders {
		c.apply(c.order(id, from, 9000))
		from += 20 * linkDay
	}
	return from - 20*linkDay
}

func (c *circle) own(id string) []byte { return c.profile(id).History.Append(nil) }

// spend is what the customer has spent over life as the labels see it.
func (c *circle) spend(id string) int64 {
	p := c.profile(id)
	f := c.engine.Facts(p.Whole(), p.AsOf)
	return f.Spend
}

func (c *circle) last(id string) score.Transition {
	c.t.Helper()
	all := c.transitions[id]
	if len(all) == 0 {
		c.t.Fatalf("nothing was said of %s", id)
	}
	return all[len(all)-1]
}

const linkStart = event.Instant(1_735_689_600_000) // 2025-01-01

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
	told, ok := c.last("new").(*score.ChurnAlert)
	if !ok || told.State != score.Updated || told.CauseEventID != complaint.ID || told.Cause != score.ByEvent || told.LikelyCause != score.LikelyCause(event.AboutDelivery) {
		t.Errorf("got %+v, want an UPDATED by the complaint", c.last("new"))
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
