package history_test

import (
	"testing"

	"tidemark/internal/event"
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
		{"both are sealed", "1 ORDER a 100; 300 ORDER b 50; 1200 ORDER c 50", 1201, 0, false},
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
