package learn_test

import (
	"testing"

	"tidemark/internal/learn"
	"tidemark/internal/score/clv"
)

func TestComebacks(t *testing.T) {
	type customer struct {
		repeats   int
		last      float64
		second    int
		forgotten bool
		howMany   int
	}
	for _, row := range []struct {
		why                  string
		customers            []customer
		second, usual, lapse int // of a horizon of 90 days, where the model had 365
	}{
		{"nobody at all", nil, 0, 0, 365},
		{"nobody came back", []customer{{howMany: 9}}, 0, 0, 365},
		{"weekly: a year stays the least", []customer{{repeats: 50, last: 350, second: 7, howMany: 100}}, 7, 7, 365},
		{"once a year", []customer{{repeats: 3, last: 3 * 392, second: 392, howMany: 100}}, 392, 392, 482},
		{"every other year", []customer{{repeats: 1, last: 730, second: 730, howMany: 100}}, 730, 730, 820},
		{"the second day is forgotten: gaps are still known", []customer{{repeats: 4, last: 1600, forgotten: true, howMany: 100}}, 0, 400, 490},
		{
			"a late second order, then weekly: the window for the second order is what takes long",
			[]customer{{repeats: 51, last: 400 + 50*7, second: 400, howMany: 100}},
			400, 7, 490,
		},
		{
			"one of twenty is slow: not usual",
			[]customer{{repeats: 1, last: 30, second: 30, howMany: 95}, {repeats: 1, last: 900, second: 900, howMany: 5}},
			30, 30, 365,
		},
		{
			"one of five is slow: usual",
			[]customer{{repeats: 1, last: 30, second: 30, howMany: 80}, {repeats: 1, last: 900, second: 900, howMany: 20}},
			30, 900, 990,
		},
	} {
		var c learn.Comebacks
		for _, x := range row.customers {
			for range x.howMany {
				c.Add(clv.Pattern{Repeats: x.repeats, Last: x.last}, x.second, x.repeats > 0 && !x.forgotten)
			}
		}
		if second, usual, lapse := c.Second(), c.Usual(), c.Lapse(90, 365); second != row.second || usual != row.usual || lapse != row.lapse {
			t.Errorf("%s: second %d, usual %d, lapse %d; want %d, %d, %d", row.why, second, usual, lapse, row.second, row.usual, row.lapse)
		}
	}
}

// Only where hardly anybody comes back within a horizon does it become another.
func TestComebacksAskForAHorizon(t *testing.T) {
	for _, row := range []struct {
		why           string
		gaps          []int // one of each of three customers
		customers     int
		given, wanted int
	}{
		{"a yearly business", []int{355, 365, 375}, 30, 90, 375},
		{"its horizon suits already", []int{355, 365, 375}, 30, 375, 375},
		{"a third come back soon", []int{30, 365, 375}, 30, 90, 90},
		{"too few gaps to tell", []int{355, 365, 375}, 18, 90, 90},
		{"the longest horizon", []int{900, 1000, 1100}, 30, 90, learn.LongestHorizon},
		{"nobody came back", nil, 0, 90, 90},
	} {
		var c learn.Comebacks
		for n := range row.customers {
			gap := row.gaps[n%len(row.gaps)]
			c.Add(clv.Pattern{Repeats: 1, Last: float64(gap), Age: float64(gap + 10)}, gap, true)
		}
		if got := c.Horizon(row.given); got != row.wanted {
			t.Errorf("%s: a horizon of %d days, want %d", row.why, got, row.wanted)
		}
	}
}
