package score_test

import (
	"math"
	"slices"
	"testing"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/season"
)

// christmas sells ten times as much in December, and next to nothing in January and February.
func christmas(t testing.TB) *season.Clock {
	t.Helper()
	x := slices.Repeat(season.Index{1000}, season.Months)
	x[11], x[0], x[1] = 10_000, season.Least, season.Least
	c, err := season.NewClock(x)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// In a season too, the crossing that is searched for is the one that a walk over every midnight and breakpoint meets first.
func TestNextCrossingInASeason(t *testing.T) {
	for n, zone := range []event.Calendar{{}, inZone(t, "America/Sao_Paulo")} {
		w := walker{calendar: zone}
		w.engine = newEngine(t, w.calendar, func(m *score.Model) {
			m.Season = christmas(t)
			if n == 0 {
				m.Stack, m.Churn.MinSpend = stacked(), 10_000
			}
		})
		if crossed := w.crossings(t, scaled(600), 31, 60*day); !t.Failed() && crossed < scaled(150) {
			t.Errorf("%d profiles cross something: too few to prove anything", crossed)
		}
	}
}

// buyer buys on four days and is silent from then on.
func buyer(t *testing.T, e *score.Engine, last event.Day) score.Profile {
	t.Helper()
	p := e.New("c")
	for n := range event.Day(4) {
		p = apply(t, e, p, order(string(rune('a'+n)), event.Instant(last-30*(3-n))*day+day/2, 5000))
	}
	return p
}

// Labels are monotone in silence, whatever the season: the risk never falls and the value never rises. Over calendar days this would not
// hold: the published probability of no purchase falls as December comes nearer.
func TestSilenceIsMonotoneInASeason(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Season = christmas(t) })
	const march = event.Day(20_168) // 2025-03-21
	p := buyer(t, e, march)
	last, fell := e.Score(p, event.Instant(march+1)*day), false
	for hour := event.Instant(1); hour < 600*24; hour++ {
		s := e.Score(p, event.Instant(march+1)*day+hour*day/24)
		if s.Risk < last.Risk || s.Current > last.Current || s.Alive > last.Alive {
			t.Fatalf("at %s: risk %v, value %d, alive %v; an hour before: %v, %d, %v", s.AsOf, s.Risk, s.Current, s.Alive, last.Risk, last.Current, last.Alive)
		}
		fell = fell || s.NoPurchase < last.NoPurchase
		last = s
	}
	if !fell {
		t.Error("the probability of no purchase in 90 calendar days never fell as December came nearer: it does not look ahead in calendar days")
	}
}

// Silence counts by the season: a silent December tells more than a silent January and February.
func TestSilenceCountsByTheSeason(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Season = christmas(t) })
	const december = event.Day(20_423) // 2025-12-01
	alive := func(last event.Day, after event.Day) float64 {
		return e.Score(buyer(t, e, last), event.Instant(last+after)*day).Alive
	}
	if busy, quiet := alive(december-1, 31), alive(december+31, 58); !(busy < quiet-.1) {
		t.Errorf("P(alive) after a silent December: %v, after a silent January and February: %v; want the former clearly lower", busy, quiet)
	}
	// The published forecasts look at the calendar: before December a purchase is more likely than after it.
	before, after := e.Score(buyer(t, e, december-2), event.Instant(december-1)*day), e.Score(buyer(t, e, december+30), event.Instant(december+31)*day)
	if nearer := after.Risk - before.Risk; !(before.NoPurchase < after.NoPurchase-2*nearer) {
		t.Errorf("before December: no purchase %v, risk %v; after it: %v, %v; want the first to differ more than the risks", before.NoPurchase, before.Risk, after.NoPurchase, after.Risk)
	}
}

// A frozen forecast speaks of the calendar days that it is held against.
func TestForecastsLookAheadInCalendarDays(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Season = christmas(t) })
	p := firstForecast(t, e)
	s := e.Score(p, p.AsOf)
	if got := float64(p.Forecasts[0].Risk) / 1e6; got != s.NoPurchase || got == s.Risk {
		t.Errorf("the forecast says %v, want the %v of the calendar, not the label's %v", got, s.NoPurchase, s.Risk)
	}
}

// Under a season the factors still add up to the risk, and the next purchase is expected on the calendar.
func TestAlertsInASeason(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Season, m.Stack = christmas(t), stacked() })
	const march = event.Day(20_168)
	p := buyer(t, e, march)
	for at := march + 20; at < march+500; at += 40 {
		var sum int32
		for _, f := range e.Explain(p, event.Instant(at)*day).Factors {
			sum += f.LogOdds
		}
		risk := e.Score(p, event.Instant(at)*day).Risk
		if want := 1000 * math.Log(risk/(1-risk)); math.Abs(float64(sum)-want) > 1 {
			t.Errorf("%d days after the purchase: the factors add up to %d, the risk %v to %v", at-march, sum, risk, want)
		}
	}
}

// What a season costs: BenchmarkApplyPurchase and BenchmarkSchedule, with one.
func BenchmarkInASeason(b *testing.B) {
	e := shipped(b).InSeason(christmas(b))
	p, _ := weekly(b, e)
	next := purchase(30)
	b.Run("apply", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			e.Apply(p, next)
		}
	})
	b.Run("schedule", func(b *testing.B) {
		p.Due = score.Unscheduled
		b.ReportAllocs()
		for b.Loop() {
			e.Schedule(p)
		}
	})
}
