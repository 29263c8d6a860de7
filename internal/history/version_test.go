package history_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// TestVersionsOfAnOrder: which version counts, and on which day its order is. Each story is told in all orders of arrival in which nothing is too
// late.
func TestVersionsOfAnOrder(t *testing.T) {
	for _, row := range []struct {
		name, story string
		orders      int
		spend       int64
		day         event.Day // of the last purchase
	}{
		{"an edit with the date of the order: the later record wins, though its id is smaller", "5 ORDER a 50 #z; 5 ORDER a 30 #b ^48", 1, 30, 5},
		{"and though its id is greater", "5 ORDER a 50 #b; 5 ORDER a 30 #z ^48", 1, 30, 5},
		{"the first version delivered again, later than the edit", "5 ORDER a 50 #z; 5 ORDER a 30 #b ^48; 5 ORDER a 50 #z ^90", 1, 30, 5},
		{"three edits, each delivered twice", "5 ORDER a 50 #z; 5 ORDER a 30 #b ^4; 5 ORDER a 20 #c ^5; 5 ORDER a 50 #z ^9; 5 ORDER a 30 #b ^8", 1, 20, 5},
		{"revised_at goes before the record time", "5 ORDER a 50 #y ~9 ^10; 5 ORDER a 30 #z ~5 ^90", 1, 50, 5},
		{"no revised_at stands for occurred_at", "5 ORDER a 50 ^90; 5 ORDER a 30 ~5", 1, 30, 5},
		{"revised_at moves neither day nor recency", "1 ORDER a 50; 1 ORDER a 60 ~200; 1 ORDER a 70 ~400", 1, 70, 1},
		{"the version itself says the day", "3 ORDER a 50; 1 ORDER a 60 ~200", 1, 60, 1},
		{"the time of each status as occurred_at: the day stays", "1 ORDER a 50; 2 ORDER a 50; 9 ORDER a 40", 1, 40, 1},
		{"the day is that of the first ORDER within a year", "1 ORDER a 50; 300 ORDER a 60; 600 ORDER a 70", 1, 70, 300},
		{"revised, then stamped with its status", "1 ORDER a 50; 1 ORDER a 60 ~200; 12 ORDER a 70", 1, 70, 1},
		{"cancelled by a revision", "1 ORDER a 50; 1 CANCEL a 50 ~200; 1 ORDER b 9", 1, 9, 1},
		{"a cancellation of the same instant", "1 ORDER a 50 ~200 ^210; 1 CANCEL a 50 ~200; 1 ORDER b 9", 1, 9, 1},
		{"placed again: the day stays", "1 ORDER a 50; 2 CANCEL a; 3 ORDER a 70", 1, 70, 1},
		{"refunded in part, then revised", "1 ORDER a 50; 2 REFUND a 20; 1 ORDER a 60 ~90", 1, 40, 1},
		{"refunded in whole, then revised by its source: it stays refunded", "1 ORDER a 50; 2 REFUND a 60; 1 ORDER a 60 ~90; 1 ORDER b 9", 1, 9, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			var utc event.Calendar
			want, _ := remember(parse(t, row.story))
			permute(parse(t, row.story), func(seen []observed) {
				var s history.Summary
				for _, o := range seen {
					var verdict history.Verdict
					if s, verdict = s.Observe(o.x, o.a, utc); verdict == history.TooLate {
						return // such an order of arrival is not promised
					}
				}
				f := s.Facts(utc.Start(base+900), utc)
				if f.Orders != row.orders || f.Spend != row.spend || f.LastDay != base+row.day {
					t.Errorf("got %d orders for %d, the last on day %d; want %d for %d on day %d", f.Orders, f.Spend, f.LastDay-base, row.orders, row.spend, row.day)
				}
				if got := s.Append(nil); !bytes.Equal(got, want.Append(nil)) {
					t.Errorf("order of arrival shows: got %x, want %x", got, want.Append(nil))
				}
			})
		})
	}
}

// permute calls f with the events in all orders.
func permute(seen []observed, f func([]observed)) {
	var place func(n int)
	place = func(n int) {
		if n == len(seen) {
			f(slices.Clone(seen))
			return
		}
		for i := n; i < len(seen); i++ {
			seen[n], seen[i] = seen[i], seen[n]
			place(n + 1)
			seen[n], seen[i] = seen[i], seen[n]
		}
	}
	place(0)
}

// A source that writes an order anew a hundred times a day costs no more than one that writes it once.
func TestManyRevisionsOfADayAreOne(t *testing.T) {
	var story strings.Builder
	story.WriteString("0 ORDER a 10; ")
	for i := range 100 {
		fmt.Fprintf(&story, "0 ORDER a %d ~%d;", i, 24*(i/20+1)+i%20)
	}
	s, _ := remember(parse(t, story.String()))
	one, _ := remember(parse(t, "0 ORDER a 10; 0 ORDER a 99 ~139"))
	if got, want := len(s.Append(nil)), len(one.Append(nil))+44; s.Spilled() != 0 || got > want {
		t.Errorf("%d bytes, %d facts beyond the caps; want at most %d bytes, for the version of the day before, and none", got, s.Spilled(), want)
	}
}

// A version is in force from its revised_at, all versions of its day at once.
func TestARevisionWaitsForItsTime(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, "0 ORDER a 100; 0 ORDER a 60 ~240; 0 ORDER a 70 ~250"))
	before := utc.Start(base+10) - 1
	f := s.Facts(before, utc)
	if f.Spend != 100 || f.Until != before+1 {
		t.Errorf("before the revision: spend %d until %v, want 100 until %v", f.Spend, f.Until, before+1)
	}
	if f = s.Facts(f.Until, utc); f.Spend != 70 || f.LastDay != base {
		t.Errorf("after it: spend %d, last day %d; want 70, 0", f.Spend, f.LastDay-base)
	}
}

// TestVersionCaps: beyond the caps of one order something is forgotten, and counted.
func TestVersionCaps(t *testing.T) {
	for _, row := range []struct {
		name, story string // of the i-th version
		most        int    // versions that are known in full
	}{
		{"versions that nothing tells apart but the record time", "0 ORDER a 10 ^%d", 17},
		{"days of one order", "%d ORDER a 10", 32},
	} {
		for _, n := range []int{row.most, row.most + 1} {
			var story strings.Builder
			for i := range n {
				fmt.Fprintf(&story, row.story+";", i)
			}
			s, verdict := remember(parse(t, story.String()))
			if verdict != history.Accepted || (s.Spilled() > 0) != (n > row.most) {
				t.Errorf("%s, %d of them: verdict %d, %d beyond the caps", row.name, n, verdict, s.Spilled())
			}
			if decoded, err := history.Decode(s.Append(nil)); err != nil || !bytes.Equal(decoded.Append(nil), s.Append(nil)) {
				t.Errorf("%s, %d of them: not read again as written: %v", row.name, n, err)
			}
		}
	}
}
