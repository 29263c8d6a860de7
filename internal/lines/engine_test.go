package lines

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// The alerts of the one look are those of the engine, within the hour to which crossings are found. The minimum silence is long, so that what is
// usual often decides.
func TestAlertsAreTheEngines(t *testing.T) {
	events := read(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	o := Options{AsOf: date(t, "1998-06-30"), Horizon: 91 * day, UnitDays: 7}
	first, _ := event.Span(events)
	l := &past{events, event.Lives(slices.Clone(events)), first}
	cutoff := date(t, "1997-12-30")
	m, err := pastModel(t.Context(), engineOf(t, func(*score.Model) {}), l, cutoff, &o)
	if err != nil {
		t.Fatal(err)
	}
	m.Churn.MinSilence = 45 * day
	if alerts, _ := alertsAreTheEngines(t, m, l.lives, cutoff, spot{0, slices.Index(silences[:], 45), slices.Index(floors[:], .575), slices.Index(rises[:], 1000)}); alerts < 100 {
		t.Errorf("%d alerts: the test has lost its subject", alerts)
	}
}

// Where the risk falls and rises in silence, because a purchase day of last year comes into the window that lies ahead and leaves it, the alerts
// are those of the engine all the same.
func TestAlertsWithLastYearAreTheEngines(t *testing.T) {
	m := engineOf(t, func(m *score.Model) {
		bySilence(m)
		m.Stack.Weights[churn.LastYear] = -2
		m.Churn.Horizon, m.Churn.Lapse = 90*day, 400*day
	}).Model()
	lives := yearlyLives()
	for _, floor := range []churn.Risk{.3, .5, .7, .9} {
		alerts, again := alertsAreTheEngines(t, m, lives, on(800), spot{0, 0, slices.Index(floors[:], floor), 0})
		t.Logf("a floor of %v: %d alerts, %d of them not the first of their silence", floor, alerts, again)
		if alerts < 50 {
			t.Error("the test has lost its subject")
		}
	}
}

// yearlyLives are of customers who buy on about the same two dates each year, for two or three years from on(0) on.
func yearlyLives() (lives [][]event.Event) {
	r := rand.New(rand.NewPCG(1, 13))
	for n := range 400 {
		var days []int
		for _, date := range []int{r.IntN(365), r.IntN(365)} {
			for year := range 2 + r.IntN(2) {
				days = append(days, date+365*year+r.IntN(25))
			}
		}
		slices.Sort(days)
		lives = append(lives, ordered(fmt.Sprint("c", n), slices.Compact(days)...))
	}
	return lives
}

// alertsAreTheEngines compares the alerts of a combination of the grid with those that the engine raises. It returns how many there are, and how many
// of them are not the first of their silence.
func alertsAreTheEngines(t *testing.T, m score.Model, lives [][]event.Event, cutoff event.Instant, at spot) (alerts, again int) {
	t.Helper()
	m.Churn.Levels = [3]churn.Line{at.line(), {Up: 8000, Down: 7000, Floor: .99}, {Up: 9000, Down: 8000, Floor: .99}}
	m.Churn.MinSilence = time.Duration(silences[at.silence]) * day
	e := engineOf(t, func(to *score.Model) { *to = m })
	end := cutoff.Add(m.Churn.Horizon)
	s := &searcher{engine: e, lines: m.Churn, cutoff: cutoff, end: end, until: end, fewest: rhythm}
	var sums tally
	for _, life := range lives {
		want := raised(e, life, s)
		var got []event.Instant
		past := s.look(life)
		for i := range past.silence {
			one := alertsOf(s, &past.silence[i], at)
			got, again = append(got, one...), again+max(0, len(one)-1)
		}
		alerts, sums = alerts+len(got), tally{}
		if sums.add(s, &past); int(sums.counts[at.place()].alerts) != len(got) {
			t.Errorf("%s: the sums hold %d alerts, want %d", life[0].Common().Customer, sums.counts[at.place()].alerts, len(got))
		}
		if !slices.EqualFunc(got, want, func(a, b event.Instant) bool { return a.Sub(b).Abs() <= time.Hour }) {
			t.Errorf("%s: alerts at %v, by the engine at %v", life[0].Common().Customer, got, want)
		}
	}
	return alerts, again
}

// alertsOf are the alerts of a combination in a silence, after the cutoff.
func alertsOf(s *searcher, q *quiet, at spot) (all []event.Instant) {
	var since event.Instant
	for i := range q.climbs {
		c := &q.climbs[i]
		if since != 0 {
			if _, left := c.leaves(q, at.floor, at.rise, since, s); !left {
				continue
			}
			since = 0
		}
		if x := max(c.floor[at.floor], c.rise[at.rise], c.entry(q, at.silence)); x < min(c.end, q.until, s.end+1) {
			if since = x; x > s.cutoff {
				all = append(all, x)
			}
		}
	}
	return all
}

// raised are the instants after the cutoff at which the engine raises episodes.
func raised(e *score.Engine, life []event.Event, s *searcher) (at []event.Instant) {
	p := e.New(life[0].Common().Customer)
	var all []score.Transition
	for _, x := range life {
		if x.StatedAt() <= s.end {
			next, more, _ := e.Apply(p, x)
			p, all = next, append(all, more...)
		}
	}
	_, more := e.Review(p, s.end)
	for _, x := range append(all, more...) {
		if a, ok := x.(*score.ChurnAlert); ok && a.Kind == score.Churn && a.State == score.Raised && a.AsOf > s.cutoff {
			at = append(at, a.AsOf)
		}
	}
	return at
}
