package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/shard"
)

// pairing is the real engine: the default model counts pairs of referrer and buyer.
func pairing(t *testing.T) scorer { return scorers(t)[1] }

// refers sends an order of a customer who names a referrer.
func (w *world) refers(id, customer, by string) {
	w.send(event.Purchases, message{ID: id, Customer: customer, Occurred: ago(0), Amount: 5000, Referrer: by})
}

// referrals are those that a customer has made, and how many of them have bought.
func (w *world) referrals(customer string) (all, buyers int) {
	p := w.profile(customer)
	f := w.scorer.engine.(*score.Engine).Facts(p.Whole(), p.AsOf)
	return f.Referrals, f.ReferredBuyers
}

// TestReferralsOverLanes: orders, referrals, mergers and erasures of customers whose homes are on two lanes, which come and go. The lanes come to
// what a replay comes to.
func TestReferralsOverLanes(t *testing.T) {
	referred, runs := 0, seeds(8)
	for seed := range runs {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, pairing(t), 2, 4)
			w.adjust = func(c *Config) { c.PublishScores = true }
			r := rand.New(rand.NewPCG(seed, 41))
			id := func() string { return fmt.Sprintf("c%02d", r.IntN(7)) }
			w.live(r, 6, 20, ago(60*day))
			w.comeAndGo(r, 3, 8, func(_ []*running, n, k int) {
				switch r.IntN(9) {
				case 0:
					w.merge(fmt.Sprint("word", n, k), id(), id())
				case 1:
					w.send(event.Interactions, message{ID: fmt.Sprint("forget", n, k), Customer: id(), Occurred: ago(0), Erase: true})
				case 2:
					w.send(event.Interactions, message{ID: fmt.Sprint("told", n, k), Customer: id(), Occurred: ago(0), Buyer: id()})
				default:
					w.refers(fmt.Sprint("new", n, k), id(), id())
				}
			})
			w.checkErased(event.InstantOf(time.Now()))
			w.checkJoined(event.InstantOf(time.Now()), outcome)
			for n := range 7 {
				customer := fmt.Sprintf("c%02d", n)
				if s := w.store.shards[w.layout.Of(customer)]; s.profiles[customer] != nil {
					_, buyers := w.referrals(customer)
					referred += buyers
				}
			}
		})
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	if referred < 10*int(runs)/8 {
		t.Errorf("buyers who were referred, in all: want many, got %d", referred)
	}
}

// TestCrashWhileReferring kills one of two lanes at every call, be it the home of the buyers or of the referrer. Whichever dies, no referral is
// lost, and none counts twice.
func TestCrashWhileReferring(t *testing.T) { crashAtEveryCall(t, 25, referAndCrash) }

// referAndCrash lets customers of one lane name referrers of the other while one of the lanes is killed. It reports whether this lane made so
// many calls.
func referAndCrash(t *testing.T, index int, f *fuse) (crashed bool) {
	w := newWorld(t, pairing(t), 2, 4)
	w.adjust = func(c *Config) { c.RollingCycle, c.PublishScores = -1, true }
	ann, gone := w.homed(0), w.homed(0)
	var buyers []string
	for range 3 {
		buyers = append(buyers, w.homed(1))
	}
	for _, id := range []string{ann, gone} {
		w.buys(id, 2, 20_000)
	}
	lanes := []*running{nil, nil}
	lanes[index], lanes[1-index] = w.start(index, f), w.start(1-index, nil)
	pass(1500 * time.Millisecond)
	for n, buyer := range buyers {
		w.refers("first of "+buyer, buyer, ann)
		w.refers(fmt.Sprint("second of ", buyer), buyer, []string{ann, gone, gone}[n])
	}
	pass(100 * time.Millisecond) // no id has an order and a message in one millisecond: the fold could not tell which came first
	w.refers("back", ann, buyers[0])
	pass(700 * time.Millisecond)
	w.send(event.Interactions, message{ID: "told", Customer: ann, Occurred: ago(0), Buyer: buyers[1]})
	w.erase("forget", gone)
	w.erase("forget too", buyers[2])
	pass(1500 * time.Millisecond)
	if !f.blown() {
		lanes[index].rest(t)
	}
	lanes[index].lane.Drain()
	lanes[index].wait()
	crashed = f.blown()
	lanes[index] = w.start(index, nil)
	pass(3 * time.Second)
	w.settle(lanes)
	pass(7 * time.Second)
	finish(t, lanes...)
	w.checkErased(event.InstantOf(time.Now()))
	for _, row := range []struct {
		who         string
		all, buyers int
	}{{ann, 3, 3}, {buyers[0], 1, 1}, {buyers[1], 0, 0}} {
		if all, bought := w.referrals(row.who); all != row.all || bought != row.buyers {
			t.Errorf("%s: %d referrals, %d buyers, want %d and %d", row.who, all, bought, row.all, row.buyers)
		}
	}
	if s := w.store.shards[w.layout.Of(gone)]; s.profiles[gone] != nil || s.erased[gone] == 0 {
		t.Errorf("%s: want a tombstone and no profile", gone)
	}
	return crashed
}

// TestReferralsWhileTheTopicIsAway: referrals wait in the outbox while the topic is away, also those of a buyer who is erased meanwhile.
func TestReferralsWhileTheTopicIsAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, pairing(t), 2, 4)
		ann, bob, cid := w.homed(0), w.homed(1), w.homed(1)
		w.buys(ann, 2, 20_000)
		lanes := w.startAll()
		w.settle(lanes)
		w.wire.set(string(event.Links), true)
		w.refers("of bob", bob, ann)
		w.refers("of cid", cid, ann)
		pass(2 * time.Second)
		w.erase("forget", bob)
		pass(2 * time.Second)
		if all, _ := w.referrals(ann); all != 0 {
			t.Errorf("%d referrals while the topic is away", all)
		}
		w.wire.set(string(event.Links), false)
		pass(5 * time.Second)
		w.settle(lanes)
		pass(10 * time.Second)
		finish(t, lanes...)
		w.checkErased(event.InstantOf(time.Now()))
		if all, buyers := w.referrals(ann); all != 2 || buyers != 2 {
			t.Errorf("%d referrals, %d buyers, want 2 and 2", all, buyers)
		}
	})
}

// TestReferralsOfDroppedShards: the shard of a referrer, or of a buyer, is dropped and rebuilt from the log. Every referral counts once.
func TestReferralsOfDroppedShards(t *testing.T) {
	for _, whose := range []int{0, 1} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, pairing(t), 2, 4)
			ann, bob := w.homed(0), w.homed(1)
			w.buys(ann, 2, 20_000)
			lanes := w.startAll()
			w.refers("of bob", bob, ann)
			w.settle(lanes)
			pass(5 * time.Second)
			finish(t, lanes...)
			before := len(w.logs.linksSent())
			if err := w.store.Drop(t.Context(), []int{w.layout.Of([]string{ann, bob}[whose])}); err != nil {
				t.Fatal(err)
			}
			lanes = w.startAll()
			w.settle(lanes)
			pass(10 * time.Second)
			finish(t, lanes...)
			if again := len(w.logs.linksSent()) - before; again != whose {
				t.Errorf("%d messages after the rebuild, want %d", again, whose)
			}
			if all, buyers := w.referrals(ann); all != 1 || buyers != 1 {
				t.Errorf("%d referrals, %d buyers, want one", all, buyers)
			}
			w.checkJoined(event.InstantOf(time.Now()), outcome)
		})
	}
}

// TestReferralOfALaterEdition: what a rebuild sends is nothing to the edition in force.
func TestReferralOfALaterEdition(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, pairing(t), 2, 4)
		ann := w.homed(0)
		w.buys(ann, 2, 20_000)
		later := w.layout
		later.Edition++
		for _, l := range []shard.Layout{w.layout, later} {
			o, err := encodeLink(plain{}, l, &event.Link{
				Head:     event.Head{ID: "order", Customer: ann, OccurredAt: ago(0), RecordedAt: ago(0)},
				Referral: &event.LinkReferral{Buyer: fmt.Sprint("of edition ", l.Edition)},
			})
			if err != nil {
				t.Fatal(err)
			}
			w.wire.links(&o)
		}
		lanes := w.startAll()
		w.settle(lanes)
		pass(5 * time.Second)
		finish(t, lanes...)
		if all, buyers := w.referrals(ann); all != 1 || buyers != 1 {
			t.Errorf("%d referrals, %d buyers, want that of the own edition", all, buyers)
		}
	})
}
