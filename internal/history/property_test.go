package history_test

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

func observeAll(t *rapid.T, seen []observed, c event.Calendar) history.Summary {
	var s history.Summary
	for _, o := range seen {
		before := s.Append(nil)
		next, verdict := s.Observe(o.x, o.a, c)
		if now := s.Append(nil); !bytes.Equal(before, now) {
			t.Fatalf("Observe %s modified its receiver: was %x, is %x", describe(o, c), before, now)
		}
		if after := next.Append(nil); (verdict == history.Accepted) == bytes.Equal(before, after) {
			t.Fatalf("Observe %s said %d; bytes before %x, after %x", describe(o, c), verdict, before, after)
		}
		if verdict == history.TooLate {
			t.Fatalf("Observe %s said it is too late at H = day %d", describe(o, c), s.Newest()-base)
		}
		s = next
	}
	return s
}

// The promise: equal bytes under any permutation and repetition with lateness under 365 days, 90 for interactions, their
// repeats within 7.
func TestOrderOfArrivalDoesNotMatter(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		life := drawAny(t, c)
		first := arrive(t, life, c)
		one := observeAll(t, first, c)
		want := one.Append(nil)
		for range 3 {
			again := arrive(t, life, c)
			two := observeAll(t, again, c)
			if got := two.Append(nil); !bytes.Equal(got, want) {
				for _, o := range first {
					t.Log("first ", describe(o, c))
				}
				for _, o := range again {
					t.Log("second", describe(o, c))
				}
				t.Fatalf("arrival order shows:\n got %x\nwant %x", got, want)
			}
		}
	})
}

// The exact twin keeps every event; the Summary agrees with it at any instant from the day before H on.
func TestTwinAgreesOnGeneratedLives(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		life := drawAny(t, c)
		w := twin{calendar: c}
		seen := arrive(t, life, c)
		s := observeAll(t, seen, c)
		for _, o := range life {
			w.observe(o)
		}
		decoded, err := history.Decode(s.Append(nil))
		if err != nil {
			t.Fatalf("decode %x: %v", s.Append(nil), err)
		}
		if got, want := decoded.Append(nil), s.Append(nil); !bytes.Equal(got, want) {
			t.Fatalf("round trip: got %x, want %x", got, want)
		}
		for range 4 {
			at := drawInstant(t, s.Newest(), c)
			got, want := s.Facts(at, c), w.facts(at)
			if back := decoded.Facts(at, c); back != got {
				t.Fatalf("facts of the decoded summary:\n got %+v\nwant %+v", back, got)
			}
			w.agrees(t, &s, at)
			w.agrees(t, &decoded, at)
			got.Until, got.UntilTouches = 0, 0
			if got != want {
				for _, o := range seen {
					t.Log(describe(o, c))
				}
				t.Fatalf("at day %d (H = day %d):\n got %+v\nwant %+v", c.Day(at)-base, s.Newest()-base, got, want)
			}
		}
	})
}

// The nearer of Until and UntilTouches is the first instant at which time alone changes anything, and nothing changes before;
// before Until nothing but what interactions leave.
func TestUntilIsExact(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		s := observeAll(t, arrive(t, drawAny(t, c), c), c)
		at := drawInstant(t, s.Newest(), c)
		for step := 0; ; step++ {
			if step > 300 {
				t.Fatalf("Until goes on and on, at day %d", c.Day(at)-base)
			}
			now := s.Facts(at, c)
			until := min(now.Until, now.UntilTouches)
			if until == event.Never {
				// Nothing is left in any window.
				if now.Orders365+now.Refunds365+now.Chargebacks+now.Complaints+now.CSATCount+now.Channels90+now.ActiveMonths != 0 || now.NPSKnown {
					t.Fatalf("Until is never, yet something will leave: %+v", now)
				}
				if far := s.Facts(at+5000*24*hour, c); far != now {
					t.Fatalf("Until is never, but much later\n got %+v\nwant %+v", far, now)
				}
				return
			}
			if until <= at {
				t.Fatalf("Until is %v at %v", until, at)
			}
			same := func(when string, then event.Instant, mend func(*history.Facts), want bool) {
				f, now := s.Facts(then, c), now
				f.Until, f.UntilTouches = now.Until, now.UntilTouches
				mend(&f)
				mend(&now)
				if (f == now) != want {
					t.Fatalf("%s (day %d, asked at day %d): same = %t, want %t\n now %+v\nthen %+v", when, c.Day(then)-base, c.Day(at)-base, f == now, want, now, f)
				}
			}
			all := func(*history.Facts) {}
			same("just before", until-1, all, true)
			same("between", at+(until-at)/2, all, true)
			same("at", until, all, false)
			if now.Until != event.Never {
				same("just before Until", now.Until-1, func(f *history.Facts) {
					f.Interactions90, f.Touches90, f.Interactions30, f.Channels90 = [event.InteractionKinds]int64{}, [event.InteractionKinds]int32{}, 0, 0
				}, true)
			}
			at = until
		}
	})
}

// drawInstant draws an instant from the day before H on, at midnights above all.
func drawInstant(t *rapid.T, newest event.Day, c event.Calendar) event.Instant {
	day := newest + event.Day(rapid.SampledFrom([]int{-1, 0, 1, 6, 30, 89, 90, 364, 365, 366, 1200}).Draw(t, "days after H"))
	return c.Start(day) + rapid.SampledFrom([]event.Instant{0, 1, hour, 23 * hour}).Draw(t, "time of day")
}
