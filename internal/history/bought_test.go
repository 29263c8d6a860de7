package history_test

import (
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// The stretch is that from noon of day 10 to noon of day 40.
func TestBetween(t *testing.T) {
	noon := func(day event.Day) event.Instant { return event.Calendar{}.Start(base+day) + 12*hour }
	for _, row := range []struct {
		name, story string
		want        history.Bought
	}{
		{"nothing at all", "", history.Bought{}},
		{"only before", "1 ORDER a 100; 10 ORDER b 50 @12", history.Bought{}},
		{"the end counts, what comes after does not", "1 ORDER a 100; 40 ORDER b 50 @12; 40 ORDER c 30 @13", history.Bought{Days: 1, Net: 50}},
		{"two orders on one day", "1 ORDER a 100; 20 ORDER b 50; 20 ORDER c 30 @5", history.Bought{Days: 1, Net: 80}},
		{"the day had its purchase already", "10 ORDER a 100 @9; 10 ORDER b 50 @14", history.Bought{Net: 50}},
		{"the day had none yet", "1 ORDER a 100; 10 ORDER b 50 @14", history.Bought{Days: 1, Net: 50}},
		{"what the day had was called off", "10 ORDER a 100 @9; 10 ORDER b 50 @14; 11 CANCEL a", history.Bought{Days: 1, Net: 50}},
		{"called off by the end", "1 ORDER a 100; 20 ORDER b 50; 30 CANCEL b", history.Bought{}},
		{"called off after the end", "1 ORDER a 100; 20 ORDER b 50; 41 CANCEL b", history.Bought{Days: 1, Net: 50}},
		{"given back in part", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 20", history.Bought{Days: 1, Net: 30}},
		{"given back in part before it came", "1 ORDER a 100; 9 REFUND b 20; 20 ORDER b 50", history.Bought{Days: 1, Net: 30}},
		{"given back more than once", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 40; 31 CHARGEBACK b 9", history.Bought{Days: 1, Net: 1}},
		{"given back in whole by parts", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 40; 31 CHARGEBACK b 40", history.Bought{}},
		{"given back in whole", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 50", history.Bought{}},
		{"given back after the end", "1 ORDER a 100; 20 ORDER b 50; 41 REFUND b 20", history.Bought{Days: 1, Net: 50}},
		{"an earlier order given back", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND a 20", history.Bought{Days: 1, Net: 50}},
		{"money given back for nothing known", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND - 20; 31 REFUND z 20", history.Bought{Days: 1, Net: 50}},
		{"an earlier order revised: it stays on its day", "1 ORDER a 100; 20 ORDER a 80", history.Bought{}},
		{"an earlier order placed again a year later", "1 ORDER a 100; 380 ORDER a 80", history.Bought{}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			if got := s.Between(noon(10), noon(40)); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}

// between is Summary.Between by the twin.
func (w *twin) between(after, until event.Instant) (b history.Bought) {
	days, before := map[event.Day]bool{}, map[event.Day]bool{}
	for _, k := range w.books(until) {
		switch {
		case k.order.x != nil && k.order.placed > after:
			days[k.day] = true
			b.Net += k.amount
		case k.order.x != nil:
			before[k.day] = true
		case k.of.x != nil && k.of.placed > after:
			b.Net += k.amount
		}
	}
	for day := range days {
		if !before[day] {
			b.Days++
		}
	}
	return b
}

// The twin says the same of any stretch of up to 728 days whose end is the newest that is known.
func TestTwinAgreesOnWhatWasBought(t *testing.T) {
	zones := calendars(t)
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		life := drawAny(t, c)
		last := life[rapid.IntRange(0, len(life)-1).Draw(t, "last")]
		until := last.at() + rapid.SampledFrom([]event.Instant{0, hour, 24 * hour, 300 * 24 * hour}).Draw(t, "until")
		after := until - rapid.SampledFrom([]event.Instant{0, hour, 25 * hour, 365 * 24 * hour, 728 * 24 * hour}).Draw(t, "stretch")
		if first := life[rapid.IntRange(0, len(life)-1).Draw(t, "first")]; first.at() <= until && first.at() > until-728*24*hour {
			after = first.at()
		}
		w := twin{calendar: c}
		for _, o := range life {
			if o.x.StatedAt() <= until {
				w.observe(o)
			}
		}
		seen := arrive(t, w.seen, c)
		s := observeAll(t, seen, c)
		if got, want := s.Between(after, until), w.between(after, until); got != want {
			for _, o := range seen {
				t.Log(describe(o, c))
			}
			t.Fatalf("from day %d to day %d: got %+v, want %+v", c.Day(after)-base, c.Day(until)-base, got, want)
		}
	})
}
