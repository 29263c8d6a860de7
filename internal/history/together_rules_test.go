package history_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// Each row is the lives of several ids. The rest is what Together says of the day after.
func TestTogether(t *testing.T) {
	for _, row := range []struct {
		name   string
		parts  []string
		orders int
		spend  int64
		logins int32 // of the trailing 90 days
	}{
		{"nobody", nil, 0, 0, 0},
		{"who knows nothing adds nothing", []string{"0 ORDER a 100", ""}, 1, 100, 0},
		{"the same order from two ids", []string{"0 ORDER a 100 #x", "0 ORDER a 100 #x"}, 1, 100, 0},
		{"one order from two systems: the later version counts", []string{"0 ORDER a 100", "1 ORDER a 80 #y"}, 1, 80, 0},
		{"a cancellation from another id", []string{"0 ORDER a 100; 1 ORDER b 50", "2 CANCEL a"}, 1, 50, 0},
		{"a whole refund from another id", []string{"0 ORDER a 100; 1 ORDER b 50", "2 REFUND a 100"}, 1, 50, 0},
		{"refunds of one order from two ids add up to its whole", []string{"0 ORDER a 100; 1 REFUND a 60 #r", "2 REFUND a 40 #s"}, 0, 0, 0},
		{"the same refund from two ids counts once", []string{"0 ORDER a 100; 1 REFUND a 60 #r", "1 REFUND a 60 #r"}, 1, 40, 0},
		{"refunds of two ids take no more than the order", []string{"0 ORDER a 100; 1 REFUND - 10 #r", "0 ORDER b 50; 1 REFUND - 10 #s"}, 2, 130, 0},
		{"the same interaction from two ids", []string{"0 LOGIN web #x", "0 LOGIN web #x; 6 ORDER a 1"}, 1, 1, 1},
		{"an interaction that one id has folded counts twice", []string{"0 LOGIN web #x", "0 LOGIN web #x; 7 ORDER a 1"}, 1, 1, 2},
		{"interactions that both have folded add up", []string{"0 LOGIN web; 9 ORDER b 1", "0 LOGIN app; 7 ORDER a 1"}, 2, 2, 2},
		{"the other id is years younger", []string{"0 ORDER a 100; 1 REFUND a 40", "1500 ORDER b 50; 1501 LOGIN web"}, 2, 110, 1},
		{"a number that a subscription uses for years, its later months at another id", []string{
			"0 ORDER a 10; 30 ORDER a 10; 60 ORDER a 10", "300 ORDER a 10; 390 ORDER a 10; 480 ORDER a 10; 482 LOGIN web",
		}, 1, 10, 1},
		{"what a version of a third id overrules, the greatest version of its day does not", []string{
			"0 ORDER a 10", "300 CANCEL a ~7200", "600 ORDER a 20 ~1", "700 LOGIN web",
		}, 1, 20, 1},
		{"a record time that a part has forgotten with the other version of its instant: not exact", []string{
			"0 ORDER a 10 #x ^5; 0 ORDER a 20 #y ^3; 400 LOGIN web", "0 ORDER a 10 #x",
		}, 1, 10, 1},
		{"a version that a forgotten CANCEL would have overruled stands: not exact", []string{
			"0 ORDER a 10", "300 CANCEL a; 600 ORDER a 20; 640 LOGIN web",
		}, 2, 30, 1},
	} {
		t.Run(row.name, func(t *testing.T) {
			var err error
			parts := make([]history.Summary, len(row.parts)+1)
			for i, story := range row.parts {
				parts[i] = first(remember(parse(t, story)))
			}
			for range 2 * len(parts) {
				parts = append(parts[1:], parts[0])
				if parts[0], err = history.Decode(parts[0].Append(nil)); err != nil { // so each part is asked in memory, and stored
					t.Fatal(err)
				}
				s := together(parts)
				at := event.Instant(0)
				if len(row.parts) > 0 {
					at = event.Calendar{}.Start(s.Newest() + 1)
				}
				f := s.Facts(at, event.Calendar{})
				if f.Orders != row.orders || f.Spend != row.spend || f.Touches90[event.Login] != row.logins {
					t.Errorf("%d orders for %d, %d logins; want %d for %d, %d", f.Orders, f.Spend, f.Touches90[event.Login], row.orders, row.spend, row.logins)
				}
			}
		})
	}
}

// The last word counts, whoever said it.
func TestTogetherOfWords(t *testing.T) {
	say := func(day event.Day, region, consent string) history.Summary {
		at := event.Calendar{}.Start(base + day)
		head := event.Head{ID: fmt.Sprint("e", day), OccurredAt: at, RecordedAt: at}
		s, _ := remember([]observed{
			{x: &event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"region": region}}},
			{x: &event.Interaction{Head: event.Head{ID: head.ID + "c", OccurredAt: at}, Kind: event.ConsentChanged, Channel: "email", Name: consent}},
			{x: &event.Interaction{Head: event.Head{ID: head.ID + "l", OccurredAt: at}, Kind: event.Login, Channel: "app " + region}},
		})
		return s
	}
	s := history.Together(say(5, "south", "granted"), say(9, "west", "withdrawn"), say(1, "north", "granted"))
	if got, want := s.Attribute("region"), "west"; got != want {
		t.Errorf("region %q, want %q", got, want)
	}
	if s.MayContact("email") {
		t.Error("contact by email is allowed, but the last word withdrew it")
	}
	if got, want := s.Channels(), []string{"app north", "app south", "app west", "email"}; !slices.Equal(got, want) {
		t.Errorf("channels %q, want %q", got, want)
	}
	for _, name := range s.Channels() {
		want := int64(1)
		if name == "email" {
			want = 3
		}
		if got := s.ChannelTouches(name); got != want {
			t.Errorf("%d touches over %q, want %d", got, name, want)
		}
	}
}

// A part that was stored before ids were kept does not take the id of a grievance from another part that has it.
func TestTogetherKeepsTheIDsOfGrievances(t *testing.T) {
	const story = "0 ORDER a 100; 1 ORDER b 90; 900 ORDER c 5; 901 ORDER d 7 web; 902 COMPLAINT c; 903 NPS - 3; 904 NPS - 9; 905 LOGIN app"
	stored, err := hex.DecodeString("02ce01c2f8010404b401fc020000000000c80102b401000000b0ea01b2ea018080f5f9b74b80f0a7ccb84b0001036170700002000500a7df6a12cdba1bf40e81dad2743709770a03000100f04f3b4098136c535e82de5734cb95a50e00030103009236a6a21df7707a0400000e81dad274370977000100612b734bfa3810bd0100d804000100988a331060c8e7510100880e01010000b407fab1b61f0fb4080401")
	if err != nil {
		t.Fatal(err)
	}
	old, err := history.Decode(stored) // format 2
	if err != nil {
		t.Fatal(err)
	}
	today, _ := remember(parse(t, story))
	for _, s := range []history.Summary{history.Together(old, today), history.Together(today, old)} {
		var ids []string
		for g := range s.Grievances(at(&s), 365, event.Calendar{}) {
			ids = append(ids, g.ID)
		}
		if want := []string{"event 4", "event 5"}; !slices.Equal(ids, want) {
			t.Errorf("grievances %q, want %q", ids, want)
		}
	}
}

// What is counted by the day keeps its channels, under the references of the union.
func TestTogetherOfDays(t *testing.T) {
	one, _ := remember(parse(t, "0 LOGIN web; 0 LOGIN app @1; 9 ORDER b 1"))
	other, _ := remember(parse(t, "0 LOGIN kiosk; 0 LOGIN app @1; 8 ORDER a 1"))
	for _, s := range []history.Summary{history.Together(one, other), history.Together(other, one)} {
		f := s.Facts(at(&s), event.Calendar{})
		if f.Touches90[event.Login] != 4 || f.Interactions90[event.Login] != 8 || f.Channels90 != 3 {
			t.Errorf("%d logins of weight %d over %d channels, want 4 of 8 over 3", f.Touches90[event.Login], f.Interactions90[event.Login], f.Channels90)
		}
	}
}

// Six customers, each beyond every cap, are bounded as one is where arrays bound the rest, and no fact is lost for it.
func TestTogetherBeyondTheCaps(t *testing.T) {
	var c event.Calendar
	const parts, days, perDay = 6, 12, 40
	all := make([]history.Summary, parts)
	spend := int64(0)
	var seen []observed
	for k := range all {
		for n := range days * perDay {
			at := c.Start(base+event.Day(n/perDay)) + event.Instant(n*parts+k)
			head := func(kind string) event.Head {
				return event.Head{ID: fmt.Sprint(kind, k, " ", n), OccurredAt: at, RecordedAt: at}
			}
			order := fmt.Sprint("order ", k, " ", n)
			for _, o := range []observed{
				{&event.Purchase{Head: head("o"), Kind: event.Order, OrderID: order, Channel: fmt.Sprint("channel ", k, n%7), Items: []event.Item{{Category: fmt.Sprint("category ", k, n%9)}}}, history.Amounts{Amount: 100}},
				{&event.Purchase{Head: head("r"), Kind: event.Refund, OrderID: order}, history.Amounts{Amount: 10}},
				{&event.Purchase{Head: head("p"), Kind: event.Paid, OrderID: order}, history.Amounts{Amount: 100}},
				{x: &event.Feedback{Head: head("f"), Kind: event.Complaint}},
				{x: &event.Interaction{Head: head("l"), Kind: event.ConsentChanged, Channel: fmt.Sprint("channel ", k, n%20)}},
			} {
				all[k], _ = all[k].Observe(o.x, o.a, c)
				seen = append(seen, o)
			}
		}
		now := c.Start(all[k].Newest() + 1)
		spend += all[k].Facts(now, c).Spend
	}
	s := together(all)
	f := s.Facts(c.Start(s.Newest()+1), c)
	if want := parts * days * perDay; f.Orders != want || f.Refunds365 != want || f.Paid != want || f.Spend != spend {
		t.Errorf("%d orders, %d refunds, %d payments, spend %d; want %d of each, spend %d", f.Orders, f.Refunds365, f.Paid, f.Spend, want, spend)
	}
	if got := len(s.Channels()); got != 17 {
		t.Errorf("%d channels, want 16 and the others", got)
	}
	if s.MayContact("channel 5 15") || s.MayContact("channel 0 0") {
		t.Error("a refusal is lost")
	}
	sum := int64(0)
	for i := range all {
		sum += all[i].Spilled()
	}
	if s.Spilled() <= sum {
		t.Errorf("%d facts beyond the caps, want more than the %d of the parts", s.Spilled(), sum)
	}
	slices.Reverse(all)
	other := together(all)
	if got := other.Facts(c.Start(s.Newest()+1), c); got != f || other.TopCategory(c.Start(s.Newest()+1), c) != s.TopCategory(c.Start(s.Newest()+1), c) {
		t.Errorf("in another order:\n got %+v\nwant %+v", got, f)
	}
	for _, o := range seen { // repetitions must not bring back more facts than there is room for
		other, _ = other.Observe(o.x, o.a, c)
	}
	if got := other.Facts(c.Start(s.Newest()+1), c); got.Orders < f.Orders {
		t.Errorf("%d orders after repetitions, want no fewer than %d", got.Orders, f.Orders)
	}
	names := map[string]bool{}
	for i := range all {
		for _, name := range all[i].Channels() {
			names[name] = true
		}
	}
	for _, name := range s.Channels() {
		if !names[name] && name != "other" {
			t.Errorf("channel %q is of no part: %q", name, slices.Sorted(maps.Keys(names)))
		}
	}
}

func BenchmarkTogether(b *testing.B) {
	one, other := typical(b), first(remember(parse(b, `5 ORDER k 2999 @9; 45 ORDER l 1499 @10; 75 ORDER m 2000 @11; 100 ORDER n 3000 @12; 130 ORDER o 100 @13;
		155 ORDER p 999 @9; 180 ORDER q 1999 @8; 220 ORDER r 599 @7; 221 REFUND r 100 @7; 290 PAGE_VIEW web; 298 NPS - 9; 300 EMAIL_OPEN email; 302 PAGE_VIEW web`)))
	shared, _ := one.Observe(next(&one, "CANCEL").x, history.Amounts{}, event.Calendar{})
	for _, row := range []struct {
		name  string
		parts []history.Summary
	}{
		{"one", []history.Summary{one}},
		{"two", []history.Summary{one, other}},
		{"two that share all orders", []history.Summary{one, shared}},
		{"six", []history.Summary{one, other, shared, one, other, shared}},
		{"two full", []history.Summary{full(b, 6), full(b, 256)}},
	} {
		b.Run(row.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if s := together(row.parts); s.Newest() < base {
					b.Fatal("nothing")
				}
			}
		})
		b.Run(row.name+"/facts", func(b *testing.B) {
			s := together(row.parts)
			now := at(&s)
			for b.Loop() {
				if f := s.Facts(now, event.Calendar{}); f.Orders == 0 {
					b.Fatal("no orders")
				}
			}
		})
	}
}
