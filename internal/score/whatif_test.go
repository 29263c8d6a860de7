package score_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// What is said to keep the tier, and to reach the next, is applied as an event, and the label is looked at.
func TestWhatIfIsTrue(t *testing.T) {
	zone := "Europe/Berlin"
	e, calendar := newEngine(t, inZone(t, zone), nil), inZone(t, zone)
	kept, lost, reached, out := 0, 0, 0, 0
	for seed := range uint64(scaled(300)) {
		r := rand.New(rand.NewPCG(seed, 24))
		p := e.New("c")
		life := newLife(r)
		for _, x := range life[:1+r.IntN(len(life))] {
			p, _, _ = e.Apply(p, x)
		}
		p, _ = e.Review(p, p.AsOf+event.Instant(r.Int64N(int64(60*day))))
		w := e.WhatIf(p, p.AsOf)
		if (w != nil) != (p.Standing.Tier != tier.None) {
			t.Fatalf("life %d: %+v for the tier %s", seed, w, p.Standing.Tier)
		}
		if w == nil {
			continue
		}
		buy := func(at event.Instant, minor int64) score.Profile {
			next, _, verdict := e.Apply(p, order("what if", at, minor))
			if verdict != score.Accepted {
				t.Fatalf("life %d: the purchase of %d at %s is %s", seed, minor, at, verdict)
			}
			return next
		}
		lowest := func(q score.Profile, until event.Instant) score.Tier {
			least := q.Standing.Tier
			_, transitions := e.Review(q, until)
			for _, x := range transitions {
				if change, ok := x.(*score.TierChanged); ok {
					least = min(least, change.Tier)
				}
			}
			return least
		}
		fall, falls := falls(e, p, p.Standing.Tier, event.Never)
		if p.Standing.Tier == tier.Low {
			falls = false
		}
		if falls != (w.Falls != event.Never) || falls && fall != w.Falls {
			t.Errorf("life %d: it falls at %s, want %s (%v)", seed, w.Falls, fall, falls)
		}
		if falls {
			then := max(calendar.Start(w.KeepBy), p.AsOf)
			switch {
			case w.Keep > 0:
				kept++
				if got := lowest(buy(then, w.Keep), w.Falls); got < p.Standing.Tier || w.Keep > 3*w.Usual {
					t.Errorf("life %d: %d on %s leaves %s at %s, want %s kept by at most three orders of %d", seed, w.Keep, w.KeepBy, got, w.Falls, p.Standing.Tier, w.Usual)
				}
			default:
				lost++
				if got := lowest(buy(then, 3*w.Usual), w.Falls); got >= p.Standing.Tier {
					t.Errorf("life %d: nothing is said to keep %s, and three orders of %d do", seed, p.Standing.Tier, w.Usual)
				}
			}
		}
		switch {
		case p.Standing.Tier == tier.High:
			if w.Next != tier.None {
				t.Errorf("life %d: above the highest comes %s", seed, w.Next)
			}
		case w.Reach > 0:
			reached++
			if got := buy(p.AsOf, w.Reach).Standing.Tier; got < w.Next || w.Reach > 3*w.Usual {
				t.Errorf("life %d: %d reaches %s, want %s", seed, w.Reach, got, w.Next)
			}
			if w.Reach > 100 && buy(p.AsOf, w.Reach-100).Standing.Tier >= w.Next {
				t.Errorf("life %d: less than %d reaches %s too", seed, w.Reach, w.Next)
			}
		default:
			out++
			if got := buy(p.AsOf, 3*w.Usual).Standing.Tier; got >= w.Next {
				t.Errorf("life %d: nothing is said to reach %s, and three orders of %d do", seed, w.Next, w.Usual)
			}
		}
		if t.Failed() {
			t.Fatalf("life %d:\n%s", seed, describe(life))
		}
	}
	t.Logf("kept %d, lost %d, reached %d, out of reach %d", kept, lost, reached, out)
	if kept < scaled(50) || reached < scaled(50) || out < scaled(20) {
		t.Errorf("kept %d, lost %d, reached %d, out of reach %d: too few to prove anything", kept, lost, reached, out)
	}
}

// The detail says so where the model asks for it, in major units, and is as it was where not.
func TestTheDetailSaysWhatIf(t *testing.T) {
	with := newEngine(t, event.Calendar{}, func(m *score.Model) { m.WhatIf, m.ByConsent = true, true })
	without := newEngine(t, event.Calendar{}, nil)
	first := order("o1", 20_000*day, 4000)
	first.Channel = "web"
	yes := &event.Interaction{Head: event.Head{ID: "y", Customer: "c", OccurredAt: 20_000*day + 1, RecordedAt: 20_000*day + 1}, Kind: event.ConsentChanged, Channel: "email", Name: "granted"}
	life := []event.Event{first, yes, order("o2", 20_010*day, 4000), order("o3", 20_020*day, 4000)}
	p := fold(t, with, life)
	w := with.WhatIf(p, p.AsOf)
	s := with.Score(p, p.AsOf)
	var got struct {
		Contact string   `json:"contactable_channels"`
		Orders  string   `json:"order_channels"`
		Ends    string   `json:"tier_ends_at"`
		KeepBy  string   `json:"keep_by"`
		Keep    float64  `json:"keep_amount"`
		Any     bool     `json:"keep_any_order"`
		Next    string   `json:"next_tier"`
		Reach   *float64 `json:"next_tier_amount"`
	}
	if err := json.Unmarshal(s.Detail(), &got); err != nil {
		t.Fatal(err)
	}
	if w.Keep == 0 || got.Keep != float64(w.Keep)/100 || got.KeepBy != w.KeepBy.String() || got.Ends != w.Falls.String() || got.Any != w.Any || got.Next != w.Next.String() {
		t.Errorf("the detail says %+v, want %+v", got, w)
	}
	if (got.Reach == nil) != (w.Reach == 0) || got.Reach != nil && *got.Reach != float64(w.Reach)/100 {
		t.Errorf("the detail says that %v reaches it, want %d", got.Reach, w.Reach)
	}
	if got.Contact != "email" || got.Orders != "web" {
		t.Errorf("contact by %q, orders by %q, want email and web", got.Contact, got.Orders)
	}
	bare := without.Score(fold(t, without, life), p.AsOf)
	for _, name := range []string{"keep_", "next_tier", "tier_ends", "order_channels"} {
		if strings.Contains(string(bare.Detail()), name) {
			t.Errorf("without the line the detail has %s: %s", name, bare.Detail())
		}
	}
}
