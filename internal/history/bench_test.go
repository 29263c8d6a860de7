package history_test

import (
	"fmt"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// typical is a customer with ten orders, a refund, an answer and some touches, and an event that comes next.
func typical(t testing.TB) history.Summary {
	s, _ := remember(parse(t, `0 ORDER a 2999 @9; 30 ORDER b 1499 @10; 61 ORDER c 2000 @11; 92 ORDER d 3000 @12; 120 ORDER e 100 @13; 150 ORDER f 999 @9;
		190 ORDER g 1999 @8; 215 ORDER h 599 @7; 217 REFUND h 100 @7; 240 ORDER i 4599 @20; 250 NPS - 9; 270 PAGE_VIEW web; 300 PAGE_VIEW web;
		300 CART_ADD web; 301 ORDER j 999 @20; 302 EMAIL_OPEN email; 303 PAGE_VIEW app`))
	return s
}

func at(s *history.Summary) event.Instant { return event.Calendar{}.Start(s.Newest() + 1) }

func next(s *history.Summary, kind string) observed {
	head := event.Head{ID: "0b5a2c4e-8d3f-4a67-9d1c-8f2b6a7e5d10", Customer: "c", OccurredAt: at(s), RecordedAt: at(s)}
	return named(nil, head, kind, "2c4e0b5a-3f8d-4a67-9d1c-5d108f2b6a7e", 1000)
}

func BenchmarkObserve(b *testing.B) {
	for _, kind := range []string{"ORDER", "REFUND", "PAGE_VIEW", "NPS"} {
		b.Run(kind, func(b *testing.B) {
			s := typical(b)
			o := next(&s, kind)
			b.ReportAllocs()
			for b.Loop() {
				if _, verdict := s.Observe(o.x, o.a, event.Calendar{}); verdict != history.Accepted {
					b.Fatalf("verdict %d, want accepted", verdict)
				}
			}
		})
		b.Run(kind+" again", func(b *testing.B) {
			s := typical(b)
			o := next(&s, kind)
			s, _ = s.Observe(o.x, o.a, event.Calendar{})
			b.ReportAllocs()
			for b.Loop() {
				if _, verdict := s.Observe(o.x, o.a, event.Calendar{}); verdict != history.Repeated {
					b.Fatalf("verdict %d, want repeated", verdict)
				}
			}
		})
	}
}

func BenchmarkFacts(b *testing.B) {
	for _, row := range []struct {
		name string
		s    history.Summary
	}{{"three orders", first(remember(parse(b, `0 ORDER a 2999 @9; 30 ORDER b 1499 @10; 61 ORDER c 2000 @11`)))}, {"ten orders and a refund", typical(b)}, {"two years of weeks", first(remember(parse(b, weekly(104))))}} {
		b.Run(row.name, func(b *testing.B) {
			now := at(&row.s)
			b.ReportAllocs()
			for b.Loop() {
				if f := row.s.Facts(now, event.Calendar{}); f.Orders == 0 {
					b.Fatal("no orders")
				}
			}
		})
	}
}

func BenchmarkAppend(b *testing.B) {
	s := typical(b)
	buf := s.Append(nil)
	b.ReportAllocs()
	b.ReportMetric(float64(len(buf)), "bytes")
	for b.Loop() {
		buf = s.Append(buf[:0])
	}
}

func BenchmarkDecode(b *testing.B) {
	s := typical(b)
	buf := s.Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := history.Decode(buf); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAllocations(t *testing.T) {
	s := typical(t)
	order := next(&s, "ORDER")
	with, _ := s.Observe(order.x, order.a, event.Calendar{})
	younger := first(remember(parse(t, "302 ORDER k 500 @9; 303 PAGE_VIEW app; 304 NPS - 8")))
	for _, row := range []struct {
		name string
		most float64
		do   func()
	}{
		{"an order", 1, func() { s.Observe(order.x, order.a, event.Calendar{}) }},
		{"an order again", 0, func() { with.Observe(order.x, order.a, event.Calendar{}) }},
		{"facts", 0, func() { s.Facts(at(&s), event.Calendar{}) }},
		{"a part alone", 0, func() { history.Together(s) }},
		{"two parts of an ordinary customer", 13, func() { history.Together(s, younger) }},
	} {
		if got := testing.AllocsPerRun(100, row.do); got > row.most {
			t.Errorf("%s: %g allocations, want at most %g", row.name, got, row.most)
		}
	}
}

func first(s history.Summary, _ history.Verdict) history.Summary { return s }

// A customer to whom a shop books everybody who gives no name must not grow without end, nor slow everybody down.
func TestCapsBoundAProfile(t *testing.T) {
	var s history.Summary
	var c event.Calendar
	const days, perDay = 120, 100
	id := 0
	observe := func(day int, kind, order string) {
		id++
		at := c.Start(base+event.Day(day)) + event.Instant(id%86_400)
		o := named(t, event.Head{ID: fmt.Sprint(id), OccurredAt: at, RecordedAt: at}, kind, order, 10)
		s, _ = s.Observe(o.x, o.a, c)
	}
	for day := range days {
		for range perDay {
			observe(day, "ORDER", fmt.Sprint("o", id))
		}
		for _, kind := range []string{"REFUND", "PAID", "CSAT", "LOGIN"} {
			for i := range perDay {
				channel := ""
				if kind == "LOGIN" {
					channel = fmt.Sprint("channel ", i)
				}
				observe(day, kind, channel)
			}
		}
	}
	f := s.Facts(c.Start(s.Newest()+1), c)
	if got, want := f.Orders, days*perDay; got != want {
		t.Errorf("%d orders, want %d", got, want)
	}
	if got, want := f.Spend, int64(0); got != want {
		t.Errorf("spend %d, want %d", got, want)
	}
	if got, want := f.Touches90[event.Login], int32(89*perDay); got != want {
		t.Errorf("%d logins, want %d", got, want)
	}
	if f.Channels90 != 17 {
		t.Errorf("%d channels, want 16 and the others", f.Channels90)
	}
	if s.Spilled() == 0 {
		t.Error("nothing was spilled")
	}
	if got, most := len(s.Append(nil)), 128<<10; got > most { // 4,096 orders of some 26 bytes
		t.Errorf("%d bytes, want at most %d", got, most)
	}
	decoded, err := history.Decode(s.Append(nil))
	if err != nil {
		t.Fatalf("decode: %v", err)
	}
	if got := decoded.Facts(c.Start(s.Newest()+1), c); got != f {
		t.Errorf("decoded:\n got %+v\nwant %+v", got, f)
	}
	t.Logf("%d bytes", len(s.Append(nil)))
}

// full is a customer with as many orders as are told apart: 4,096, so many a day, and as many refunds as are told apart of some of them.
func full(t testing.TB, perDay int) history.Summary {
	var s history.Summary
	observe := func(n, day int, kind event.PurchaseKind, id string, amount int64) {
		at := event.Calendar{}.Start(base+event.Day(day)) + event.Instant(n%perDay)*1000
		x := &event.Purchase{Head: event.Head{ID: fmt.Sprint(kind, n), OccurredAt: at, RecordedAt: at + 250}, Kind: kind, OrderID: id}
		var verdict history.Verdict
		if s, verdict = s.Observe(x, history.Amounts{Amount: amount}, event.Calendar{}); verdict != history.Accepted {
			t.Fatalf("%s %d: verdict %d, want accepted", kind, n, verdict)
		}
	}
	for n := range 4096 {
		observe(n, n/perDay, event.Order, fmt.Sprint("order ", n), 100)
	}
	for n := range 256 {
		observe(n, 4095/perDay-n/32, event.Refund, fmt.Sprint("order ", 4095-n*5%4096), 30)
	}
	if s.Spilled() > 0 {
		t.Fatalf("%d facts beyond the caps, want none", s.Spilled())
	}
	return s
}

// BenchmarkFull is the share of history in Engine.Apply for the greatest customer there is: one event, and the facts after it.
func BenchmarkFull(b *testing.B) {
	for _, perDay := range []int{256, 6} {
		s := full(b, perDay)
		at := event.Calendar{}.Start(s.Newest()) + 23*hour
		purchase := func(kind event.PurchaseKind, order string) observed {
			return observed{&event.Purchase{Head: event.Head{ID: "next", OccurredAt: at, RecordedAt: at}, Kind: kind, OrderID: order}, history.Amounts{Amount: 40}}
		}
		for name, o := range map[string]observed{
			"cancel":   purchase(event.Cancel, "order 3000"),
			"refund":   purchase(event.Refund, "order 3000"),
			"revision": purchase(event.Order, "order 4000"),
			"order":    purchase(event.Order, "one more"),
			"login":    {x: &event.Interaction{Head: event.Head{ID: "next", OccurredAt: at, RecordedAt: at}, Kind: event.Login}},
		} {
			b.Run(fmt.Sprintf("%d a day/%s", perDay, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					next, _ := s.Observe(o.x, o.a, event.Calendar{})
					if f := next.Facts(at, event.Calendar{}); f.Orders == 0 {
						b.Fatal("no orders")
					}
				}
			})
		}
		encoded := s.Append(nil)
		b.Run(fmt.Sprintf("%d a day/append", perDay), func(b *testing.B) {
			b.ReportMetric(float64(len(encoded)), "bytes")
			for b.Loop() {
				encoded = s.Append(encoded[:0])
			}
		})
		b.Run(fmt.Sprintf("%d a day/decode", perDay), func(b *testing.B) {
			for b.Loop() {
				if _, err := history.Decode(encoded); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
