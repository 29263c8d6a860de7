package event_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"

	"tidemark/internal/event"
)

const now = event.Instant(1_780_000_000_000)

func head() event.Head {
	return event.Head{ID: "e1", Customer: "c1", OccurredAt: now, RecordedAt: now + 100}
}

func purchase(change func(*event.Purchase)) *event.Purchase {
	p := &event.Purchase{Head: head(), Kind: event.Order, OrderID: "o1", Amount: event.Money{Minor: 4000, Currency: "USD"}}
	change(p)
	return p
}

func interaction(change func(*event.Interaction)) *event.Interaction {
	i := &event.Interaction{Head: head(), Kind: event.PageView}
	change(i)
	return i
}

func feedback(change func(*event.Feedback)) *event.Feedback {
	f := &event.Feedback{Head: head(), Kind: event.CSAT, Score: 4, Min: 1, Max: 5, Scored: true}
	change(f)
	return f
}

func TestValidate(t *testing.T) {
	long := strings.Repeat("x", 129)
	for _, row := range []struct {
		why  string
		x    event.Event
		want event.Reason // empty: accepted
	}{
		{"a plain order", purchase(func(*event.Purchase) {}), ""},
		{"an order of nothing", purchase(func(p *event.Purchase) { p.Amount.Minor = 0 }), ""},
		{"an order of the greatest amount", purchase(func(p *event.Purchase) { p.Amount.Minor = event.MaxMinor }), ""},
		{"a refund that names no order", purchase(func(p *event.Purchase) { p.Kind, p.OrderID = event.Refund, "" }), ""},
		{"a margin below zero", purchase(func(p *event.Purchase) { p.Margin = event.Minor(-100) }), ""},
		{"a line that is returned with an exchange", purchase(func(p *event.Purchase) {
			p.Items = []event.Item{{Quantity: -1, AmountMinor: -5000}, {Quantity: 1, AmountMinor: 9000}}
		}), ""},
		{"an id of 128 bytes", purchase(func(p *event.Purchase) { p.ID = long[:128] }), ""},
		{"an id in Greek", purchase(func(p *event.Purchase) { p.Customer = "πελάτης" }), ""},
		{"an id in Persian, with its zero-width non-joiner", purchase(func(p *event.Purchase) { p.Customer = "می\u200Cخواهم" }), ""},
		{"an id of joined emoji", purchase(func(p *event.Purchase) { p.Customer = "👩\u200D💻" }), ""},
		{"a category with a right-to-left mark: it is no id", purchase(func(p *event.Purchase) { p.Items = []event.Item{{Category: "ספרים\u200F"}} }), ""},
		{"an id with U+FFFD itself", purchase(func(p *event.Purchase) { p.Customer = "\uFFFD" }), ""},
		{"exactly five minutes ahead", purchase(func(p *event.Purchase) { p.OccurredAt = p.RecordedAt.Add(event.Tolerance) }), ""},
		{"years late", purchase(func(p *event.Purchase) { p.OccurredAt = 1 }), ""},
		{"a plain view", interaction(func(*event.Interaction) {}), ""},
		{"a merger", interaction(func(i *event.Interaction) { i.Kind, i.OtherCustomer = event.MergedInto, "c2" }), ""},
		{"a plain answer", feedback(func(*event.Feedback) {}), ""},
		{"an answer at the end of its scale", feedback(func(f *event.Feedback) { f.Score = 5 }), ""},
		{"a complaint needs no score", feedback(func(f *event.Feedback) { *f = event.Feedback{Head: f.Head, Kind: event.Complaint} }), ""},
		{"NPS", feedback(func(f *event.Feedback) { f.Kind, f.Score, f.Min, f.Max = event.NPS, 10, 0, 10 }), ""},

		{"a version five minutes ahead", purchase(func(p *event.Purchase) { p.RevisedAt = p.RecordedAt.Add(event.Tolerance) }), ""},
		{"a version from before its order: the order's own time counts", purchase(func(p *event.Purchase) { p.RevisedAt = p.OccurredAt - 1 }), ""},
		{"revised_at of a refund is nobody's business", purchase(func(p *event.Purchase) { p.Kind, p.RevisedAt = event.Refund, math.MaxInt64 }), ""},

		{"no event id", purchase(func(p *event.Purchase) { p.ID = "" }), event.BadID},
		{"no customer", interaction(func(i *event.Interaction) { i.Customer = "" }), event.BadID},
		{"an id of 129 bytes", purchase(func(p *event.Purchase) { p.ID = long }), event.BadID},
		{"an id with a line feed", purchase(func(p *event.Purchase) { p.Customer = "a\nb" }), event.BadID},
		{"an id with a control character above ASCII", purchase(func(p *event.Purchase) { p.Customer = "a\u0085b" }), event.BadID},
		{"an id that turns text around", purchase(func(p *event.Purchase) { p.Customer = "ann\u202Egpj" }), event.BadID},
		{"an event id in an isolate", purchase(func(p *event.Purchase) { p.ID = "\u2066e\u2069" }), event.BadID},
		{"an order with a right-to-left mark", purchase(func(p *event.Purchase) { p.OrderID = "1\u200F" }), event.BadID},
		{"a referrer with an Arabic letter mark", purchase(func(p *event.Purchase) { p.Referrer = "\u061Cr" }), event.BadID},
		{"a merger with a zero-width space", interaction(func(i *event.Interaction) { i.Kind, i.OtherCustomer = event.MergedInto, "c\u200B2" }), event.BadID},
		{"feedback on an order with a byte order mark", feedback(func(f *event.Feedback) { f.OrderID = "\uFEFF1" }), event.BadID},
		{"an id that is not UTF-8", purchase(func(p *event.Purchase) { p.Customer = "a\xff" }), event.BadID},
		{"an order without its id", purchase(func(p *event.Purchase) { p.OrderID = "" }), event.BadID},
		{"a cancellation of nothing", purchase(func(p *event.Purchase) { p.Kind, p.OrderID = event.Cancel, "" }), event.BadID},
		{"a refund of an order with an impossible id", purchase(func(p *event.Purchase) { p.Kind, p.OrderID = event.Refund, long }), event.BadID},
		{"a referrer with an impossible id", purchase(func(p *event.Purchase) { p.Referrer = long }), event.BadID},
		{"a merger with nobody", interaction(func(i *event.Interaction) { i.Kind = event.MergedInto }), event.BadID},
		{"feedback on an order with an impossible id", feedback(func(f *event.Feedback) { f.OrderID = "\x00" }), event.BadID},

		{"more than five minutes ahead", purchase(func(p *event.Purchase) { p.OccurredAt = p.RecordedAt.Add(event.Tolerance) + 1 }), event.FromTheFuture},
		{"a version of more than five minutes ahead", purchase(func(p *event.Purchase) { p.RevisedAt = p.RecordedAt.Add(event.Tolerance) + 1 }), event.FromTheFuture},
		{"a cancellation of more than five minutes ahead", purchase(func(p *event.Purchase) { p.Kind, p.RevisedAt = event.Cancel, p.RecordedAt.Add(event.Tolerance)+1 }), event.FromTheFuture},
		{"a message without a timestamp", purchase(func(p *event.Purchase) { p.RecordedAt = -1 }), event.FromTheFuture},
		{"the least record time there is", purchase(func(p *event.Purchase) { p.RecordedAt = math.MinInt64 }), event.FromTheFuture},
		{"the end of time", purchase(func(p *event.Purchase) { p.OccurredAt = math.MaxInt64 }), event.FromTheFuture},

		{"before 1970", purchase(func(p *event.Purchase) { p.OccurredAt = -1 }), event.TooOld},
		{"a visit in the year 1", interaction(func(i *event.Interaction) { i.OccurredAt = -62_135_596_800_000 }), event.TooOld},
		{"an answer at the least time there is", feedback(func(f *event.Feedback) { f.OccurredAt = math.MinInt64 }), event.TooOld},
		{"payment due before 1970", purchase(func(p *event.Purchase) { p.DueAt = -1 }), event.TooOld},
		{"in the year 10000, by both clocks", purchase(func(p *event.Purchase) { p.OccurredAt, p.RecordedAt = 253_402_300_800_000, 253_402_300_800_000 }), event.BadField},
		{"the end of time by both clocks", purchase(func(p *event.Purchase) { p.OccurredAt, p.RecordedAt = math.MaxInt64, math.MaxInt64 }), event.BadField},
		{"revised before 1970", purchase(func(p *event.Purchase) { p.RevisedAt = -1 }), event.TooOld},
		{"no kind of purchase", purchase(func(p *event.Purchase) { p.Kind = event.UnknownPurchase }), event.BadField},
		{"a kind of purchase to come", purchase(func(p *event.Purchase) { p.Kind = 200 }), event.BadField},
		{"no kind of interaction", interaction(func(i *event.Interaction) { i.Kind = event.UnknownInteraction }), event.BadField},
		{"a kind of interaction to come", interaction(func(i *event.Interaction) { i.Kind = event.InteractionKind(event.InteractionKinds) }), event.BadField},
		{"no kind of feedback", feedback(func(f *event.Feedback) { f.Kind = event.UnknownFeedback }), event.BadField},
		{"a kind of feedback to come", feedback(func(f *event.Feedback) { f.Kind = 99 }), event.BadField},
		{"a negative amount: the kind gives the sign", purchase(func(p *event.Purchase) { p.Amount.Minor = -1 }), event.BadField},
		{"too great an amount", purchase(func(p *event.Purchase) { p.Amount.Minor = event.MaxMinor + 1 }), event.BadField},
		{"too great a cost", purchase(func(p *event.Purchase) { p.AcquisitionCost = event.Minor(event.MaxMinor + 1) }), event.BadField},
		{"too many items", purchase(func(p *event.Purchase) { p.Items = make([]event.Item, event.MaxItems+1) }), event.BadField},
		{"an item too dear", purchase(func(p *event.Purchase) { p.Items = []event.Item{{AmountMinor: event.MaxMinor + 1}} }), event.BadField},
		{"an endless category", purchase(func(p *event.Purchase) { p.Items = []event.Item{{Category: strings.Repeat("x", 257)}} }), event.BadField},
		{"a channel with a tab", purchase(func(p *event.Purchase) { p.Channel = "a\tb" }), event.BadField},
		{"a negative weight", interaction(func(i *event.Interaction) { i.Weight = -1 }), event.BadField},
		{"too great a weight", interaction(func(i *event.Interaction) { i.Weight = 1_000_001 }), event.BadField},
		{"a negative cost", interaction(func(i *event.Interaction) { i.Cost = event.Minor(-1) }), event.BadField},
		{"an endless attribute", interaction(func(i *event.Interaction) { i.Attributes = map[string]string{"a": strings.Repeat("x", 257)} }), event.BadField},
		{"too many attributes", interaction(func(i *event.Interaction) { i.Attributes = manyAttributes() }), event.BadField},
		{"NPS without an answer", feedback(func(f *event.Feedback) { *f = event.Feedback{Head: f.Head, Kind: event.NPS, Max: 10} }), event.BadField},
		{"NPS on another scale", feedback(func(f *event.Feedback) { f.Kind = event.NPS }), event.BadField},
		{"NPS of eleven", feedback(func(f *event.Feedback) { f.Kind, f.Score, f.Min, f.Max = event.NPS, 11, 0, 10 }), event.BadField},
		{"CSAT without an answer", feedback(func(f *event.Feedback) { f.Scored = false }), event.BadField},
		{"below its scale", feedback(func(f *event.Feedback) { f.Score = .5 }), event.BadField},
		{"a scale of one point", feedback(func(f *event.Feedback) { f.Score, f.Min, f.Max = 1, 1, 1 }), event.BadField},
		{"a score that is no number", feedback(func(f *event.Feedback) { f.Score = math.NaN() }), event.BadField},
		{"an endless scale", feedback(func(f *event.Feedback) { f.Max = math.Inf(1) }), event.BadField},
		{"a scale whose width is endless", feedback(func(f *event.Feedback) { f.Score, f.Min, f.Max = math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64 }), event.BadField},

		{"no currency", purchase(func(p *event.Purchase) { p.Amount.Currency = "" }), event.UnknownCurrency},
		{"a currency in small letters", purchase(func(p *event.Purchase) { p.Amount.Currency = "usd" }), event.UnknownCurrency},
		{"the code for none", purchase(func(p *event.Purchase) { p.Amount.Currency = "XXX" }), event.UnknownCurrency},
		{"a code of the shop's own: the model may know it", purchase(func(p *event.Purchase) { p.Amount.Currency = "BTC" }), ""},
		{"two halves of codes", purchase(func(p *event.Purchase) { p.Amount.Currency = "D U" }), event.UnknownCurrency},
	} {
		err := event.Validate(row.x)
		invalid, ok := errors.AsType[*event.Invalid](err)
		switch {
		case row.want == "" && err != nil:
			t.Errorf("%s: got %v, want it accepted", row.why, err)
		case row.want != "" && (!ok || invalid.Reason != row.want || invalid.Detail == ""):
			t.Errorf("%s: got %v, want %s with a detail", row.why, err, row.want)
		}
	}
}

// TestHiddenCharacters: each character of the sets that an id must not hold is refused, in each kind of id; its neighbours are not.
func TestHiddenCharacters(t *testing.T) {
	refused := func(r rune) bool {
		return event.Validate(purchase(func(p *event.Purchase) { p.Customer = "a" + string(r) + "b" })) != nil
	}
	for _, span := range [][2]rune{
		{0, 0x1F},
		{0x7F, 0x9F},
		{0xAD, 0xAD},
		{0x061C, 0x061C},
		{0x180E, 0x180E},
		{0x200B, 0x200B},
		{0x200E, 0x200F},
		{0x2028, 0x202E},
		{0x2060, 0x206F},
		{0xFEFF, 0xFEFF},
		{0xFFF9, 0xFFFB},
		{0xE0000, 0xE007F},
	} {
		for r := span[0]; r <= span[1]; r++ {
			if !refused(r) {
				t.Errorf("an id with %U is accepted", r)
			}
		}
		for _, r := range []rune{span[0] - 1, span[1] + 1} {
			if r > 0 && refused(r) {
				t.Errorf("an id with %U is refused", r)
			}
		}
	}
}

func manyAttributes() map[string]string {
	m := map[string]string{}
	for i := range 1001 {
		m[fmt.Sprint(i)] = ""
	}
	return m
}

func TestReasonOf(t *testing.T) {
	for _, row := range []struct {
		err  error
		want event.Reason
	}{
		{event.Invalidf(event.TooLate, "day %d", 3), event.TooLate},
		{fmt.Errorf("decode offset 7: %w", event.Invalidf(event.BadKey, "no")), event.BadKey},
		{errors.New("short buffer"), event.Malformed},
	} {
		if got := event.ReasonOf(row.err); got != row.want {
			t.Errorf("%v: got %s, want %s", row.err, got, row.want)
		}
	}
}

// Whatever a producer sends, Validate answers, and what it accepts is fit for use: its share of a scale, its day, its time.
func FuzzValidate(f *testing.F) {
	f.Add(0, "e", "c", int64(now), int64(now), uint8(1), "o", int64(100), "USD", 4., 1., 5., true)
	f.Add(1, "e", "c", int64(math.MaxInt64), int64(math.MinInt64), uint8(200), "", int64(-1), "\xff", 0., 0., 0., false)
	f.Add(2, "e", "c", int64(now), int64(now), uint8(2), "", int64(0), "EUR", math.MaxFloat64, -math.MaxFloat64, math.MaxFloat64, true)
	f.Fuzz(func(t *testing.T, sort int, id, customer string, occurred, recorded int64, kind uint8, text string, amount int64, currency string, score, lo, hi float64, scored bool) {
		h := event.Head{ID: id, Customer: customer, OccurredAt: event.Instant(occurred), RecordedAt: event.Instant(recorded)}
		var x event.Event
		switch sort {
		case 0:
			x = &event.Purchase{
				Head: h, Kind: event.PurchaseKind(kind), OrderID: text, Amount: event.Money{Minor: amount, Currency: event.Currency(currency)},
				Margin: event.Minor(-amount), Items: []event.Item{{SKU: text, Quantity: amount, AmountMinor: amount}}, Referrer: id, Channel: text,
			}
		case 1:
			x = &event.Interaction{
				Head: h, Kind: event.InteractionKind(kind), OtherCustomer: text, Weight: int32(amount), Cost: event.Minor(amount),
				Attributes: map[string]string{id: text},
			}
		default:
			x = &event.Feedback{Head: h, Kind: event.FeedbackKind(kind), Score: score, Min: lo, Max: hi, Scored: scored, OrderID: text}
		}
		err := event.Validate(x)
		if err != nil {
			if _, ok := errors.AsType[*event.Invalid](err); !ok {
				t.Errorf("got %v, want an *Invalid", err)
			}
			return
		}
		if at := x.At(); at > x.StatedAt() || at < -event.Instant(event.Tolerance.Milliseconds()) {
			t.Errorf("accepted, and counts at %s", at)
		}
		c := event.Calendar{}
		if d := c.Day(h.OccurredAt); c.Start(d) > h.OccurredAt || c.Start(d+1) <= h.OccurredAt {
			t.Errorf("accepted, and %d falls on day %d", h.OccurredAt, d)
		}
		if f, ok := x.(*event.Feedback); ok && f.Scored && !(f.Share() >= 0 && f.Share() <= 1) {
			t.Errorf("accepted, and its share is %v", f.Share())
		}
		if i, ok := x.(*event.Interaction); ok && i.Depth() < 0 {
			t.Errorf("accepted, and its depth is %d", i.Depth())
		}
	})
}
