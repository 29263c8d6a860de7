package history_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// A typical life on each side of what a profile may cost.
func TestEncodingIsSmall(t *testing.T) {
	for _, row := range []struct {
		name, story string
		most        int
	}{
		{"nobody", "", 1},
		{"a typical customer of CDNOW: three orders", "0 ORDER a 2999; 31 ORDER b 1499; 200 ORDER c 11877", 80},
		{"five events of all sorts", "0 ORDER a 2999 @9; 30 PAGE_VIEW web @10; 31 ORDER b 1499 @11; 33 NPS - 9 @12; 34 REFUND b 500 @13", 130},
		{"a weekly buyer for two years", weekly(104), 104*25 + 20},
		{"a weekly buyer for twenty years: the past is sealed", weekly(1040), 105*25 + 60},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			got := len(s.Append(nil))
			t.Logf("%d bytes", got)
			if got > row.most {
				t.Errorf("%d bytes, want at most %d", got, row.most)
			}
		})
	}
}

func weekly(weeks int) string {
	var story strings.Builder
	for i := range weeks {
		fmt.Fprintf(&story, "%d ORDER order-%d 4000 @%d;", 7*i, i, i%24)
	}
	return story.String()
}

// many is a life that uses every part of the encoding.
func many(t testing.TB) history.Summary {
	seen := parse(t, `0 ORDER a 100; 1 ORDER b 100 @5; 300 REFUND a 30; 301 CHARGEBACK b 10; 900 ORDER c 5; 901 ORDER c 7; 1000 REFUND z 3; 1100 REFUND c 1;
		1500 REFERRAL_MADE web; 1600 ORDER d 40; 1601 PAID d 40; 1602 NPS - 7; 1603 COMPLAINT d; 1640 LOGIN app; 1650 LOGIN web; 1651 UNSUBSCRIBE email; 1652 ORDER d 41`)
	at := seen[len(seen)-1].at()
	seen = append(seen,
		observed{x: &event.Interaction{Head: event.Head{ID: "attributes", OccurredAt: at}, Kind: event.Attributes, Attributes: map[string]string{"region": "north", "owner": "kim"}}},
		observed{x: &event.Interaction{Head: event.Head{ID: "outreach", OccurredAt: at}, Kind: event.OutreachSent, Channel: "email", Cost: event.Minor(12)}},
		observed{
			x: &event.Purchase{Head: event.Head{ID: "full", OccurredAt: at + 1}, Kind: event.Order, OrderID: "full", Channel: "shop", Items: slices.Repeat([]event.Item{{Category: "tea"}, {Category: "cups"}}, 150)},
			a: history.Amounts{Amount: 9, Margin: event.Minor(-1), Discount: event.Minor(2), ServiceCost: event.Minor(3), AcquisitionCost: event.Minor(4)},
		})
	for i := range 40 {
		seen = append(seen, observed{x: &event.Purchase{Head: event.Head{ID: fmt.Sprint("o", i), OccurredAt: at}, Kind: event.Order, OrderID: fmt.Sprint("o", i)}, a: history.Amounts{Amount: 1}})
	}
	s, _ := remember(seen)
	return s
}

func TestDecodeReadsWhatAppendWrote(t *testing.T) {
	s := many(t)
	b := s.Append(nil)
	decoded, err := history.Decode(b)
	if err != nil {
		t.Fatalf("decode %x: %v", b, err)
	}
	if got := decoded.Append(nil); !bytes.Equal(got, b) {
		t.Errorf("round trip:\n got %x\nwant %x", got, b)
	}
	at := event.Calendar{}.Start(s.Newest())
	if got, want := decoded.Facts(at, event.Calendar{}), s.Facts(at, event.Calendar{}); got != want {
		t.Errorf("facts:\n got %+v\nwant %+v", got, want)
	}
	if got, want := decoded.Attribute("owner"), "kim"; got != want {
		t.Errorf("owner %q, want %q", got, want)
	}
	for i := range b {
		if i == 1 {
			continue // the format alone is a customer of whom nothing is known
		}
		if _, err := history.Decode(b[:i]); err == nil {
			t.Errorf("the first %d of %d bytes decode", i, len(b))
		}
	}
	if _, err := history.Decode(append(b, 0)); err == nil {
		t.Error("a trailing byte decodes")
	}
}

// TestDecodeReadsTheFormatsBefore: orders did not yet say how many items they named; grievances not yet the ids of their
// events, which are not known then, and do not come back with a repetition.
func TestDecodeReadsTheFormatsBefore(t *testing.T) {
	for _, row := range []struct {
		name          string
		items         int // of order c
		story, stored string
	}{
		{
			"1", 0, "0 ORDER a 100; 1 ORDER b 90; 900 ORDER c 5; 901 ORDER d 7 web; 905 LOGIN app",
			"018e01c2f8010404b401fc020000000000c80102b40100b0ea01b2ea018080f5f9b74b80f0a7ccb84b0001036170700002000500a7df6a12cdba1bf40e81dad2743709770a000100f04f3b4098136c535e82de5734cb95a50e010100009236a6a21df7707a080401",
		},
		{
			"2", 3, "0 ORDER a 100; 1 ORDER b 90; 900 ORDER c 5; 901 ORDER d 7 web; 902 COMPLAINT c; 903 NPS - 3; 904 NPS - 9; 905 LOGIN app",
			"02ce01c2f8010404b401fc020000000000c80102b401000000b0ea01b2ea018080f5f9b74b80f0a7ccb84b0001036170700002000500a7df6a12cdba1bf40e81dad2743709770a03000100f04f3b4098136c535e82de5734cb95a50e00030103009236a6a21df7707a0400000e81dad274370977000100612b734bfa3810bd0100d804000100988a331060c8e7510100880e01010000b407fab1b61f0fb4080401",
		},
	} {
		seen := parse(t, row.story)
		seen[2].x.(*event.Purchase).Items = make([]event.Item, row.items)
		want, _ := remember(seen)
		b, err := hex.DecodeString(row.stored)
		if err != nil {
			t.Fatal(err)
		}
		got, err := history.Decode(b)
		if err != nil {
			t.Fatalf("format %s: %v", row.name, err)
		}
		then := at(&want)
		if g, w := got.Facts(then, event.Calendar{}), want.Facts(then, event.Calendar{}); g != w {
			t.Errorf("facts of format %s:\n got %+v\nwant %+v", row.name, g, w)
		}
		complaints := 0
		for g := range got.Grievances(then, 365, event.Calendar{}) {
			if complaints++; g.ID != "" {
				t.Errorf("format %s: a grievance has the id %q, want none", row.name, g.ID)
			}
		}
		if n := strings.Count(row.story, "COMPLAINT") + strings.Count(row.story, " 3;"); complaints != n {
			t.Errorf("format %s: %d grievances, want %d", row.name, complaints, n)
		}
		for _, o := range seen {
			if _, verdict := got.Observe(o.x, o.a, event.Calendar{}); verdict == history.Accepted {
				t.Errorf("format %s: %s again is accepted", row.name, o.id())
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	var none history.Summary
	f.Add(none.Append(nil))
	f.Add([]byte{})
	f.Add(many(f).Append(nil))
	f.Add([]byte{1, 8, 0, 0xff, 0xff, 0xff, 0xff, 0x0f}) // a length that no memory holds
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := history.Decode(b)
		if err != nil {
			return
		}
		var c event.Calendar
		for _, at := range []event.Instant{0, c.Start(s.Newest()), c.Start(s.Newest() + 200)} {
			facts := s.Facts(at, c)
			for _, x := range []float64{facts.MedianGapDays, facts.MeanGapDays, facts.CSATMean, facts.CSATLatest, facts.NPSScore} {
				if math.IsNaN(x) || math.IsInf(x, 0) {
					t.Fatalf("not a number in %+v", facts)
				}
			}
		}
		if sum, known := s.LogGaps(c.Start(s.Newest())); sum < 0 || !known && sum != 0 {
			t.Fatalf("logarithms of gaps %d, %t", sum, known)
		}
		s.ContactableChannels()
		s.Attribute("region")
		once := s.Append(nil)
		again, err := history.Decode(once)
		if err != nil {
			t.Fatalf("decode what was written, %x: %v", once, err)
		}
		if twice := again.Append(nil); !bytes.Equal(once, twice) {
			t.Fatalf("writing twice: first %x, then %x", once, twice)
		}
		x := &event.Purchase{Head: event.Head{ID: "x", OccurredAt: c.Start(s.Newest() + 400)}, Kind: event.Order, OrderID: "x"}
		if next, _ := again.Observe(x, history.Amounts{Amount: 1}, c); next.Newest() != s.Newest()+400 {
			t.Fatalf("newest is %d, want %d", next.Newest(), s.Newest()+400)
		}
	})
}
