package history_test

import (
	"hash/fnv"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// If no two ids know the same order or have purchases on the same day, sealed days do not matter: the totals are sums, and the first day of
// the younger id is a repetition.
func TestTogetherAddsSealedDays(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawAny(t, c), c)
		n := rapid.IntRange(2, 6).Draw(t, "ids")
		seed := rapid.IntRange(0, 99).Draw(t, "seed")
		parts := make([][]observed, n)
		days := map[event.Day]int{}
		for _, o := range seen {
			k := idOf(o, seed, n)
			parts[k] = append(parts[k], o)
			if o.purchase() != nil {
				if other, known := days[c.Day(o.at())]; known && other != k {
					return
				}
				days[c.Day(o.at())] = k
			}
		}
		one, got := observeAll(t, seen, c), together(histories(t, parts, c))
		for range 4 {
			at := drawInstant(t, one.Newest(), c)
			f, want := got.Facts(at, c), one.Facts(at, c)
			if !f.GapsKnown { // of ids together they need not be: see below
				want.LogGaps, want.GapsKnown = 0, false
			}
			if f != want {
				logParts(t, parts, c)
				t.Fatalf("at day %d (H = day %d):\n got %+v\nwant %+v", c.Day(at)-base, one.Newest()-base, f, want)
			}
			if last, known := got.LastOrdered(); f.Orders > 0 && (!known || last < f.LastDay) {
				t.Fatalf("last ordered on day %d, %t, before the last purchase day %d", last-base, known, f.LastDay-base)
			}
			gap, known := got.SecondGap(at)
			if want, ok := one.SecondGap(at); gap != want || known != ok {
				t.Fatalf("second purchase day after %d days, %t; want %d, %t", gap, known, want, ok)
			}
			sum, known := got.LogGaps(at)
			if want, ok := one.LogGaps(at); known && sum != want || !ok {
				t.Fatalf("logarithms of gaps %d, %t; want %d, %t", sum, known, want, ok)
			}
			if told := f.PurchaseDays > 0 && known; f.GapsKnown != told || told && f.LogGaps != sum {
				t.Fatalf("the facts have %d, %t; want what LogGaps says: %d, %t", f.LogGaps, f.GapsKnown, sum, told)
			}
		}
	})
}

// idOf is the id that observes an event: all events of an order have the same, and all copies of an event.
func idOf(o observed, seed, n int) int {
	key := o.id()
	if p := o.purchase(); p != nil && p.OrderID != "" {
		key = p.OrderID
	}
	h := fnv.New32a()
	h.Write([]byte{byte(seed)})
	h.Write([]byte(key))
	return int(h.Sum32() % uint32(n))
}

// Totals of two ids that have sealed days: what is in both counts twice.
func TestTogetherOfSealedDays(t *testing.T) {
	for _, row := range []struct {
		name, one, other string
		want             history.Facts // of the totals
	}{
		{
			"the earlier first day is the first, the other one repeats it",
			"0 ORDER a 100 @5; 30 ORDER b 50; 5000 LOGIN web", "10 ORDER c 70 @3; 20 ORDER d 30; 5000 LOGIN web",
			history.Facts{Orders: 4, PurchaseDays: 4, FirstDay: base, LastDay: base + 30, LastOrderAmount: 50, Spend: 250, FirstDayNet: 100, RepeatDays: 3, RepeatSpend: 150},
		},
		{
			"a first day that was given back in part and more is a repetition without worth",
			"0 ORDER a 100; 5000 LOGIN web", "10 ORDER c 70; 10 REFUND - 80; 5000 LOGIN web",
			history.Facts{Orders: 2, PurchaseDays: 2, FirstDay: base, LastDay: base + 10, LastOrderAmount: 70, Spend: 90, FirstDayNet: 100},
		},
		{
			"the same day sealed by both counts twice",
			"0 ORDER a 100; 5000 LOGIN web", "0 ORDER b 70; 5000 LOGIN web",
			history.Facts{Orders: 2, PurchaseDays: 2, FirstDay: base, LastDay: base, LastOrderAmount: 100, Spend: 170, FirstDayNet: 100, RepeatDays: 1, RepeatSpend: 70},
		},
		{
			"the same order sealed by both counts twice",
			"0 ORDER a 100 #x; 5000 LOGIN web", "0 ORDER a 100 #x; 5000 LOGIN web",
			history.Facts{Orders: 2, PurchaseDays: 2, FirstDay: base, LastDay: base, LastOrderAmount: 100, Spend: 200, FirstDayNet: 100, RepeatDays: 1, RepeatSpend: 100},
		},
		{
			"a day that is open because of a younger version, before a sealed one",
			"3 ORDER a 100; 10 ORDER a 90", "5 ORDER b 70; 736 LOGIN web",
			history.Facts{Orders: 2, PurchaseDays: 2, FirstDay: base + 3, LastDay: base + 5, LastOrderAmount: 70, Spend: 160, FirstDayNet: 90, RepeatDays: 1, RepeatSpend: 70},
		},
		{
			"a part that was silent: its open days are sealed with those of the other",
			"40 ORDER a 100; 41 REFUND a 30", "0 ORDER b 70; 50 ORDER c 20; 5000 LOGIN web",
			history.Facts{Orders: 3, PurchaseDays: 3, FirstDay: base, LastDay: base + 50, LastOrderAmount: 20, Spend: 160, FirstDayNet: 70, RepeatDays: 2, RepeatSpend: 120},
		},
		{
			"a cancellation does not reach an order that another part has sealed",
			"0 ORDER a 100; 5000 LOGIN web", "1 CANCEL a; 40 ORDER b 20",
			history.Facts{Orders: 2, PurchaseDays: 2, FirstDay: base, LastDay: base + 40, LastOrderAmount: 20, Spend: 120, FirstDayNet: 100, RepeatDays: 1, RepeatSpend: 20},
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, other := first(remember(parse(t, row.one))), first(remember(parse(t, row.other)))
			for _, s := range []history.Summary{history.Together(one, other), history.Together(other, one)} {
				f := s.Facts(event.Calendar{}.Start(s.Newest()+1), event.Calendar{})
				got := history.Facts{
					Orders: f.Orders, PurchaseDays: f.PurchaseDays, FirstDay: f.FirstDay, LastDay: f.LastDay, LastOrderAmount: f.LastOrderAmount,
					Spend: f.Spend, FirstDayNet: f.FirstDayNet, RepeatDays: f.RepeatDays, RepeatSpend: f.RepeatSpend,
				}
				if got != row.want {
					t.Errorf("\n got %+v\nwant %+v", got, row.want)
				}
				if last, _ := s.LastOrdered(); last < row.want.LastDay {
					t.Errorf("last ordered on day %d, want no day before %d", last-base, row.want.LastDay-base)
				}
			}
		})
	}
}
