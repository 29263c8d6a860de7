package history_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// TestManyOrders: the promises hold for histories whose orders lie in many blocks: any order of arrival gives the same bytes, the twin agrees,
// a repeated event counts once and a cancelled order not at all.
func TestManyOrders(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var c event.Calendar
	var life []observed
	add := func(day int, kind event.PurchaseKind, order string, amount int64, revised event.Instant) {
		at := c.Start(base+event.Day(day)) + event.Instant(random.IntN(24))*hour
		x := &event.Purchase{Head: event.Head{ID: fmt.Sprint("e", len(life)), OccurredAt: at, RecordedAt: at + revised}, Kind: kind, OrderID: order}
		if revised > 0 {
			x.RevisedAt = at + revised
		}
		life = append(life, observed{x, history.Amounts{Amount: amount}})
	}
	for n := range 700 {
		day, order := random.IntN(500), fmt.Sprint("o", n)
		add(day, event.Order, order, 100, 0)
		switch random.IntN(8) {
		case 0:
			add(day+1, event.Cancel, order, 100, 0)
		case 1:
			add(day, event.Order, order, 70, event.Instant(1+random.IntN(300))*hour)
		case 2:
			add(day+2, event.Order, order, 50, 0)
		}
		if n%4 == 0 {
			add(day+random.IntN(9), event.Refund, order, []int64{30, 50, 100}[random.IntN(3)], 0)
		}
	}
	w := twin{calendar: c}
	for _, o := range life {
		w.observe(o)
	}
	last := c.Start(base + 1300) // seals what is old
	end := observed{x: &event.Interaction{Head: event.Head{ID: "end", OccurredAt: last, RecordedAt: last}, Kind: event.Login}}
	var want [2][]byte
	for range 4 {
		type arrival struct {
			observed
			day event.Day
		}
		var seen []arrival
		for _, o := range life {
			for range 1 + random.IntN(2) {
				seen = append(seen, arrival{o, c.Day(o.x.StatedAt()) + event.Day(random.IntN(300))})
			}
		}
		random.Shuffle(len(seen), func(i, j int) { seen[i], seen[j] = seen[j], seen[i] })
		slices.SortStableFunc(seen, func(a, b arrival) int { return int(a.day - b.day) })
		var s history.Summary
		for _, a := range seen {
			var verdict history.Verdict
			before := s
			bytesBefore := 0
			if random.IntN(50) == 0 {
				bytesBefore = len(before.Append(nil))
			}
			if s, verdict = s.Observe(a.x, a.a, c); verdict == history.TooLate {
				t.Fatalf("%s is too late", describe(a.observed, c))
			}
			if bytesBefore > 0 && len(before.Append(nil)) != bytesBefore {
				t.Fatal("Observe modified its receiver")
			}
		}
		at := c.Start(s.Newest()+1) + hour
		got := s.Facts(at, c)
		got.Until, got.UntilTouches = 0, 0
		if want := w.facts(at); got != want {
			t.Fatalf("\n got %+v\nwant %+v", got, want)
		}
		sealed, _ := s.Observe(end.x, end.a, c)
		for i, s := range []history.Summary{s, sealed} {
			encoded := s.Append(nil)
			if want[i] == nil {
				want[i] = encoded
			}
			if !bytes.Equal(encoded, want[i]) {
				t.Fatal("order of arrival shows")
			}
			decoded, err := history.Decode(encoded)
			if err != nil || !bytes.Equal(decoded.Append(nil), encoded) || decoded.Facts(at, c) != s.Facts(at, c) {
				t.Fatalf("not read as written: %v", err)
			}
		}
		if s.Spilled() > 0 {
			t.Fatalf("%d facts beyond the caps, want none", s.Spilled())
		}
	}
}
