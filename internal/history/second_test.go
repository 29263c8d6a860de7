package history_test

import (
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/release"
	scored "tidemark/internal/score"
)

func TestSecondGap(t *testing.T) {
	for _, row := range []struct {
		name, story string
		at          event.Day
		want        int
		known       bool
	}{
		{"nothing at all", "", 100, 0, false},
		{"once", "1 ORDER a 100", 100, 0, false},
		{"twice on a day is once", "1 ORDER a 100; 1 ORDER b 50 @5", 100, 0, false},
		{"twice", "1 ORDER a 100; 43 ORDER b 50", 100, 42, true},
		{"the third does not matter", "1 ORDER a 100; 43 ORDER b 50; 90 ORDER c 50", 100, 42, true},
		{"the second is still to come", "1 ORDER a 100; 43 ORDER b 50", 42, 0, false},
		{"the second was called off", "1 ORDER a 100; 43 ORDER b 50; 44 CANCEL b; 90 ORDER c 50", 100, 89, true},
		{"a refund is no purchase", "1 ORDER a 100; 43 REFUND - 20; 90 ORDER c 50", 100, 89, true},
		{"the first is sealed", "1 ORDER a 100; 300 ORDER b 50; 745 ORDER c 50", 746, 299, true},
		{"both are sealed", "1 ORDER a 100; 300 ORDER b 50; 1200 ORDER c 50", 1201, 299, true},
		{"ten years of yearly orders", "1 ORDER a 9; 393 ORDER b 9; 758 ORDER c 9; 1123 ORDER d 9; 1488 ORDER e 9; 1853 ORDER f 9; 4000 ORDER g 9", 4000, 392, true},
		{"the second comes two years after the sealed first", "1 ORDER a 9; 900 ORDER b 9; 1700 ORDER c 9; 1701 ORDER d 9", 1702, 899, true},
		{"sealed alone", "1 ORDER a 9; 900 LOGIN web", 900, 0, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			s, _ := remember(parse(t, row.story))
			got, known := s.SecondGap(event.Calendar{}.Start(base + row.at))
			if got != row.want || known != row.known {
				t.Errorf("%d days, %v, want %d, %v", got, known, row.want, row.known)
			}
		})
	}
}

func TestSecondGapTogether(t *testing.T) {
	for _, row := range []struct {
		name, one, other string
		want             int
		known            bool
	}{
		{"one of each", "1 ORDER a 100", "43 ORDER b 50", 42, true},
		{"the second is open, before the sealed first of the other", "3 ORDER a 100; 10 ORDER a 90", "5 ORDER b 50; 736 LOGIN web", 2, true},
		{"two are open before the sealed one", "3 ORDER a 100; 4 ORDER c 100; 10 ORDER a 90", "5 ORDER b 50; 736 LOGIN web", 1, true},
		{"the sealed day again", "3 ORDER a 100; 5 ORDER c 9; 9 ORDER d 9; 10 ORDER a 90; 11 REFUND a 90", "5 ORDER b 50; 736 LOGIN web", 4, true},
		{"one sealed by each", "1 ORDER a 100; 5000 LOGIN web", "43 ORDER b 50; 5000 LOGIN web", 42, true},
		{"the day of each sealed by the other too", "1 ORDER a 100; 5000 LOGIN web", "1 ORDER b 50; 5000 LOGIN web", 0, false},
		{"sealed days that alternate", "1 ORDER a 9; 90 ORDER b 9; 5000 LOGIN web", "31 ORDER c 9; 60 ORDER d 9; 5000 LOGIN web", 30, true},
		{"all sealed days of one come first", "1 ORDER a 9; 20 ORDER b 9; 50 ORDER e 9; 5000 LOGIN web", "31 ORDER c 9; 60 ORDER d 9; 5000 LOGIN web", 19, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			one, other := first(remember(parse(t, row.one))), first(remember(parse(t, row.other)))
			s := history.Together(one, other)
			got, known := s.SecondGap(event.Calendar{}.Start(s.Newest() + 1))
			if got != row.want || known != row.known {
				t.Errorf("got %d days, %t; want %d, %t", got, known, row.want, row.known)
			}
		})
	}
}

// A release that did not keep the second purchase day has forgotten it once three days are sealed. The newest release keeps it.
func TestSecondGapOfEachRelease(t *testing.T) {
	for _, r := range release.All(t) {
		for _, stored := range r.Profiles(t) {
			if stored.Customer != "gil" || stored.When != "end" { // an order in January 2023, one in May, and five more that are sealed
				continue
			}
			p, err := scored.Decode([]byte(stored.Encoded))
			if err != nil {
				t.Fatal(err)
			}
			gap, known := p.History.SecondGap(release.AsOf)
			if want := r.Number > 2; known != want || known && gap != 120 {
				t.Errorf("release %d: %d days, %t; want 120 days, %t", r.Number, gap, known, want)
			}
			if told := p.History.Held().Sealed; told.SecondKnown != known || known && told.SecondDay != told.FirstDay+120 {
				t.Errorf("release %d: told as %s, %t; first day %s", r.Number, told.SecondDay, told.SecondKnown, told.FirstDay)
			}
		}
	}
}
