package score_test

import (
	"bytes"
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

// lives is how many are lived, a tenth of them under the race detector.
var lives = scaled(1500)

// end is an instant after all that happened in a life.
func end(life []event.Event) event.Instant { return life[len(life)-1].Common().OccurredAt + 30*day }

// Live scoring takes what a fetch brings, runs reviews when they are due or when somebody looks, and keeps profiles in their
// encoding. It gives the transitions of a replay, id by id, as long as each customer's events come in canonical order.
func TestLiveEqualsReplay(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	count, alerts := 0, 0
	for seed := range uint64(lives) {
		r := rand.New(rand.NewPCG(seed, 3))
		life := newLife(r)
		asOf := end(life)
		reference := replay.Run(e, life, asOf).Customers[0]

		p := e.New("c")
		var transitions []score.Transition
		review := func(at event.Instant) {
			next, more := e.Review(p, at)
			p, transitions = e.Schedule(next), append(transitions, more...)
		}
		for rest := life; len(rest) > 0; {
			batch := rest[:min(len(rest), 1+r.IntN(4))]
			rest = rest[len(batch):]
			if r.IntN(6) == 0 {
				batch = append(slices.Clone(batch), batch[len(batch)-1]) // delivered again
			}
			for _, x := range batch {
				next, more, _ := e.Apply(p, x)
				p, transitions = next, append(transitions, more...)
			}
			p = e.Schedule(p)
			var err error
			if p, err = score.Decode(encode(p)); err != nil {
				t.Fatalf("life %d: Decode = %v", seed, err)
			}
			until := asOf
			for _, x := range rest {
				until = min(until, x.At())
			}
			for p.Due <= until {
				review(p.Due)
			}
			for range r.IntN(3) {
				if until > p.AsOf {
					review(p.AsOf + event.Instant(r.Int64N(int64(until-p.AsOf))))
				}
			}
		}
		review(asOf)
		if got, want := ids(transitions), ids(reference.Transitions); !slices.Equal(got, want) {
			t.Fatalf("life %d: live tells %v, replay %v\n%s", seed, got, want, describe(life))
		}
		if got, want := unscheduled(p), unscheduled(reference.Profile); !bytes.Equal(got, want) {
			t.Fatalf("life %d: the profiles differ: live %+v, replay %+v\n%s", seed, p, reference.Profile, describe(life))
		}
		count += len(transitions)
		for _, x := range transitions {
			if _, ok := x.(*score.ChurnAlert); ok {
				alerts++
			}
		}
	}
	t.Logf("%d lives, %d transitions, %d of them alerts", lives, count, alerts)
	if count < 5*lives || alerts < lives/2 {
		t.Errorf("%d transitions with %d alerts in %d lives: too few to prove anything", count, alerts, lives)
	}
}

// In canonical order no event corrects anything, and every transition is borne out by its own evaluation.
func TestCanonicalOrderCorrectsNothing(t *testing.T) {
	plain := newEngine(t, inZone(t, "America/Sao_Paulo"), nil)
	other := newEngine(t, inZone(t, "America/Sao_Paulo"), func(m *score.Model) { m.Stack = stacked() })
	for seed := range uint64(lives / 3) {
		r := rand.New(rand.NewPCG(seed, 4))
		life := newLife(r)
		l := newLedger(t, plain)
		l.calendar = inZone(t, "America/Sao_Paulo")
		if seed%2 == 1 {
			l = newLedger(t, other)
			l.calendar = inZone(t, "America/Sao_Paulo")
		}
		for _, x := range life {
			l.apply(x)
		}
		l.advance(end(life) + 365*day)
		for _, x := range l.transitions {
			// An event stamped ahead of its record counts from its record on, so it may come before a transition that exists already.
			if s := x.Common(); s.Cause == score.ByCorrection && !stampedAhead(life, s.CauseEventID) {
				t.Errorf("life %d: %s is a correction, want none in canonical order", seed, s.ID)
			}
		}
		if t.Failed() {
			t.Fatalf("life %d:\n%s", seed, describe(life))
		}
	}
}

func stampedAhead(life []event.Event, id string) bool {
	return slices.ContainsFunc(life, func(x event.Event) bool {
		return x.Common().ID == id && x.Common().OccurredAt > x.Common().RecordedAt
	})
}

// late returns the events of a life as they might arrive: up to so many days late, some of them twice.
func late(r *rand.Rand, life []event.Event, days int) []event.Event {
	type arrival struct {
		x  event.Event
		at event.Instant
	}
	var arrivals []arrival
	for _, x := range life {
		limit := days
		if x.Topic() == event.Interactions {
			limit = min(limit, 6) // as long as its repetition is recognised
		}
		for range 1 + r.IntN(4)/3 {
			wait := event.Instant(0)
			if r.IntN(2) == 0 {
				wait = event.Instant(r.Int64N(int64(limit) * int64(day)))
			}
			arrivals = append(arrivals, arrival{x, x.Common().OccurredAt + wait})
		}
	}
	slices.SortStableFunc(arrivals, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	var list []event.Event
	for _, a := range arrivals {
		list = append(list, a.x)
	}
	return list
}

// Whatever the order of arrival, and with any repetition, the history is the same to the byte and so is every number. The
// labels may differ, as they have a memory; but each says truly what it follows, and what it corrects.
func TestOrderOfArrivalChangesNoNumber(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	corrections, retracted := 0, 0
	for seed := range uint64(lives) {
		r := rand.New(rand.NewPCG(seed, 5))
		life := newLife(r)
		canonical := fold(t, e, life)
		asOf := end(life)
		want := e.Score(score.Profile{Customer: "c", History: canonical.History}, asOf)
		for range 2 {
			l := newLedger(t, e)
			seen := late(r, life, 300)
			for _, x := range seen {
				if v := l.apply(x); v != score.Accepted && v != score.Repeated {
					t.Fatalf("life %d: %s arriving late is %v, want it accepted\n%s", seed, x.Common().ID, v, describe(seen))
				}
			}
			l.advance(asOf)
			if got, want := l.profile.History.Append(nil), canonical.History.Append(nil); !bytes.Equal(got, want) {
				t.Errorf("life %d: the order of arrival shows in the history:\n got %x\nwant %x", seed, got, want)
			}
			if got := e.Score(score.Profile{Customer: "c", History: l.profile.History}, asOf); !bytes.Equal(got.Whole(), want.Whole()) || !slices.Equal(got.Fields(), want.Fields()) {
				t.Errorf("life %d: the order of arrival shows in the score:\n got %v %s\nwant %v %s", seed, got.Fields(), got.Whole(), want.Fields(), want.Whole())
			}
			for _, x := range l.transitions {
				if x.Common().Cause == score.ByCorrection {
					corrections++
				}
				if a, ok := x.(*score.ChurnAlert); ok && a.State == score.Retracted {
					retracted++
				}
			}
			if t.Failed() {
				t.Fatalf("life %d arrived as\n%s", seed, describe(seen))
			}
		}
	}
	t.Logf("%d corrections, %d of them retractions", corrections, retracted)
	if corrections < lives/2 || retracted < lives/100 {
		t.Errorf("%d corrections, %d retractions: too few to prove anything", corrections, retracted)
	}
}
