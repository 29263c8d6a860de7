package history_test

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/history"
)

// mainOf is the category of an order.
func mainOf(p *event.Purchase) string {
	amounts, pieces := map[string]int64{}, map[string]int64{}
	for _, item := range p.Items {
		if item.Category != "" {
			amounts[item.Category] += item.AmountMinor
			pieces[item.Category] += item.Quantity
		}
	}
	return most(amounts, pieces)
}

// most is the name of the greatest first number, of the greatest second among equals, then the alphabetically first.
func most(first, second map[string]int64) string {
	names := slices.SortedFunc(maps.Keys(first), func(a, b string) int {
		return cmp.Or(cmp.Compare(first[b], first[a]), cmp.Compare(second[b], second[a]), cmp.Compare(a, b))
	})
	return append(names, "")[0]
}

func (w *twin) topCategory(at event.Instant) string {
	amounts, orders := map[string]int64{}, map[string]int64{}
	for _, b := range w.books(at) {
		if b.order.x != nil && w.calendar.Day(at)-b.day < 365 && mainOf(b.order.purchase()) != "" {
			amounts[mainOf(b.order.purchase())] += b.amount
			orders[mainOf(b.order.purchase())]++
		}
	}
	return most(amounts, orders)
}

func (w *twin) grievances(at event.Instant, days event.Day) (all []history.Grievance) {
	opinions := w.opinionsBy(at)
	for _, o := range opinions {
		f := o.opinion()
		g := history.Grievance{ID: f.ID, At: f.OccurredAt, Day: w.day(o), Kind: f.Kind, About: f.About}
		share := float64(score(o)) / 1e6
		switch {
		case w.calendar.Day(at)-g.Day >= days:
			continue
		case f.Kind == event.Complaint:
			g.Share = -1
			g.Open = !slices.ContainsFunc(opinions, func(r observed) bool {
				return r.opinion().Kind == event.ComplaintResolved && r.at() >= o.at() && (orderOf(r) == 0 || orderOf(r) == orderOf(o))
			})
		case f.Kind == event.NPS && f.Score <= 6:
			g.Share, g.Unhappy = f.Score/10, 1-f.Score/7
		case is(f.Kind, event.CSAT, event.Review) && share < .5:
			g.Share, g.Unhappy = share, 1-2*share
		default:
			continue
		}
		all = append(all, g)
	}
	return all
}

func (w *twin) contacts(at event.Instant) map[event.Day]int {
	days := map[event.Day]int{}
	for _, o := range w.past(at, func(o observed) bool { return o.touch() != nil }, w.sameEvent, compareTouches) {
		if d := w.day(o); o.touch().Kind == event.SupportContact && w.calendar.Day(at)-d < 90 {
			days[d]++
		}
	}
	return days
}

// bought are the days on which an order stands.
func (w *twin) bought(at event.Instant) []event.Day {
	var days []event.Day
	for _, b := range w.books(at) {
		if b.order.x != nil {
			days = append(days, b.day)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}

// secondGap is the number of days from the first to the second purchase day.
func (w *twin) secondGap(at event.Instant) (days int, known bool) {
	bought := w.bought(at)
	if len(bought) < 2 {
		return 0, false
	}
	return int(bought[1] - bought[0]), true
}

// logGaps is the sum of round(1e6 ln gap) over the gaps between purchase days.
func (w *twin) logGaps(at event.Instant) (sum int64) {
	bought := w.bought(at)
	for i := range bought[min(1, len(bought)):] {
		sum += int64(math.Round(1e6 * math.Log(float64(bought[i+1]-bought[i]))))
	}
	return sum
}

// agrees holds a summary to what the twin says of categories, grievances and contacts at an instant.

func (w *twin) agrees(t *rapid.T, s *history.Summary, at event.Instant) {
	if got, want := s.TopCategory(at, w.calendar), w.topCategory(at); got != want {
		t.Fatalf("top category %q, want %q", got, want)
	}
	gap, known := s.SecondGap(at)
	if want, ok := w.secondGap(at); gap != want || known != ok {
		t.Fatalf("second purchase day after %d days, %t; want %d, %t", gap, known, want, ok)
	}
	if sum, known := s.LogGaps(at); !known || sum != w.logGaps(at) {
		t.Fatalf("logarithms of gaps %d, %t; want %d", sum, known, w.logGaps(at))
	}
	if f := s.Facts(at, w.calendar); f.GapsKnown != (f.PurchaseDays > 0) || f.LogGaps != w.logGaps(at) {
		t.Fatalf("facts say logarithms of gaps %d, %t, of %d purchase days; want %d", f.LogGaps, f.GapsKnown, f.PurchaseDays, w.logGaps(at))
	}
	days := rapid.SampledFrom([]int{1, 180, 365}).Draw(t, "window")
	var got []history.Grievance
	for g := range s.Grievances(at, days, w.calendar) {
		if g.Kind == event.Complaint && math.IsNaN(g.Share) {
			g.Share = -1
		}
		got = append(got, g)
	}
	near := func(a, b history.Grievance) bool {
		apart := math.Abs(a.Share-b.Share) + math.Abs(a.Unhappy-b.Unhappy)
		a.Share, a.Unhappy, b.Share, b.Unhappy = 0, 0, 0, 0
		return a == b && apart < 1e-12
	}
	if want := w.grievances(at, event.Day(days)); !slices.EqualFunc(got, want, near) {
		t.Fatalf("grievances of %d days:\n got %+v\nwant %+v", days, got, want)
	}
	contacts := map[event.Day]int{}
	for day, n := range s.Touches(event.SupportContact, at, w.calendar) {
		contacts[day] += n
	}
	if want := w.contacts(at); !maps.Equal(contacts, want) {
		t.Fatalf("support contacts %v, want %v", contacts, want)
	}
}
