package history_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/release"
	scored "tidemark/internal/score"
)

// micros is the sum of the logarithms of some gaps.
func micros(gaps ...float64) (sum int64) {
	for _, gap := range gaps {
		sum += int64(math.Round(1e6 * math.Log(gap)))
	}
	return sum
}

func TestLogGaps(t *testing.T) {
	for _, row := range []struct {
		name, story string
		at          event.Day
		want        int64
	}{
		{"nothing at all", "", 100, 0},
		{"once", "1 ORDER a 100", 100, 0},
		{"twice on a day is once", "1 ORDER a 100; 1 ORDER b 50 @5", 100, 0},
		{"on two days in a row", "1 ORDER a 100; 2 ORDER b 50", 100, 0},
		{"two gaps", "1 ORDER a 100; 43 ORDER b 50; 50 ORDER c 50", 100, micros(42, 7)},
		{"the third is still to come", "1 ORDER a 100; 43 ORDER b 50; 50 ORDER c 50", 49, micros(42)},
		{"the second was called off", "1 ORDER a 100; 43 ORDER b 50; 44 CANCEL b; 90 ORDER c 50", 100, micros(89)},
		{"a late order divides a gap", "1 ORDER a 100; 90 ORDER c 50; 43 ORDER b 50", 100, micros(42, 47)},
		{"the first is sealed", "1 ORDER a 100; 300 ORDER b 50; 745 ORDER c 50", 746, micros(299, 445)},
		{"ten years of yearly orders", "1 ORDER a 9; 393 ORDER b 9; 758 ORDER c 9; 1123 ORDER d 9; 1488 ORDER e 9; 1853 ORDER f 9; 4000 ORDER g 9", 4000, micros(392, 365, 365, 365, 365, 2147)},
		{"a sealed day without an order that stands", "1 ORDER a 9; 20 ORDER b 9; 21 REFUND b 9; 50 ORDER c 9; 1000 ORDER d 9; 1001 ORDER e 9", 1001, micros(49, 950, 1)},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			for _, s := range []history.Summary{s, restored(t, s)} {
				if got, known := s.LogGaps(event.Calendar{}.Start(base + row.at)); got != row.want || !known {
					t.Errorf("got %d, %t, want %d", got, known, row.want)
				}
			}
		})
	}
}

// restored is a history that has been stored.
func restored(t testing.TB, s history.Summary) history.Summary {
	t.Helper()
	stored, err := history.Decode(s.Append(nil))
	if kept := s.AppendKept(nil); err == nil && len(kept) > 0 {
		err = stored.ReadKept(kept)
	}
	if err != nil {
		t.Fatal(err)
	}
	return stored
}

func TestLogGapsTogether(t *testing.T) {
	for _, row := range []struct {
		name, one, other string
		want             int64
		known            bool
	}{
		{"open days of both", "1 ORDER a 100; 50 ORDER b 9", "43 ORDER c 50", micros(42, 7), true},
		{"all sealed days of one come first", "1 ORDER a 9; 20 ORDER b 9; 30 ORDER e 9; 5000 LOGIN web", "31 ORDER c 9; 60 ORDER d 9; 5000 LOGIN web", micros(19, 10, 1, 29), true},
		{"sealed by one, open of the other", "1 ORDER a 9; 20 ORDER b 9; 30 ORDER e 9; 5000 LOGIN web", "4999 ORDER c 9; 5000 ORDER d 9", micros(19, 10, 4969, 1), true},
		{"an open day that is sealed by now, before all others", "40 ORDER a 100", "90 ORDER b 70; 100 ORDER c 20; 5000 LOGIN web", micros(50, 10), true},
		{"sealed days that alternate", "1 ORDER a 9; 90 ORDER b 9; 5000 LOGIN web", "31 ORDER c 9; 60 ORDER d 9; 5000 LOGIN web", 0, false},
		{"the same day sealed by both", "1 ORDER a 9; 5000 LOGIN web", "1 ORDER c 9; 5000 LOGIN web", 0, false},
		{"an open day between sealed ones", "40 ORDER a 100", "0 ORDER b 70; 50 ORDER c 20; 5000 LOGIN web", 0, false},
		{"nothing bought by one", "1 ORDER a 9; 20 ORDER b 9; 5000 LOGIN web", "5000 LOGIN web", micros(19), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, other := first(remember(parse(t, row.one))), first(remember(parse(t, row.other)))
			for _, s := range []history.Summary{history.Together(one, other), history.Together(other, one)} {
				if got, known := s.LogGaps(event.Calendar{}.Start(s.Newest() + 1)); got != row.want || known != row.known {
					t.Errorf("got %d, %t; want %d, %t", got, known, row.want, row.known)
				}
			}
		})
	}
}

// What is known of the gaps does not depend on the order of the parts, and the parts stay as they are.
func TestLogGapsTogetherInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var parts []history.Summary
		for range rapid.IntRange(2, 4).Draw(t, "ids") {
			s, day := history.Summary{}, base
			for range rapid.IntRange(1, 3).Draw(t, "days") {
				day += event.Day(rapid.IntRange(1, 60).Draw(t, "gap"))
				at := event.Calendar{}.Start(day)
				id := string(rune('a'+len(parts))) + day.String()
				s, _ = s.Observe(&event.Purchase{Head: event.Head{ID: id, OccurredAt: at}, Kind: event.Order, OrderID: id}, history.Amounts{Amount: 1}, event.Calendar{})
			}
			end := event.Calendar{}.Start(base + event.Day(rapid.SampledFrom([]int{200, 2000}).Draw(t, "end")))
			s, _ = s.Observe(&event.Interaction{Head: event.Head{ID: "end", OccurredAt: end}, Kind: event.Login}, history.Amounts{}, event.Calendar{})
			parts = append(parts, s)
		}
		before := encoded(parts...)
		at := event.Calendar{}.Start(base + 2001)
		whole, again := together(parts), together(rapid.Permutation(parts).Draw(t, "order"))
		sum, known := whole.LogGaps(at)
		if got, ok := again.LogGaps(at); got != sum || ok != known {
			t.Errorf("got %d, %t; in another order %d, %t", sum, known, got, ok)
		}
		for i, b := range encoded(parts...) {
			if string(b) != string(before[i]) {
				t.Errorf("part %d has changed", i)
			}
		}
	})
}

// A gap's logarithm lies so far from a tie that a last bit of math.Log does not matter.
func TestLogGapsRoundAlike(t *testing.T) {
	for gap := 1; gap < 40_000; gap++ {
		x := 1e6 * math.Log(float64(gap))
		if away := math.Abs(x - math.Floor(x) - .5); away < 1e-7 {
			t.Errorf("gap of %d days: 1e6 ln = %v, only %v from a tie", gap, x, away)
		}
	}
}

// A release that did not keep the sum has forgotten it once three days are sealed.
func TestLogGapsOfEachRelease(t *testing.T) {
	for _, r := range release.All(t) {
		for _, stored := range r.Profiles(t) {
			if stored.Customer != "gil" || stored.When != "end" {
				continue
			}
			p, err := scored.Decode([]byte(stored.Encoded))
			if err != nil {
				t.Fatal(err)
			}
			sum, known := p.History.LogGaps(release.AsOf)
			if want := r.Number > 3; known != want || known && sum == 0 {
				t.Errorf("release %d: %d, %t; want it known: %t", r.Number, sum, known, want)
			}
			if told := p.History.Held().Sealed.UsualGapDays; (told > 0) != known {
				t.Errorf("release %d: told a usual gap of %v days, want it told: %t", r.Number, told, known)
			}
		}
	}
}
