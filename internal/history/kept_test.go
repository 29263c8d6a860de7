package history_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// told is what is kept for, in few words.
type told struct {
	Outreach    int64
	Known       bool
	Service     history.Service
	YearKnown   bool
	Bought      int
	Tried       int
	BoughtKnown bool
}

func toldAt(s *history.Summary, day event.Day) told {
	m := s.More(event.Calendar{}.Start(base+day), event.Calendar{})
	return told{m.OutreachCost, m.OutreachKnown, m.FirstYear, m.FirstYearKnown, m.Bought, m.Tried, m.BoughtKnown}
}

// Long lives: what is folded and sealed still counts, to the day.
func TestKept(t *testing.T) {
	const life = "0 ORDER a 9 =tea $10; 1 OUTREACH_SENT email $5; 364 ORDER b 9 =cups $20; 365 ORDER c 9 =tea $70; 700 OUTREACH_SENT email $3; 900 OUTREACH_SENT mail $4; 1200 LOGIN web"
	for _, row := range []struct {
		name, story string
		at          event.Day
		want        told
	}{
		{"the first year ends after 365 days", life, 1200, told{4, true, history.Service{Orders: 2, Cost: 30}, true, 2, 0, true}},
		{"a cost is in the window on its 364th day", life, 1264, told{4, true, history.Service{Orders: 2, Cost: 30}, true, 2, 0, true}},
		{"also if something happens then", life + "; 1264 LOGIN web", 1264, told{4, true, history.Service{Orders: 2, Cost: 30}, true, 2, 0, true}},
		{"and the day after, as of the day before", life + "; 1265 LOGIN web", 1264, told{4, true, history.Service{Orders: 2, Cost: 30}, true, 2, 0, true}},
		{"and leaves on its 365th", life, 1265, told{0, true, history.Service{Orders: 2, Cost: 30}, true, 2, 0, true}},
		{"a category of a sealed day is not tried anew", life + "; 1300 ORDER d 9 =cups; 1301 ORDER e 9 =pots", 1301, told{0, true, history.Service{Orders: 2, Cost: 30}, true, 3, 1, true}},
		{"two costs of one day", "0 OUTREACH_SENT email $5 #x; 0 OUTREACH_SENT email $6 #y; 20 LOGIN web", 20, told{11, true, history.Service{}, false, 0, 0, true}},
		{"a late cost", "0 LOGIN web; 80 LOGIN web; 1 OUTREACH_SENT email $5; 79 OUTREACH_SENT email $6", 80, told{11, true, history.Service{}, false, 0, 0, true}},
		{"an order that was called off", "0 ORDER a 9 =tea $10; 1 ORDER b 9 =cups $3; 2 CANCEL b; 900 LOGIN web", 900, told{0, true, history.Service{Orders: 1, Cost: 10}, true, 1, 0, true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			for _, s := range []history.Summary{s, restored(t, s)} {
				if got := toldAt(&s, row.at); got != row.want {
					t.Errorf("got %+v, want %+v", got, row.want)
				}
			}
		})
	}
}

// A history of a former format tells nothing of what it has not kept: the costs are known again once the window has passed, the sealed days never.
// Reading it alone changes no byte.
func TestKeptOfAFormerFormat(t *testing.T) {
	s, _ := remember(parse(t, "0 ORDER a 9 =tea $10; 1 LOGIN web; 1000 OUTREACH_SENT email $5; 1090 LOGIN web"))
	former := restored(t, history.Before(s))
	if kept := former.AppendKept(nil); len(kept) > 0 {
		t.Fatalf("a history that keeps nothing writes %x", kept)
	}
	if got := toldAt(&former, 1090); got.Known || got.YearKnown || got.BoughtKnown {
		t.Errorf("of a former format: %+v, want nothing known", got)
	}
	after := former
	for _, o := range parse(t, "1100 OUTREACH_SENT email $7 #z; 1101 ORDER b 9 =cups $3 #b; 1200 LOGIN web #w") {
		after, _ = after.Observe(o.x, o.a, event.Calendar{})
	}
	for _, s := range []history.Summary{after, restored(t, after)} {
		if got := toldAt(&s, 1454); got.Known || got.Outreach != 0 {
			t.Errorf("364 days after the upgrade: %+v, want no cost known", got)
		}
		if got, want := toldAt(&s, 1455), (told{Outreach: 7, Known: true}); got != want {
			t.Errorf("365 days after the upgrade: %+v, want %+v", got, want)
		}
	}
	later, _ := after.Observe(parse(t, "2000 LOGIN web #l")[0].x, history.Amounts{}, event.Calendar{})
	if got := toldAt(&later, 2000); got.BoughtKnown || got.YearKnown || !got.Known {
		t.Errorf("later: %+v, want sealed days that are not known", got)
	}
}

// A history of a former format that had sealed no day and counted no cost lacks nothing.
func TestKeptOfAnOpenFormerFormat(t *testing.T) {
	s, _ := remember(parse(t, "0 ORDER a 9 =tea $10; 100 LOGIN web; 700 LOGIN web"))
	former := restored(t, history.Before(s))
	for _, o := range parse(t, "710 OUTREACH_SENT email $7 #z; 900 LOGIN web #w") {
		former, _ = former.Observe(o.x, o.a, event.Calendar{})
	}
	if got, want := toldAt(&former, 900), (told{7, true, history.Service{Orders: 1, Cost: 10}, true, 1, 0, true}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// Ids together: what both keep adds up, so far as totals can tell.
func TestKeptTogether(t *testing.T) {
	const end = "; 2000 LOGIN web"
	for _, row := range []struct {
		name, one, other string
		want             told
	}{
		{"years that begin on one day", "0 ORDER a 9 =tea $10" + end, "0 ORDER b 9 =cups $3" + end, told{0, true, history.Service{Orders: 2, Cost: 13}, true, 2, 0, true}},
		{"a life after the first year", "0 ORDER a 9 =tea $10" + end, "365 ORDER b 9 =tea $3" + end, told{0, true, history.Service{Orders: 1, Cost: 10}, true, 1, 0, true}},
		{"a life within the first year", "0 ORDER a 9 $10" + end, "100 ORDER b 9 $3; 364 ORDER c 9 $1" + end, told{0, true, history.Service{Orders: 3, Cost: 14}, true, 0, 0, true}},
		{"a life across its end", "0 ORDER a 9 $10" + end, "100 ORDER b 9 $3; 365 ORDER c 9 $1" + end, told{0, true, history.Service{}, false, 0, 0, true}},
		{"one across its end that says no cost", "0 ORDER a 9 $10" + end, "100 ORDER b 9; 365 ORDER c 9" + end, told{0, true, history.Service{Orders: 1, Cost: 10}, true, 0, 0, true}},
		{"costs of both", "1900 OUTREACH_SENT a $5; 1901 OUTREACH_SENT a $6" + end, "1901 OUTREACH_SENT a $7 #z" + end, told{18, true, history.Service{}, false, 0, 0, true}},
		{"an open order of the one, a sealed day of the other", "1990 ORDER a 9 =tea $10" + end, "0 ORDER b 9 =cups $3" + end, told{0, true, history.Service{Orders: 1, Cost: 3}, true, 2, 1, true}},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, other := first(remember(parse(t, row.one))), first(remember(parse(t, row.other)))
			kept := [][]byte{one.AppendKept(nil), other.AppendKept(nil)}
			for _, s := range []history.Summary{history.Together(one, other), history.Together(other, one), history.Together(restored(t, one), restored(t, other))} {
				if got := toldAt(&s, 2000); got != row.want {
					t.Errorf("got %+v, want %+v", got, row.want)
				}
			}
			if !bytes.Equal(one.AppendKept(nil), kept[0]) || !bytes.Equal(other.AppendKept(nil), kept[1]) {
				t.Error("a part has changed")
			}
			for _, s := range []history.Summary{history.Together(history.Before(one), other), history.Together(other, history.Before(one))} {
				if got := toldAt(&s, 2000); got.Known && strings.Contains(row.one, "$5") || got.BoughtKnown && strings.Contains(row.one, "0 ORDER a") && !strings.HasPrefix(row.one, "1990") {
					t.Errorf("with a part of a former format: %+v, want nothing known that it has not kept", got)
				}
			}
		})
	}
}

// Ids together count as one id what they keep, where they know it, if no two know the same order, have bought on one day or interacted at all.
func TestKeptTogetherIsAsOneID(t *testing.T) {
	known, lives := 0, 0
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		seen := arrive(t, drawBusy(t, c), c)
		n := rapid.IntRange(2, 4).Draw(t, "ids")
		parts := make([][]observed, n)
		days := map[event.Day]int{}
		for _, o := range seen {
			k := idOf(o, 0, n)
			if o.touch() != nil {
				k = 0
			}
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
			g, w := got.More(at, c), one.More(at, c)
			lives++
			if g.FirstYearKnown {
				known++
			} else {
				w.FirstYear, w.FirstYearKnown = history.Service{}, false
			}
			if g.OutreachCost != w.OutreachCost || g.FirstYear != w.FirstYear || g.FirstYearKnown != w.FirstYearKnown || g.Bought != w.Bought || g.Tried != w.Tried {
				logParts(t, parts, c)
				t.Fatalf("at day %d (H = day %d):\n got %+v\nwant %+v", c.Day(at)-base, one.Newest()-base, g, w)
			}
		}
	})
	if known < lives/3 {
		t.Errorf("the first year is known of %d of %d lives together, want a third", known, lives)
	}
}

// A weekly mail at the same cost takes a byte a week; whoever has sealed days and nothing else to keep takes three bytes.
func TestKeptIsSmall(t *testing.T) {
	var mails strings.Builder
	for week := range 60 {
		fmt.Fprintf(&mails, "; %d OUTREACH_SENT email $12 #m%d", 7*week, week)
	}
	for _, row := range []struct {
		name, story string
		most        int
	}{
		{"one order, sealed", "0 ORDER a 9; 1000 LOGIN web", 3},
		{"sealed orders of two categories, both open too", "0 ORDER a 9 =tea; 1 ORDER b 9 =cups; 999 ORDER c 9 =tea; 1000 ORDER d 9 =cups", 12},
		{"sealed orders with costs of service", "0 ORDER a 9 $250; 1 ORDER b 9 $340; 1000 LOGIN web", 6},
		{"a mail a week for a year", "0 LOGIN web" + mails.String(), 64},
	} {
		s, _ := remember(parse(t, row.story))
		got := len(s.AppendKept(nil))
		t.Logf("%s: %d bytes", row.name, got)
		if got > row.most || got < 1 {
			t.Errorf("%s: %d bytes, want at most %d", row.name, got, row.most)
		}
	}
}

// TestKeptBesideAnOlderVersion: a program that does not know what is kept leaves it as it is. If it has added to the totals since, nobody takes it for the
// whole truth.
func TestKeptBesideAnOlderVersion(t *testing.T) {
	s, _ := remember(parse(t, "0 ORDER a 9 =tea $10; 1 LOGIN web; 1000 OUTREACH_SENT email $5; 1020 LOGIN web"))
	kept := s.AppendKept(nil)
	older := func(story string) history.Summary {
		next := history.Before(s)
		for _, o := range parse(t, story) {
			next, _ = next.Observe(o.x, o.a, event.Calendar{})
		}
		back, err := history.Decode(history.Before(next).Append(nil))
		if err == nil {
			err = back.ReadKept(kept)
		}
		if err != nil {
			t.Fatal(err)
		}
		return back
	}
	for _, row := range []struct {
		why, story string
		want       told
	}{
		{"nothing that matters", "1030 LOGIN web #a; 1031 ORDER z 9 =tea #b", told{5, true, history.Service{Orders: 1, Cost: 10}, true, 1, 0, true}},
		{"a cost", "1030 OUTREACH_SENT email $5 #a; 1040 LOGIN web #b", told{}},
	} {
		back := older(row.story)
		if got := toldAt(&back, 1040); got != row.want {
			t.Errorf("%s: %+v, want %+v", row.why, got, row.want)
		}
	}
	if back := older("1001 ORDER b 9 #a; 1800 LOGIN web #b"); toldAt(&back, 1800).BoughtKnown || toldAt(&back, 1800).YearKnown {
		t.Errorf("a day that is sealed: %+v, want nothing known of sealed days", toldAt(&back, 1800))
	}
}

func FuzzReadKept(f *testing.F) {
	s, _ := remember(parse(f, "0 ORDER a 9 =tea $10; 900 OUTREACH_SENT email $5; 910 OUTREACH_SENT email $5 #x; 1000 LOGIN web"))
	f.Add(s.AppendKept(nil))
	f.Add(many(f).AppendKept(nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		read := s
		if read.ReadKept(b) != nil {
			return
		}
		var c event.Calendar
		for _, day := range []event.Day{0, 1, 366, 4000} {
			read.More(c.Start(s.Newest()+day), c)
		}
		once := read.AppendKept(nil)
		again := s
		if err := again.ReadKept(once); err != nil {
			t.Fatalf("what was written, %x: %v", once, err)
		}
		if twice := again.AppendKept(nil); !bytes.Equal(once, twice) {
			t.Fatalf("writing twice: first %x, then %x", once, twice)
		}
		read.Observe(&event.Purchase{Head: event.Head{ID: "x", OccurredAt: c.Start(s.Newest() + 400)}, Kind: event.Order, OrderID: "x"}, history.Amounts{Amount: 1}, c)
	})
}
