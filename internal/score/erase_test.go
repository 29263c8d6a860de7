package score_test

import (
	"bytes"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// erasure is an ERASED that was recorded at an instant, and states an earlier time.
func erasure(id string, recorded event.Instant) *event.Interaction {
	return &event.Interaction{Head: event.Head{ID: id, Customer: "c", OccurredAt: recorded - 40*day, RecordedAt: recorded}, Kind: event.Erased}
}

// TestErasedAsIfNeverSeen: after an erasure the profile is that of a customer who came after the erasure, but for the instant. Events from
// before change nothing, whenever they come.
func TestErasedAsIfNeverSeen(t *testing.T) {
	e := shipped(t)
	for seed := range uint64(scaled(300)) {
		r := rand.New(rand.NewPCG(seed, 12))
		life := newLife(r)
		erased := life[r.IntN(len(life))].At() + event.Instant(r.IntN(3)-1)
		p := e.New("c")
		done := false
		for _, x := range life {
			if !done && !event.ErasedBy(x, erased) {
				p, done = apply(t, e, p, erasure("gone", erased)), true
			}
			p, _, _ = e.Apply(p, x)
		}
		if !done {
			p = apply(t, e, p, erasure("gone", erased))
		}
		after := e.New("c")
		for _, x := range life {
			if !event.ErasedBy(x, erased) {
				after, _, _ = e.Apply(after, x)
				continue
			}
			next, transitions, verdict := e.Apply(p, x)
			if verdict != score.Swallowed || len(transitions) > 0 || !bytes.Equal(encode(next), encode(p)) {
				t.Fatalf("life %d: %s comes late: verdict %v, %d transitions, want it swallowed", seed, x.Common().ID, verdict, len(transitions))
			}
		}
		if p.Erased != erased {
			t.Fatalf("life %d: erased at %s, the profile says %s", seed, erased, p.Erased)
		}
		if back, err := score.Decode(encode(p)); err != nil || back.Erased != erased {
			t.Fatalf("life %d: round trip: erased at %s, %v, want %s", seed, back.Erased, err, erased)
		}
		if again, transitions, verdict := e.Apply(p, erasure("again", erased)); verdict != score.Repeated || len(transitions) > 0 || !bytes.Equal(encode(again), encode(p)) {
			t.Fatalf("life %d: the erasure comes again: verdict %v, %d transitions, want a repetition that changes nothing", seed, verdict, len(transitions))
		}
		p.Erased, p.Muted, p.Second.Muted = 0, false, false
		if got, want := encode(p), encode(after); !bytes.Equal(got, want) {
			t.Fatalf("life %d, erased at %s: got %+v, want %+v, as of a life that begins later\n%s", seed, erased, p, after, describe(life))
		}
	}
}

// TestErasureEndsWhatWasTold: whoever has heard of an episode, a window or a tier hears that it ends, and nothing else of the customer.
func TestErasureEndsWhatWasTold(t *testing.T) {
	segmented := coolingOff()
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { noticing(60, 0)(m); m.Segments = segmented })
	seen := map[string]int{}
	for seed := range uint64(scaled(200)) {
		r := rand.New(rand.NewPCG(seed, 13))
		life := newLife(r)
		l := newLedger(t, e)
		for _, x := range life {
			l.apply(x)
		}
		l.advance(l.profile.AsOf + event.Instant(r.Int64N(int64(200*day))))
		before := l.profile
		p, transitions, verdict := e.Apply(before, erasure("gone", before.AsOf+1))
		if verdict != score.Accepted || !p.Unknown() {
			t.Fatalf("life %d: verdict %v, unknown %v, want the customer gone", seed, verdict, p.Unknown())
		}
		transitions = slices.DeleteFunc(transitions, func(x score.Transition) bool { return x.Common().Cause == score.ByTime })
		var want []score.Transition
		if before.Episode.Level > churn.None {
			want = append(want, &score.ChurnAlert{EpisodeID: before.Episode.ID, State: score.Resolved, Resolve: score.ByErased, Kind: score.Churn, Currency: "USD"})
			seen["episode"]++
		}
		if before.Second.Open {
			want = append(want, &score.ChurnAlert{EpisodeID: before.Second.ID, State: score.Resolved, Resolve: score.ByErased, Kind: score.SecondOrderWindow, Currency: "USD"})
			seen["window"]++
		}
		if before.Notice.Stands() {
			want = append(want, &score.TierWillChange{NoticeID: before.Notice.ID, State: score.Withdrawn, Withdrawal: score.ByErased, Currency: "USD"})
			seen["notice"]++
		}
		for _, name := range before.InSegments() {
			want = append(want, &score.SegmentChanged{Change: score.Left, Segment: name, EnteredID: l.segments[name].ID, Currency: "USD"})
			seen["segment"]++
		}
		if before.Standing.Tier != tier.None {
			want = append(want, &score.TierChanged{Direction: score.Exit, Currency: "USD"})
			seen["tier"]++
		}
		for i, x := range transitions {
			stamp := x.Common()
			if stamp.Cause != score.ByErasure || stamp.AsOf != before.AsOf+1 || stamp.CauseEventID != "gone" || stamp.Sequence != before.Sequence+int64(i)+1 || stamp.ID == "" {
				t.Errorf("life %d: stamp %+v, want cause ERASED at %s, and sequence %d", seed, stamp, before.AsOf+1, before.Sequence+int64(i)+1)
			}
			*stamp = score.Stamp{}
		}
		if !reflect.DeepEqual(transitions, want) {
			t.Errorf("life %d: got %+v, want %+v", seed, transitions, want)
		}
	}
	for _, what := range []string{"episode", "window", "notice", "segment", "tier"} {
		if seen[what] == 0 {
			t.Errorf("no life had a %s to end", what)
		}
	}
}

// TestErasureIsPublishedHoweverOld: an erasure that is read after a long outage is told, but for episodes of which nobody has heard.
func TestErasureIsPublishedHoweverOld(t *testing.T) {
	ends := []score.Transition{
		&score.ChurnAlert{Stamp: score.Stamp{AsOf: day, Cause: score.ByErasure}, State: score.Resolved, Kind: score.Churn},
		&score.ChurnAlert{Stamp: score.Stamp{AsOf: day, Cause: score.ByErasure}, State: score.Resolved, Kind: score.SecondOrderWindow},
		&score.TierChanged{Stamp: score.Stamp{AsOf: day, Cause: score.ByErasure}, Direction: score.Exit},
	}
	for _, row := range []struct {
		why                string
		muted, mutedSecond bool
		want               []bool
	}{
		{"all had been told", false, false, []bool{true, true, true}},
		{"the episode had not", true, false, []bool{false, true, true}},
		{"the window had not", false, true, []bool{true, false, true}},
	} {
		p := score.Profile{Muted: row.muted, Second: score.SecondOrder{Muted: row.mutedSecond}}
		if got := p.Publish(ends, 100*day, 7*24*time.Hour); !slices.Equal(got, row.want) {
			t.Errorf("%s: published %v, want %v", row.why, got, row.want)
		}
	}
}

// TestForgottenAfterErasure: a prospect who came back after an erasure and is forgotten leaves the instant of the erasure.
func TestForgottenAfterErasure(t *testing.T) {
	e := shipped(t).Forgetting(score.LeastForget)
	p := apply(t, e, e.New("c"), erasure("gone", 18_300*day))
	p = apply(t, e, p, &event.Interaction{Head: event.Head{ID: "view", Customer: "c", OccurredAt: 18_301 * day, RecordedAt: 18_301 * day}, Kind: event.PageView})
	p, _ = e.Review(e.Schedule(p), 18_301*day+2*event.Instant(score.LeastForget/time.Millisecond))
	if !p.Unknown() || p.Forgotten != 1 || p.Erased != 18_300*day {
		t.Errorf("got unknown %v, forgotten %d times, erased at %s; want the erasure to stand", p.Unknown(), p.Forgotten, p.Erased)
	}
}
