package lines

import (
	"slices"
	"testing"
	"time"

	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// The alerts of the one look are those of the engine, within the hour to which crossings are found, but for a few: the one look takes it that
// the silence stays longer than is usual once it is, while the median gap, which silence changes, may still grow. The minimum silence is
// long, so that what is usual often decides.
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
	m.Churn.Levels = [3]churn.Line{{Up: 1000, Down: 800, Floor: .575}, {Up: 8000, Down: 7000, Floor: .9}, {Up: 9000, Down: 8000, Floor: .9}}
	m.Churn.MinSilence = 45 * day
	e := engineOf(t, func(to *score.Model) { *to = m })
	s := &searcher{engine: e, lines: m.Churn, cutoff: cutoff, end: cutoff.Add(o.Horizon), until: cutoff.Add(o.Horizon), fewest: rhythm}
	at := spot{0, slices.Index(silences[:], 45), slices.Index(floors[:], .575), slices.Index(rises[:], 1000)}
	alerts, differ := 0, 0
	for _, life := range l.lives {
		want := raised(e, life, s)
		var got []event.Instant
		for _, q := range s.look(life).silence {
			if x := max(q.floor[at.floor], q.rise[at.rise], q.entry(at.silence)); x < q.until && x > s.cutoff && x <= s.end {
				got = append(got, x)
			}
		}
		alerts += len(got)
		if !slices.EqualFunc(got, want, func(a, b event.Instant) bool { return a.Sub(b).Abs() <= time.Hour }) {
			differ++
			t.Logf("%s: alerts at %v, by the engine at %v", life[0].Common().Customer, got, want)
		}
	}
	if alerts < 100 || differ > alerts/20 {
		t.Errorf("%d of %d customers' alerts differ from the engine's; want one in twenty at most, of a hundred or more", differ, alerts)
	}
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
