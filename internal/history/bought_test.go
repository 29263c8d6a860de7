package history_test

import (
	"testing"

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
		{"given back more than once", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 40; 31 CHARGEBACK b 40", history.Bought{Days: 1}},
		{"given back in whole", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND b 50", history.Bought{}},
		{"given back after the end", "1 ORDER a 100; 20 ORDER b 50; 41 REFUND b 20", history.Bought{Days: 1, Net: 50}},
		{"an earlier order given back", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND a 20", history.Bought{Days: 1, Net: 50}},
		{"money given back for nothing known", "1 ORDER a 100; 20 ORDER b 50; 30 REFUND - 20; 31 REFUND z 20", history.Bought{Days: 1, Net: 50}},
		{"an earlier order placed again", "1 ORDER a 100; 20 ORDER a 80", history.Bought{Days: 1, Net: 80}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			if got := s.Between(noon(10), noon(40)); got != row.want {
				t.Errorf("got %+v, want %+v", got, row.want)
			}
		})
	}
}
