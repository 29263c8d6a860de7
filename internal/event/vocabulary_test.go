package event_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/schemas"
)

func TestCurrencyDigits(t *testing.T) {
	for c, want := range map[event.Currency]int{"USD": 2, "EUR": 2, "GBP": 2, "BRL": 2, "CNY": 2, "JPY": 0, "KRW": 0, "CLP": 0, "KWD": 3, "TND": 3, "BHD": 3, "HRK": 2, "ANG": 2, "SLL": 2, "VEF": 2, "LTL": 2, "EEK": 2, "DEM": 2, "ITL": 0, "ESP": 0, "TRL": 0} {
		if got, ok := c.Digits(); !ok || got != want {
			t.Errorf("%s: got %d, %v; want %d digits", c, got, ok, want)
		}
	}
	for _, c := range []event.Currency{"", "US", "USDX", "usd", "XXX", "XAU", " US", "A B", "\u00e9S", "000"} {
		if got, ok := c.Digits(); ok {
			t.Errorf("%q: got %d digits, want no currency", c, got)
		}
	}
}

func TestMajor(t *testing.T) {
	for _, row := range []struct {
		c     event.Currency
		minor int64
		want  float64
	}{{"USD", 1234, 12.34}, {"JPY", 1234, 1234}, {"KWD", 1234, 1.234}, {"EUR", -5, -.05}, {"EUR", 0, 0}} {
		if got := row.c.Major(row.minor); got != row.want {
			t.Errorf("%d minor units of %s: got %v, want %v", row.minor, row.c, got, row.want)
		}
	}
}

// Every symbol of the schemas is read back as the kind that writes the symbol, and no other text is. The count of a set covers all
// its symbols.
func TestSymbols(t *testing.T) {
	symbols[event.PurchaseKind](t, event.ParsePurchaseKind, symbolsOf(t, event.Purchases, "PurchaseKind"), event.PurchaseKinds)
	symbols[event.InteractionKind](t, event.ParseInteractionKind, symbolsOf(t, event.Interactions, "InteractionKind"), event.InteractionKinds)
	symbols[event.FeedbackKind](t, event.ParseFeedbackKind, symbolsOf(t, event.Feedbacks, "FeedbackKind"), event.FeedbackKinds)
	symbols[event.Subject](t, event.ParseSubject, symbolsOf(t, event.Feedbacks, "Subject"), event.Subjects)
	symbols[event.Disposition](t, event.ParseDisposition, symbolsOf(t, event.Interactions, "Disposition"), event.Dispositions)
}

func symbols[K interface {
	~uint8
	fmt.Stringer
}](t *testing.T, parse func(string) K, want []string, count int) {
	t.Helper()
	n := len(want)
	if count != n {
		t.Errorf("%T: the set counts %d members, the schema has %d symbols", K(0), count, n)
	}
	var seen []string
	for k := range K(n) {
		if got := parse(k.String()); got != k || slices.Contains(seen, k.String()) || k.String() != want[k] {
			t.Errorf("%T %d is %q, which is read as %d; the schema says %s", k, k, k, got, want[k])
		}
		seen = append(seen, k.String())
	}
	for _, text := range []string{"", "unknown", "ORDER ", K(n).String()} {
		if got := parse(text); got != 0 {
			t.Errorf("%T %q: got %d, want unknown", got, text, got)
		}
	}
}

// symbolsOf returns the symbols of an enum in the current schema of a topic.
func symbolsOf(t *testing.T, topic event.Topic, enum string) []string {
	t.Helper()
	for _, s := range schemas.All() {
		if s.Topic != string(topic) {
			continue
		}
		_, rest, _ := strings.Cut(s.Text, `"name": "`+enum+`"`)
		_, rest, _ = strings.Cut(rest, `"symbols": `)
		list, _, _ := strings.Cut(rest, "]")
		var symbols []string
		if err := json.Unmarshal([]byte(list+"]"), &symbols); err != nil {
			t.Fatalf("the enum %s of %s: %v", enum, topic, err)
		}
		return symbols
	}
	t.Fatalf("no schema of %s", topic)
	return nil
}

// The canonical order: by occurred_at, topic, event id, whatever the record time.
func TestCompare(t *testing.T) {
	h := func(at, recorded event.Instant, id string) event.Head {
		return event.Head{ID: id, OccurredAt: at, RecordedAt: recorded}
	}
	want := []event.Event{
		&event.Purchase{Head: h(1, 9, "z")},
		&event.Feedback{Head: h(2, 2, "z")},
		&event.Interaction{Head: h(2, 8, "m")},
		&event.Interaction{Head: h(2, 1, "n")},
		&event.Purchase{Head: h(2, 2, "a")},
		&event.Feedback{Head: h(3, 0, "a")},
	}
	for i, a := range want {
		for j, b := range want {
			if got := event.Compare(a, b); (got < 0) != (i < j) || (got == 0) != (i == j) {
				t.Errorf("Compare(%d, %d) = %d", i, j, got)
			}
		}
	}
	revised := func(kind event.PurchaseKind, occurred, revised, recorded event.Instant) *event.Purchase {
		return &event.Purchase{Head: h(occurred, recorded, "v"), Kind: kind, RevisedAt: revised}
	}
	for _, row := range []struct {
		name       string
		x          *event.Purchase
		stated, at event.Instant
	}{
		{"a version counts from when it was written", revised(event.Order, 2, 5, 6), 5, 5},
		{"a cancellation too", revised(event.Cancel, 2, 5, 6), 5, 5},
		{"but not after its record time", revised(event.Order, 2, 5, 4), 5, 4},
		{"and not before its order", revised(event.Order, 2, 1, 6), 2, 2},
		{"a refund is no version", revised(event.Refund, 2, 5, 6), 2, 2},
	} {
		if stated, at := row.x.StatedAt(), row.x.At(); stated != row.stated || at != row.at {
			t.Errorf("%s: stated at %d, counts at %d; want %d, %d", row.name, stated, at, row.stated, row.at)
		}
		if other := (&event.Purchase{Head: h(row.stated, 9, "w")}); event.Compare(row.x, other) >= 0 {
			t.Errorf("%s: it comes after an event of the same instant and a greater id", row.name)
		}
	}
	if got := want[5].At(); got != 0 {
		t.Errorf("what is recorded before it happened counts from %d, want its record time 0", got)
	}
}

// A deeper touch weighs more; what is no engagement of the customer's own weighs nothing.
func TestDepth(t *testing.T) {
	order := []event.InteractionKind{event.PageView, event.ProductView, event.CartAdd, event.CheckoutStart}
	for i := 1; i < len(order); i++ {
		if order[i].Weight() <= order[i-1].Weight() {
			t.Errorf("%s weighs %d, want more than the %d of %s", order[i], order[i].Weight(), order[i-1].Weight(), order[i-1])
		}
	}
	if click, open := event.EmailClick.Weight(), event.EmailOpen.Weight(); click <= open {
		t.Errorf("a click weighs %d, want more than the %d of an open", click, open)
	}
	for _, k := range []event.InteractionKind{event.Unsubscribe, event.ConsentChanged, event.OutreachSent, event.Attributes, event.Erased, event.MergedInto, 200} {
		if k.Weight() != 0 {
			t.Errorf("%s weighs %d, want 0", k, k.Weight())
		}
	}
	if got := (&event.Interaction{Kind: event.CartAdd, Weight: 2}).Depth(); got != 2 {
		t.Errorf("an event's own weight of 2: got depth %d", got)
	}
}
