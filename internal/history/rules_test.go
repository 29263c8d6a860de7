package history_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// parse reads a story: one event a line, "day kind order amount [@hour] [#id] [~revised] [^recorded]", the last two in hours after the
// event. The order "-" is none. For feedback the amount is the score, for interactions the order is the channel.
func parse(t testing.TB, story string) []observed {
	t.Helper()
	var seen []observed
	for n, line := range strings.Split(strings.TrimSpace(story), ";") {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		day, err := strconv.Atoi(fields[0])
		if err != nil {
			t.Fatalf("story %q: %v", line, err)
		}
		head := event.Head{ID: fmt.Sprint("event ", n), Customer: "c", OccurredAt: event.Calendar{}.Start(base + event.Day(day))}
		kind, order, amount := fields[1], "", int64(0)
		var revised, recorded event.Instant
		category, cost := "", event.OptionalMinor{}
		for i, field := range fields[2:] {
			switch {
			case strings.HasPrefix(field, "#"):
				head.ID = field
			case strings.HasPrefix(field, "@"):
				h, _ := strconv.Atoi(field[1:]) // zero is as good
				head.OccurredAt += event.Instant(h) * hour
			case strings.HasPrefix(field, "~"):
				h, _ := strconv.Atoi(field[1:])
				revised = event.Instant(h) * hour
			case strings.HasPrefix(field, "^"):
				h, _ := strconv.Atoi(field[1:])
				recorded = event.Instant(h) * hour
			case strings.HasPrefix(field, "="):
				category = field[1:]
			case strings.HasPrefix(field, "$"): // what an order costs to serve, or an interaction the business
				minor, _ := strconv.ParseInt(field[1:], 10, 64)
				cost = event.Minor(minor)
			case i == 0 && field != "-":
				order = field
			case i == 1:
				amount, _ = strconv.ParseInt(field, 10, 64)
			}
		}
		head.RecordedAt = head.OccurredAt + max(revised, recorded)
		o := named(t, head, kind, order, amount)
		if category != "" {
			o.purchase().Items = []event.Item{{Category: category, Quantity: 1}}
		}
		if touch := o.touch(); touch != nil {
			touch.Cost = cost
		} else {
			o.a.ServiceCost = cost
		}
		if revised != 0 {
			o.purchase().RevisedAt = head.OccurredAt + revised
		}
		seen = append(seen, o)
	}
	return seen
}

func named(t testing.TB, head event.Head, kind, order string, amount int64) observed {
	if k := event.ParsePurchaseKind(kind); k != event.UnknownPurchase {
		return observed{&event.Purchase{Head: head, Kind: k, OrderID: order}, history.Amounts{Amount: amount}}
	}
	if k := event.ParseFeedbackKind(kind); k != event.UnknownFeedback {
		return observed{x: &event.Feedback{Head: head, Kind: k, OrderID: order, Score: float64(amount), Max: 10, Scored: true}}
	}
	k := event.ParseInteractionKind(kind)
	if k == event.UnknownInteraction {
		t.Fatalf("no kind %q", kind)
	}
	return observed{x: &event.Interaction{Head: head, Kind: k, Channel: order}}
}

func remember(seen []observed) (s history.Summary, last history.Verdict) {
	for _, o := range seen {
		s, last = s.Observe(o.x, o.a, event.Calendar{})
	}
	return s, last
}

func TestOrdersAndRefunds(t *testing.T) {
	for _, row := range []struct {
		name, story  string
		orders, days int
		spend        int64
	}{
		{"nothing at all", "", 0, 0, 0},
		{"two orders on one day are one purchase day", "1 ORDER a 100; 1 ORDER b 50 @5", 2, 1, 150},
		{"a free order is an order", "1 ORDER a 0", 1, 1, 0},
		{"the same event twice counts once", "1 ORDER a 100 #x; 1 ORDER a 100 #x", 1, 1, 100},
		{"a restated order counts as restated", "1 ORDER a 100; 3 ORDER a 80", 1, 1, 80},
		{"an older statement comes late and changes nothing", "3 ORDER a 80; 1 ORDER a 100", 1, 1, 80},
		{"cancelled", "1 ORDER a 100; 2 CANCEL a", 0, 0, 0},
		{"cancelled before the order came", "2 CANCEL a; 1 ORDER a 100", 0, 0, 0},
		{"cancelled in the same instant, whatever the ids", "1 CANCEL a #a; 1 ORDER a 100 #b", 0, 0, 0},
		{"placed again after the cancellation", "1 ORDER a 100; 2 CANCEL a; 3 ORDER a 70", 1, 1, 70},
		{"cancelled a year later: no longer the same order", "1 ORDER a 100; 366 CANCEL a", 1, 1, 100},
		{"cancelled just within a year", "1 ORDER a 100; 365 CANCEL a", 0, 0, 0},
		{"an order number used again after a year is another order", "1 ORDER a 100; 366 ORDER a 70", 2, 2, 170},
		{"the day stays while another order is on it", "1 ORDER a 100; 1 ORDER b 50; 2 CANCEL a", 1, 1, 50},
		{"refunded in part", "1 ORDER a 100; 2 REFUND a 30", 1, 1, 70},
		{"refunded in whole: as if cancelled", "1 ORDER a 100; 2 REFUND a 100", 0, 0, 0},
		{"refunded beyond the whole: no more than the order comes back", "1 ORDER a 100; 2 REFUND a 130", 0, 0, 0},
		{"refunded in whole by parts: as if cancelled", "1 ORDER a 100; 2 REFUND a 60; 3 REFUND a 60", 0, 0, 0},
		{"a part, then the whole", "1 ORDER a 100; 2 REFUND a 30; 3 REFUND a 100", 0, 0, 0},
		{"a part, then cancelled: the part was of the same money", "1 ORDER a 100; 2 REFUND a 30; 3 CANCEL a", 0, 0, 0},
		{"cancelled, then the money is sent back", "1 ORDER a 100; 2 CANCEL a; 3 REFUND a 100", 0, 0, 0},
		{"refunded in whole, then placed again", "1 ORDER a 100; 2 REFUND a 100; 3 ORDER a 100", 1, 1, 100},
		{"refunded in part, then restated: the part still counts", "1 ORDER a 100; 2 REFUND a 30; 3 ORDER a 90", 1, 1, 60},
		{"a chargeback moves money like a refund", "1 ORDER a 100; 2 CHARGEBACK a 40", 1, 1, 60},
		{"a refund of no order", "1 ORDER a 100; 2 REFUND - 30", 1, 1, 70},
		{"a refund of no order is not capped", "1 ORDER a 100; 2 REFUND - 130", 1, 1, -30},
		{"a refund makes no purchase day", "2 REFUND - 30", 0, 0, -30},
		{"a refund before its order has come", "2 REFUND a 30", 0, 0, -30},
		{"a refund, then its order comes late", "2 REFUND a 30; 1 ORDER a 20", 0, 0, 0},
		{"a refund a year after stands alone", "1 ORDER a 100; 366 REFUND a 100", 1, 1, 0},
		{"sealed, with its cancellation", "1 ORDER a 100; 9 CANCEL a; 2 ORDER b 50; 900 LOGIN web", 1, 1, 50},
		{"sealed, with a refund a year younger", "1 ORDER a 100; 365 REFUND a 30; 731 LOGIN web", 1, 1, 70},
		{"sealed, and the refund sealed later", "1 ORDER a 100; 365 REFUND a 130; 366 REFUND - 5; 731 LOGIN web; 1200 LOGIN web", 0, 0, -5},
		{"an orphan is sealed in the end", "1 REFUND a 30; 5000 LOGIN web", 0, 0, -30},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			f := s.Facts(event.Calendar{}.Start(s.Newest()+1), event.Calendar{})
			if row.story == "" {
				f = s.Facts(0, event.Calendar{})
			}
			if f.Orders != row.orders || f.PurchaseDays != row.days || f.Spend != row.spend {
				t.Errorf("got %d orders on %d days for %d, want %d on %d for %d", f.Orders, f.PurchaseDays, f.Spend, row.orders, row.days, row.spend)
			}
		})
	}
}

// Each row is told in two orders of arrival, both within the limits.
func TestSealingDoesNotDependOnArrival(t *testing.T) {
	for _, row := range []struct{ name, one, other string }{
		{
			"a cancellation 364 days later that comes 364 days late: 365 days of exact facts would not do",
			"0 ORDER a 100 #o; 364 CANCEL a #c; 728 LOGIN web #h",
			"0 ORDER a 100 #o; 728 LOGIN web #h; 364 CANCEL a #c",
		},
		{
			"a refund of a sealed order goes on capped",
			"0 ORDER a 100 #o; 300 REFUND a 80 #r; 310 REFUND a 80 #s; 740 LOGIN web #h",
			"310 REFUND a 80 #s; 300 REFUND a 80 #r; 0 ORDER a 100 #o; 740 LOGIN web #h",
		},
		{
			"a refund finds a younger order, which is then restated too far away",
			"0 REFUND a 30 #r; 364 ORDER a 100 #v; 728 ORDER a 100 #w; 1092 LOGIN web #h; 1100 LOGIN web #i",
			"0 REFUND a 30 #r; 364 ORDER a 100 #v; 1092 LOGIN web #h; 728 ORDER a 100 #w; 1100 LOGIN web #i",
		},
		{
			"the same, at the last moment",
			"0 REFUND a 30 #r; 364 ORDER a 100 #v; 728 ORDER a 100 #w; 1092 LOGIN web #h",
			"0 REFUND a 30 #r; 364 ORDER a 100 #v; 1092 LOGIN web #h; 728 ORDER a 100 #w",
		},
		{
			"what a forgotten version had overruled stays overruled",
			"0 ORDER a 1 #u; 300 ORDER a 2 #v; 600 ORDER a 3 #w; 640 LOGIN web #h",
			"0 ORDER a 1 #u; 600 ORDER a 3 #w; 640 LOGIN web #h; 300 ORDER a 2 #v",
		},
		{
			"years of silence at once, or in steps",
			"0 ORDER a 100 #o; 10 REFUND a 5 #r; 360 ORDER b 70 #p; 380 REFUND b 20 #s; 760 NPS - 5 #x; 1130 NPS - 5 #y; 2000 NPS - 5 #h",
			"360 ORDER b 70 #p; 10 REFUND a 5 #r; 0 ORDER a 100 #o; 380 REFUND b 20 #s; 2000 NPS - 5 #h",
		},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, _ := remember(parse(t, row.one))
			other, _ := remember(parse(t, row.other))
			if got, want := other.Append(nil), one.Append(nil); !bytes.Equal(got, want) {
				t.Errorf("got %x, want %x", got, want)
			}
		})
	}
}

func TestVerdicts(t *testing.T) {
	for _, row := range []struct {
		name, story string
		want        history.Verdict
	}{
		{"the first event", "0 ORDER a 1", history.Accepted},
		{"364 days late", "364 ORDER a 1; 0 ORDER b 1", history.Accepted},
		{"365 days late", "365 ORDER a 1; 0 ORDER b 1", history.TooLate},
		{"a touch 89 days late", "89 ORDER a 1; 0 LOGIN web", history.Accepted},
		{"a touch 90 days late", "90 ORDER a 1; 0 LOGIN web", history.TooLate},
		{"the same order again", "0 ORDER a 1 #x; 0 ORDER a 1 #x", history.Repeated},
		{"the same refund again", "0 REFUND - 1 #x; 0 REFUND - 1 #x", history.Repeated},
		{"the same payment again", "0 PAID a 1 #x; 0 PAID a 1 #x", history.Repeated},
		{"the same answer again", "0 NPS - 9 #x; 0 NPS - 9 #x", history.Repeated},
		{"the same touch again", "0 LOGIN web #x; 6 LOGIN web; 0 LOGIN web #x", history.Repeated},
		{"the same touch after its id is forgotten: it counts twice, as documented", "0 LOGIN web #x; 7 LOGIN web; 0 LOGIN web #x", history.Accepted},
		{"an overruled order again", "0 ORDER a 1 #x; 9 ORDER a 2; 0 ORDER a 1 #x", history.Repeated},
		{"revised 364 days later", "0 ORDER a 1 ~8736", history.Accepted},
		{"revised 365 days later", "0 ORDER a 1 ~8760", history.TooLate},
		{"late by its order, not by its revision", "364 ORDER a 1; 0 ORDER b 1 ~24", history.Accepted},
		{"late by its order, though revised today", "365 ORDER a 1; 0 ORDER b 1 ~8700", history.TooLate},
		{"a revision moves H", "0 ORDER a 1 ~8000; 0 LOGIN web", history.TooLate},
		{"the same version, recorded later", "0 ORDER a 1 #x; 0 ORDER a 1 #x ^5", history.Repeated},
		{"the same version, recorded before", "0 ORDER a 1 #x ^5; 0 ORDER a 1 #x", history.Accepted},
		{"an older version of the day", "0 ORDER a 1 #x; 0 ORDER a 2 #y ~9; 0 ORDER a 3 #z ~5", history.Repeated},
		{"the same event, but greater", "0 ORDER a 1 #x; 0 ORDER a 2 #x", history.Accepted},
		{"the same event, but smaller", "0 ORDER a 2 #x; 0 ORDER a 1 #x", history.Repeated},
	} {
		t.Run(row.name, func(t *testing.T) {
			if _, got := remember(parse(t, row.story)); got != row.want {
				t.Errorf("verdict %d, want %d", got, row.want)
			}
		})
	}
}
