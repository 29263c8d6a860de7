package history_test

import (
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
)

// lastYear answers LastYear by the definition.
func (w *twin) lastYear(at event.Instant, days int) bool {
	today := w.calendar.Day(at)
	for _, b := range w.books(at) {
		if b.order.x != nil && b.day > today-365 && b.day <= today-365+event.Day(days) {
			return true
		}
	}
	return false
}

// An order that comes into force as the last one leaves the window changes nothing.
func TestLastYearGoesOn(t *testing.T) {
	var utc event.Calendar
	s, _ := remember(parse(t, "0 ORDER a 7; 365 ORDER b 7"))
	if got, until := s.LastYear(utc.Start(base+364), 365, utc); !got || until != utc.Start(base+730) {
		t.Errorf("got %t until %v, want true until day 730", got, until)
	}
}

// The answer is that of the definition, and until is the first instant at which time alone changes it.
func TestLastYearAgreesWithTheTwin(t *testing.T) {
	zones := calendars(t)
	yes, turned := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(zones).Draw(t, "zone")
		life := drawAny(t, c)
		w := twin{calendar: c}
		s := observeAll(t, arrive(t, life, c), c)
		for _, o := range life {
			w.observe(o)
		}
		days := rapid.SampledFrom([]int{0, 1, 30, 90, 200, 364, 365}).Draw(t, "days")
		at := drawInstant(t, s.Newest(), c)
		for step := 0; ; step++ {
			if step > 300 {
				t.Fatalf("until goes on and on, at day %d", c.Day(at)-base)
			}
			got, until := s.LastYear(at, days, c)
			if want := w.lastYear(at, days); got != want {
				t.Fatalf("%d days at day %d (H = day %d): got %t, want %t", days, c.Day(at)-base, s.Newest()-base, got, want)
			}
			if got {
				yes++
			}
			last := until
			if until == event.Never {
				last = at + 800*24*hour
			}
			for d := c.Day(at) + 1; c.Start(d) < last; d++ {
				if is, _ := s.LastYear(c.Start(d), days, c); is != got {
					t.Fatalf("%d days at day %d: %t until %v, but not on day %d", days, c.Day(at)-base, got, until, d-base)
				}
			}
			if is, _ := s.LastYear(last-1, days, c); last-1 > at && is != got {
				t.Fatalf("%d days at day %d: %t until %v, but not a millisecond before", days, c.Day(at)-base, got, until)
			}
			if until == event.Never {
				return
			}
			if w.lastYear(until, days) == got || until <= at {
				t.Fatalf("%d days at day %d: nothing changes at %v", days, c.Day(at)-base, until)
			}
			at, turned = until, turned+1
		}
	})
	if yes == 0 || turned == 0 {
		t.Errorf("%d times yes, %d turns: the test has lost its subject", yes, turned)
	}
}

func TestLastYearWindow(t *testing.T) {
	var utc event.Calendar
	for _, row := range []struct {
		why, story  string
		days        int
		today, turn event.Day // turn 0: never
		want        bool
	}{
		{"before the window", "0 ORDER a 7", 90, 274, 275, false},
		{"the last day of the window", "0 ORDER a 7", 90, 275, 365, true},
		{"the first day of the window", "0 ORDER a 7", 90, 364, 365, true},
		{"behind the window", "0 ORDER a 7", 90, 365, 0, false},
		{"the second enters before the first leaves", "0 ORDER a 7; 80 ORDER b 7", 90, 300, 445, true},
		{"the second enters as the first leaves", "0 ORDER a 7; 90 ORDER b 7", 90, 300, 455, true},
		{"a day between the two", "0 ORDER a 7; 91 ORDER b 7", 90, 300, 365, true},
		{"an order that was cancelled", "0 ORDER a 7; 3 CANCEL a 7", 90, 300, 0, false},
		{"an order that was given back", "0 ORDER a 7; 3 REFUND a 7", 90, 300, 0, false},
		{"no days", "0 ORDER a 7", 0, 364, 0, false},
		{"more than a year counts as a year", "0 ORDER a 7", 700, 9, 365, true},
		// The first order is sealed by the last one. At day 300 a purchase a year before is missed, as the comment says.
		{"a sealed day", "0 ORDER a 7; 730 ORDER b 7", 90, 300, 1005, false},
		{"the oldest day that is not sealed", "1 ORDER a 7; 730 ORDER b 7", 90, 365, 366, true},
	} {
		s, _ := remember(parse(t, row.story))
		want := event.Never
		if row.turn > 0 {
			want = utc.Start(base + row.turn)
		}
		if got, until := s.LastYear(utc.Start(base+row.today)+hour, row.days, utc); got != row.want || until != want {
			t.Errorf("%s: got %t until %v, want %t until %v", row.why, got, until, row.want, want)
		}
	}
}
