package score_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/stat"
)

// mixing gives a model a mixture of regularities over its purchase model.
func mixing(m *score.Model) {
	buying := m.Value.Purchase.(stat.MBGNBD)
	m.Value.Regular = &stat.Regular{
		Purchases: stat.Limit{R: buying.R, Alpha: buying.Alpha, A: buying.A, B: buying.B}, Weights: [6]float64{.4, .1, .1, .1, .1, .2},
	}
}

// evenly is a customer who has bought so often, a gap apart, the last time on a day.
func evenly(t testing.TB, e *score.Engine, n int, gap, last event.Day) score.Profile {
	t.Helper()
	p := e.New("c")
	for i := range event.Day(n) {
		at := event.Instant(last-gap*(event.Day(n)-1-i))*day + day/2
		p, _, _ = e.Apply(p, order(string(rune('a'+i)), at, 5000))
	}
	return p
}

// Under a mixture too, and in a season besides, the crossing that is searched for is the one that a walk over every midnight and breakpoint
// meets first.
func TestNextCrossingOfRegularCustomers(t *testing.T) {
	for n := range 2 {
		w := walker{}
		w.engine = newEngine(t, w.calendar, func(m *score.Model) {
			if mixing(m); n == 1 {
				m.Stack, m.Season = stacked(), christmas(t)
			}
		})
		if crossed := w.crossings(t, scaled(400), 41, 60*day); !t.Failed() && crossed < scaled(80) {
			t.Errorf("%d profiles cross something: too few to prove anything", crossed)
		}
	}
}

// Labels are monotone in silence, however regular the customer and whatever the season: the risk never falls and the value never rises. The
// published forecasts are not.
func TestSilenceOfRegularCustomersIsMonotone(t *testing.T) {
	plain := newEngine(t, event.Calendar{}, mixing)
	seasonal := newEngine(t, event.Calendar{}, func(m *score.Model) {
		mixing(m)
		m.Stack, m.Season = stacked(), christmas(t)
	})
	const spring = event.Day(20_168) // 2025-03-21
	rapid.Check(t, func(t *rapid.T) {
		e := rapid.SampledFrom([]*score.Engine{plain, seasonal}).Draw(t, "engine")
		p, at := e.New("c"), event.Instant(spring)*day
		gap := event.Instant(rapid.IntRange(1, 400).Draw(t, "gap"))
		for n := range rapid.IntRange(1, 6).Draw(t, "purchases") {
			at += day * max(1, gap+event.Instant(rapid.IntRange(-30, 30).Draw(t, "off")))
			p, _, _ = e.Apply(p, order(string(rune('a'+n)), at, 5000))
		}
		last := e.Score(p, at)
		for range 40 {
			at += event.Instant(rapid.Int64Range(1, int64(20*day)).Draw(t, "more"))
			s := e.Score(p, at)
			if s.Risk < last.Risk || s.Alive > last.Alive || s.Current > last.Current {
				t.Fatalf("at %s: risk %v, alive %v, value %d; at %s: %v, %v, %d", s.AsOf, s.Risk, s.Alive, s.Current, last.AsOf, last.Risk, last.Alive, last.Current)
			}
			last = s
		}
	})
	p := evenly(t, plain, 5, 365, spring)
	just, due := plain.Score(p, event.Instant(spring+20)*day), plain.Score(p, event.Instant(spring+350)*day)
	if !(due.NoPurchase < just.NoPurchase-.2 && due.ExpectedOrders > just.ExpectedOrders) {
		t.Errorf("a yearly buyer on day 350: no purchase %.2f, %.2f orders expected; on day 20 %.2f and %.2f: want the purchase to come nearer",
			due.NoPurchase, due.ExpectedOrders, just.NoPurchase, just.ExpectedOrders)
	}
}

// The published forecast, and the one that is held against what happens, is the probability of no purchase, not the label's.
func TestForecastsOfRegularCustomers(t *testing.T) {
	e := newEngine(t, event.Calendar{}, mixing)
	p := firstForecast(t, e)
	s := e.Score(p, p.AsOf)
	if got := float64(p.Forecasts[0].Risk) / 1e6; got != s.NoPurchase || got == s.Risk || math.Abs(s.Risk-(1-s.Alive)) > 1e-9 {
		t.Errorf("the forecast says %v, want P(no purchase) %v; the label's risk is %v, P(alive) %v", got, s.NoPurchase, s.Risk, s.Alive)
	}
}

// The factors add up to the risk, and say what the regularity is worth: much to a regular customer who is late, little to others.
func TestFactorsOfRegularCustomers(t *testing.T) {
	for _, stacks := range []bool{false, true} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) {
			if mixing(m); stacks {
				m.Stack, m.Season = stacked(), christmas(t)
			}
		})
		const last = event.Day(20_168)
		p := evenly(t, e, 8, 30, last)
		for after := event.Day(1); after < 400; after += 20 {
			at := event.Instant(last+after) * day
			sum, regularity := int32(0), score.Factor{}
			for _, f := range e.Explain(p, at).Factors {
				if sum += f.LogOdds; f.Name == "regularity" {
					regularity = f
				}
			}
			risk := e.Score(p, at).Risk
			if want := 1000 * math.Log(risk/(1-risk)); math.Abs(float64(sum)-want) > 1 {
				t.Errorf("%d days after the purchase: the factors add up to %d, the risk %v to %v", after, sum, risk, want)
			}
			if regularity.Raw != 100 || !stacks && after > 60 && after < 120 && regularity.LogOdds < 300 {
				t.Errorf("%d days after the purchase the regularity is %+v, want 100 %%, and much for who is late", after, regularity)
			}
		}
	}
}

// A customer whose gaps the history does not know counts as one who buys at random, and can be told apart.
func TestForgottenGaps(t *testing.T) {
	e := newEngine(t, event.Calendar{}, mixing)
	const last = event.Day(20_168)
	p := evenly(t, e, 8, 30, last)
	f := e.Facts(&p.History, p.AsOf+60*day)
	known := e.Pattern(&f, p.AsOf+60*day)
	if f.GapsKnown = false; !known.GapsKnown || e.Irregular(&p, p.AsOf) {
		t.Fatal("the gaps of a new history are not known")
	}
	forgotten := e.Pattern(&f, p.AsOf+60*day)
	m := e.Model().Value
	if random := 1 - m.Purchase.Alive(forgotten.Rhythm(7)); m.Risk(forgotten, 90) != random || m.Risk(known, 90) < random+.1 {
		t.Errorf("risk %v with forgotten gaps, want %v as at random; %v with known ones, want much more", m.Risk(forgotten, 90), random, m.Risk(known, 90))
	}
}

// What a mixture costs: BenchmarkApplyPurchase, BenchmarkView and BenchmarkSchedule without one, with one, and with one in a season, for a weekly
// customer and a yearly one.
func BenchmarkMixture(b *testing.B) {
	off := shipped(b)
	m := off.Model()
	mixing(&m)
	on, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "" }, nil)
	if err != nil {
		b.Fatal(err)
	}
	m.Season = christmas(b)
	seasonal, err := score.NewEngine(m, event.Calendar{}, func(score.Transition) string { return "" }, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, x := range []struct {
		name string
		e    *score.Engine
	}{{"off", off}, {"on", on}, {"on in a season", seasonal}} {
		p, _ := weekly(b, x.e)
		yearly := evenly(b, x.e, 5, 365, 19_000)
		for name, f := range map[string]func(){
			"apply":         func() { x.e.Apply(p, purchase(30)) },
			"apply, yearly": func() { x.e.Apply(yearly, order("z", 19_365*day, 5000)) },
			"view":          func() { x.e.Score(p, p.AsOf) },
			"schedule": func() {
				q := p
				q.Due = score.Unscheduled
				x.e.Schedule(q)
			},
		} {
			b.Run(name+"/"+x.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
			})
		}
	}
}
