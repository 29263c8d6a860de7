package history_test

import (
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// What leaves a window stops to count, without any event; a known class of bugs elsewhere is that it does not.
func TestWindowsExpire(t *testing.T) {
	for _, row := range []struct {
		name, story string
		days        event.Day // from day 0
		count       func(history.Facts) any
		in, out     any
	}{
		{"orders", "0 ORDER a 7", 365, func(f history.Facts) any { return f.Orders365 }, 1, 0},
		{"purchase days", "0 ORDER a 7", 365, func(f history.Facts) any { return f.Days365 }, 1, 0},
		{"spend", "0 ORDER a 7", 365, func(f history.Facts) any { return f.Spend365 }, int64(7), int64(0)},
		{"a reduction", "0 REFUND - 7", 365, func(f history.Facts) any { return f.Spend365 }, int64(-7), int64(0)},
		{"refunds", "0 REFUND - 7", 365, func(f history.Facts) any { return f.Refunds365 }, 1, 0},
		{"refunded money", "0 REFUND - 7", 365, func(f history.Facts) any { return f.RefundAmount365 }, int64(7), int64(0)},
		{"chargebacks", "0 CHARGEBACK a 7", 365, func(f history.Facts) any { return f.Chargebacks }, 1, 0},
		{"failed payments", "0 PAYMENT_FAILED a 7", 365, func(f history.Facts) any { return f.FailedPayments }, 1, 0},
		{"overdue payments", "0 PAYMENT_OVERDUE a 7", 365, func(f history.Facts) any { return f.Overdue }, 1, 0},
		{"payments", "0 PAID a 7", 365, func(f history.Facts) any { return f.Paid }, 1, 0},
		{"NPS", "0 NPS - 8", 365, func(f history.Facts) any { return f.NPSKnown }, true, false},
		{"CSAT", "0 CSAT - 8", 365, func(f history.Facts) any { return f.CSATMean }, 0.8, 0.0},
		{"complaints", "0 COMPLAINT", 365, func(f history.Facts) any { return f.Complaints }, 1, 0},
		{"open complaints", "0 COMPLAINT", 365, func(f history.Facts) any { return f.OpenComplaints }, 1, 0},
		{"the last complaint", "0 COMPLAINT", 365, func(f history.Facts) any { return f.LastComplaint != 0 }, true, false},
		{"touches", "0 LOGIN web", 90, func(f history.Facts) any { return f.Touches90[event.Login] }, int32(1), int32(0)},
		{"their weight", "0 LOGIN web", 90, func(f history.Facts) any { return f.Interactions90[event.Login] }, int64(2), int64(0)},
		{"their weight of late", "0 LOGIN web", 30, func(f history.Facts) any { return f.Interactions30 }, int64(2), int64(0)},
		{"their channels", "0 LOGIN web", 90, func(f history.Facts) any { return f.Channels90 }, 1, 0},
		{"a gap, with its first day", "0 ORDER a 7; 10 ORDER b 7", 365, func(f history.Facts) any { return f.MedianGapDays }, 10.0, 0.0},
		// base is in January 2011: the streak breaks when a whole month has passed.
		{"active months", "0 ORDER a 7", 34, func(f history.Facts) any { return f.ActiveMonths }, 1, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			var utc event.Calendar
			s, _ := remember(parse(t, row.story))
			end := utc.Start(base + row.days)
			if got := row.count(s.Facts(end-1, utc)); got != row.in {
				t.Errorf("a millisecond before: got %v, want %v", got, row.in)
			}
			if got := row.count(s.Facts(end, utc)); got != row.out {
				t.Errorf("on day %d: got %v, want %v", row.days, got, row.out)
			}
			f := s.Facts(end-hour, utc)
			until := f.Until
			if strings.Contains(row.story, "LOGIN") {
				until = f.UntilTouches
			}
			if until != end {
				t.Errorf("Until %v, UntilTouches %v, want %v", f.Until, f.UntilTouches, end)
			}
		})
	}
}

func TestDerivedNumbers(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, `0 ORDER a 100; 0 REFUND - 20; 4 ORDER b 50; 5 REFUND b 10; 14 ORDER c 0; 20 REFUND - 5; 34 ORDER d 30; 34 ORDER e 10 @3;
		40 NPS - 3; 41 NPS - 9; 41 CSAT - 5; 42 REVIEW - 10; 43 COMPLAINT a; 44 COMPLAINT b; 45 COMPLAINT_RESOLVED a; 46 COMPLAINT a;
		46 REFERRAL_MADE web; 47 PAGE_VIEW web; 47 CART_ADD app`))
	f := s.Facts(utc.Start(base+47), utc)
	want := history.Facts{
		Orders: 5, PurchaseDays: 4, FirstDay: base, LastDay: base + 34,
		FirstPurchase: utc.Start(base), LastPurchase: utc.Start(base+34) + 3*hour, LastOrderAmount: 10,
		Spend: 190 - 35, FirstDayNet: 80, RepeatDays: 2, RepeatSpend: 50 + 40,
		Orders365: 5, Days365: 4, Spend365: 155,
		MedianGapDays: 10, MeanGapDays: 34.0 / 3, LogGaps: micros(4, 10, 20), GapsKnown: true, ActiveMonths: 3,
		Refunds365: 3,
		Experience: history.Experience{
			NPSScore: 9, NPSKnown: true, CSATMean: 0.75, CSATCount: 2, Complaints: 3, OpenComplaints: 2, RefundAmount365: 35,
		},
		AtLast: history.Experience{RefundAmount365: 35},
		NPSAt:  utc.Start(base + 41), CSATLatest: 1, LastComplaint: utc.Start(base + 46),
		Channels90: 2, Interactions30: 16, UntilTouches: utc.Start(base + 46 + 30), Referrals: 1, Until: event.InstantOf(time.Date(2011, 5, 1, 0, 0, 0, 0, time.UTC)),
	}
	want.Touches90[event.ReferralMade], want.Touches90[event.PageView], want.Touches90[event.CartAdd] = 1, 1, 1
	want.Interactions90[event.ReferralMade], want.Interactions90[event.PageView], want.Interactions90[event.CartAdd] = 10, 1, 5
	if f != want {
		t.Errorf("\n got %+v\nwant %+v", f, want)
	}
}

// What was there at the last purchase is what had been said by then, of what still counts.
func TestAtTheLastPurchase(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, `0 NPS - 3; 1 CSAT - 5; 2 COMPLAINT a; 3 COMPLAINT b; 4 REFUND - 20; 5 ORDER a 100; 6 COMPLAINT_RESOLVED a;
		7 NPS - 9; 8 CSAT - 10; 9 COMPLAINT c; 10 REFUND - 5`))
	for _, row := range []struct {
		day  event.Day
		want history.Experience
	}{
		{10, history.Experience{NPSScore: 3, NPSKnown: true, CSATMean: .5, CSATCount: 1, Complaints: 2, OpenComplaints: 2, RefundAmount365: 20}},
		{366, history.Experience{Complaints: 2, OpenComplaints: 2, RefundAmount365: 20}},
		{369, history.Experience{}},
	} {
		if got := s.Facts(utc.Start(base+row.day), utc).AtLast; got != row.want {
			t.Errorf("on day %d: got %+v, want %+v", row.day, got, row.want)
		}
	}
	s, _ = remember(parse(t, "0 NPS - 3; 2 COMPLAINT a"))
	if got := s.Facts(utc.Start(base+9), utc).AtLast; got != (history.Experience{}) {
		t.Errorf("of who has not bought: got %+v, want nothing", got)
	}
}

// An event stamped minutes ahead of its record time moves H, but is not in force before its time.
func TestTheFutureWaits(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, "0 ORDER a 100; 9 ORDER a 60"))
	f := s.Facts(utc.Start(base+9)-1, utc)
	if f.Orders != 1 || f.Spend != 100 || f.Until != utc.Start(base+9) {
		t.Errorf("before the restatement: %d orders, spend %d, until %v; want 1, 100, %v", f.Orders, f.Spend, f.Until, utc.Start(base+9))
	}
	if f = s.Facts(f.Until, utc); f.Spend != 60 {
		t.Errorf("after it: spend %d, want 60", f.Spend)
	}
	s, _ = remember(parse(t, "0 ORDER a 100; 9 CANCEL b"))
	if f = s.Facts(utc.Start(base+9)-1, utc); f.Until == utc.Start(base+9) {
		t.Errorf("until %v, the cancellation of an unknown order, which changes nothing", f.Until)
	}
}

// An answer that a later one has replaced does not show when it leaves.
func TestOnlyTheLatestAnswerShows(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, "0 NPS - 3; 9 NPS - 8; 9 NPS - 7 @5"))
	f := s.Facts(utc.Start(base+20), utc)
	if want := utc.Start(base + 9 + 365); f.NPSScore != 7 || f.Until != want {
		t.Errorf("score %g until %v, want 7 until %v", f.NPSScore, f.Until, want)
	}
}

// Interactions older than 7 days are kept by day and kind; the numbers stay.
func TestFoldingKeepsTheNumbers(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, "0 LOGIN web; 0 LOGIN app @1; 0 CART_ADD shop @2; 1 LOGIN web; 6 PAGE_VIEW web"))
	fresh := s.Facts(utc.Start(base+7), utc)
	s, _ = remember(parse(t, "0 LOGIN web; 0 LOGIN app @1; 0 CART_ADD shop @2; 1 LOGIN web; 6 PAGE_VIEW web; 40 PAID x"))
	folded := s.Facts(utc.Start(base+41), utc)
	if fresh.Interactions90[event.Login] != 6 || fresh.Touches90[event.Login] != 3 || fresh.Channels90 != 3 {
		t.Errorf("fresh: weight %d of %d logins, %d channels; want 6 of 3, 3", fresh.Interactions90[event.Login], fresh.Touches90[event.Login], fresh.Channels90)
	}
	if folded.Interactions90 != fresh.Interactions90 || folded.Touches90 != fresh.Touches90 || folded.Channels90 != fresh.Channels90 {
		t.Errorf("folded:\n got %+v\nwant %+v", folded, fresh)
	}
}

func TestMonthsAreThoseOfTheCalendar(t *testing.T) {
	for d := event.Day(-800_000); d < 800_000; d += 7 {
		month, first := history.MonthOf(d)
		start := d - event.Day(event.Calendar{}.Start(d).Time().Day()-1)
		if want := d.Month(); month != want || first != start {
			t.Fatalf("month of day %d: got %d from day %d, want %d from day %d", d, month, first, want, start)
		}
	}
	for month := -20_000; month < 20_000; month++ {
		if start := history.MonthStart(month); start.Month() != month || (start-1).Month() != month-1 {
			t.Fatalf("start of month %d: got day %d, of month %d after month %d", month, start, start.Month(), (start - 1).Month())
		}
	}
}

func TestHashIsStored(t *testing.T) {
	for id, want := range map[string]uint64{"": 0xefd01f60ba992926, "a": 0x82a2a958a9bece5b, "INV-536365": 0xd6702122411b4f8d} {
		if got := history.Hash(id); got != want {
			t.Errorf("hash of %q: got %#x, want %#x: profiles on disk would no longer know their events", id, got, want)
		}
	}
}
