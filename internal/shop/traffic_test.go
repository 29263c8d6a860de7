package shop

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
)

func TestSameSeedSameMessages(t *testing.T) {
	c := year(300)
	one, two := slices.Collect(open(t, c).Messages()), slices.Collect(open(t, c).Messages())
	if len(one) != len(two) {
		t.Fatalf("the second time: got %d messages, want %d", len(two), len(one))
	}
	for i := range one {
		if !reflect.DeepEqual(one[i], two[i]) {
			t.Fatalf("message %d: got %+v the second time, want %+v", i, two[i].Event, one[i].Event)
		}
	}
	c.Seed++
	if other := slices.Collect(open(t, c).Messages()); reflect.DeepEqual(one, other) {
		t.Errorf("another seed: got the same %d messages, want others", len(other))
	}
}

func TestRecordTimesNeverDescend(t *testing.T) {
	c := year(1000)
	last, n := c.From, 0
	for m := range open(t, c).Messages() {
		if at := m.SentAt(); at < last || at >= c.To {
			t.Fatalf("message %d: sent at %v, want from %v (the one before) to %v", n, at, last, c.To)
		}
		last = m.SentAt()
		n++
	}
	if n < 10_000 || last < c.To.Add(-7*oneDay) {
		t.Errorf("got %d messages until %v, want at least 10000 until about %v", n, last, c.To)
	}
}

func TestWhatIsIntactIsValidAndWhatIsBrokenIsNot(t *testing.T) {
	c := year(1000)
	c.Faults.Broken = 0.02
	broken := map[Broken]int{}
	written := map[string]event.Event{}
	for m := range open(t, c).Messages() {
		head, err := m.Event.Common(), event.Validate(m.Event)
		broken[m.Broken]++
		switch m.Broken {
		case Intact, Truncated, UnknownSchema:
			if err != nil {
				t.Errorf("%s, %v: got %v, want a valid event", head.ID, m.Broken, err)
			}
		case FutureDate, UnknownCurrency:
			var invalid *event.Invalid
			if !errors.As(err, &invalid) || invalid.Reason != m.Broken.Reason() {
				t.Errorf("%s, %v: got %v, want %s", head.ID, m.Broken, err, m.Broken.Reason())
			}
		}
		before, seen := written[head.ID]
		if seen != m.Repeated {
			t.Errorf("%s: written before: %v, want %v", head.ID, seen, m.Repeated)
		}
		if seen {
			again := clone(m.Event)
			again.Common().RecordedAt = before.Common().RecordedAt
			if !reflect.DeepEqual(again, before) {
				t.Errorf("%s: got %+v when repeated, want %+v", head.ID, again, before)
			}
		}
		written[head.ID] = m.Event
	}
	for b := Intact; b <= UnknownCurrency; b++ {
		if broken[b] < 10 {
			t.Errorf("%v messages: got %d, want at least 10", b, broken[b])
		}
	}
}

// TestSharesOfFaults checks that each share is within four standard errors of a binomial.
func TestSharesOfFaults(t *testing.T) {
	c := year(2000)
	var written, interactions, late, repeated, ahead, broken int
	var latest time.Duration
	for m := range open(t, c).Messages() {
		head := m.Event.Common()
		delay := head.RecordedAt.Sub(head.OccurredAt)
		_, interaction := m.Event.(*event.Interaction)
		switch {
		case m.Broken != Intact:
			broken++
			continue
		case m.Repeated:
			repeated++
			continue
		case delay >= minLate:
			late++
			latest = max(latest, delay)
		case delay < 0:
			ahead++
		}
		written++
		if interaction {
			interactions++
		}
	}
	for _, row := range []struct {
		what       string
		n, of      int
		want       float64
		mayBeUnder float64 // the share that is lost for other reasons
	}{
		{"late", late, written, c.Faults.Late, 0.001}, // a message that is late at the end is never sent
		{"repeated", repeated, written, c.Faults.Repeated, 0.001},
		{"ahead of their time", ahead, interactions, c.Faults.Ahead, c.Faults.Ahead * c.Faults.Late},
		{"broken", broken, written, c.Faults.Broken, 0.0001},
	} {
		got := float64(row.n) / float64(row.of)
		slack := 4 * math.Sqrt(row.want*(1-row.want)/float64(row.of))
		if got > row.want+slack || got < row.want-slack-row.mayBeUnder {
			t.Errorf("share of messages %s: got %.5f of %d, want %.5f ± %.5f", row.what, got, row.of, row.want, slack)
		}
	}
	if latest > c.Faults.MaxLate || latest < c.Faults.MaxLate/2 {
		t.Errorf("the latest message: got %v after it occurred, want up to %v", latest, c.Faults.MaxLate)
	}
}

// TestTopicsOvertakeEachOther: an order may be sent before the clicks that led to it.
func TestTopicsOvertakeEachOther(t *testing.T) {
	c := year(500)
	c.Faults = Faults{}
	orders, overtook := map[string]event.Instant{}, map[string]bool{}
	for m := range open(t, c).Messages() {
		switch e := m.Event.(type) {
		case *event.Purchase:
			if e.Session != "" {
				orders[e.Session] = e.OccurredAt
			}
		case *event.Interaction:
			if at, ok := orders[e.Session]; ok && e.OccurredAt <= at {
				overtook[e.Session] = true
			}
		case *event.Feedback, *event.Link:
		}
	}
	if share := float64(len(overtook)) / float64(len(orders)); share < 0.02 || share > 0.5 {
		t.Errorf("orders sent before a click of their session: got %d of %d, want 2 to 50 %%", len(overtook), len(orders))
	}
}

// TestMemoryIsBounded: the memory of the shop depends on the number of customers, not on the length of the simulation.
func TestMemoryIsBounded(t *testing.T) {
	for _, years := range []int{1, 4} {
		c := year(500)
		c.From = c.To.Add(-time.Duration(years) * 365 * oneDay)
		c.Population.Purchases.A = 0.05 // customers stay, so that the shop holds as much at the end
		s := open(t, c)
		most, n := 0, 0
		for range s.Messages() {
			most = max(most, s.Pending())
			n++
		}
		if most > 4*c.Customers || n < 20*c.Customers*years {
			t.Errorf("%d years: got at most %d entries for %d messages, want at most %d for at least %d",
				years, most, n, 4*c.Customers, 20*c.Customers*years)
		}
	}
}

// TestLeavingHasCauses: customers say worse things after the last order than before it, and speak more often.
func TestLeavingHasCauses(t *testing.T) {
	s := open(t, year(3000))
	truth := map[string]Customer{}
	var orders, last int
	for _, c := range s.Customers() {
		truth[c.ID] = c
		orders += c.Purchases
		if c.Purchases > 0 && c.LeftAt != event.Never {
			last++
		}
	}
	var marks, lastMarks []float64
	complaints, lastComplaints := 0, 0
	for m := range s.Messages() {
		f, ok := m.Event.(*event.Feedback)
		if !ok || m.Broken != Intact || m.Repeated || f.Kind == event.ComplaintResolved {
			continue
		}
		afterLast := f.OccurredAt > truth[f.Customer].LeftAt
		switch {
		case f.Scored && afterLast:
			lastMarks = append(lastMarks, f.Share())
		case f.Scored:
			marks = append(marks, f.Share())
		case afterLast:
			lastComplaints++
		default:
			complaints++
		}
	}
	if was, is := average(marks), average(lastMarks); was < 0.7 || is > was-0.2 {
		t.Errorf("mean mark: got %.2f after last orders (%d) and %.2f after others (%d), want it far lower", is, len(lastMarks), was, len(marks))
	}
	usual, final := float64(complaints)/float64(orders-last), float64(lastComplaints)/float64(last)
	if final < 5*usual || complaints < 20 {
		t.Errorf("complaints: got %.3f per last order and %.3f per other, want at least five times as many", final, usual)
	}
}
