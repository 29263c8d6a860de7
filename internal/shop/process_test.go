package shop

import (
	"math"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/stat"
)

// monday is 00:00 on a Monday, so that whole weeks of time are whole weeks of trade.
var monday = event.InstantOf(time.Date(2025, 3, 3, 0, 0, 0, 0, time.UTC))

// plain is a shop over 52 weeks in which customers do nothing but buy.
func plain(customers int, population Population) Config {
	return Config{
		Customers: customers, From: monday, To: monday.Add(52 * 7 * oneDay), Seed: 7,
		Population: population, Currency: "USD",
	}
}

func open(t testing.TB, c Config) *Shop {
	t.Helper()
	s, err := Open(c)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}

// deviation collects differences whose mean should be zero.
type deviation struct{ n, sum, squares float64 }

func (d *deviation) add(x float64) { d.n++; d.sum += x; d.squares += x * x }

// check fails if the mean is more than four standard errors from zero. That happens by chance once in 16,000 tries.
func (d *deviation) check(t *testing.T, what string, want float64) {
	t.Helper()
	mean := d.sum / d.n
	se := math.Sqrt((d.squares/d.n - mean*mean) / d.n)
	if !(math.Abs(mean) <= 4*se) {
		t.Errorf("%s: got %.5f, want %.5f ± %.5f (four standard errors of %.0f customers)", what, want+mean, want, 4*se, d.n)
	}
	t.Logf("%s: got %.5f, want %.5f, standard error %.5f", what, want+mean, want, se)
}

// TestPurchasesAreThoseOfTheModel compares the messages, and not the truth that the shop reports, with the closed forms of
// package stat.
func TestPurchasesAreThoseOfTheModel(t *testing.T) {
	for name, c := range map[string]Config{
		"CDNOW, steady":            func() Config { c := plain(20_000, CDNOW()); c.Steady = true; return c }(),
		"lively, by hour and week": plain(20_000, Lively()),
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c)
			days := map[string]map[event.Day]bool{}
			spends := map[string][]float64{}
			for m := range s.Messages() {
				p := m.Event.(*event.Purchase)
				if days[p.Customer] == nil {
					days[p.Customer] = map[event.Day]bool{}
				}
				days[p.Customer][event.Calendar{}.Day(p.OccurredAt)] = true
				spends[p.Customer] = append(spends[p.Customer], float64(p.Amount.Minor)/100)
			}
			if len(days) != c.Customers {
				t.Fatalf("customers heard of: got %d, want %d", len(days), c.Customers)
			}
			m, g := c.Population.Purchases, c.Population.Spend
			var repeats, once, first, mean, rate, dropout deviation
			var wantRepeats, wantOnce float64
			for _, truth := range s.Customers() {
				id, span := truth.ID, float64(c.To-truth.JoinedAt)/weekMillis
				expected, none := m.ExpectedNew(span), m.PMF(0, span)
				wantRepeats += expected / float64(c.Customers)
				wantOnce += none / float64(c.Customers)
				repeats.add(float64(len(days[id])-1) - expected)
				once.add(indicator(len(days[id]) == 1) - none)
				first.add(spends[id][0] - g.PopulationMean())
				mean.add(average(spends[id]) - g.PopulationMean())
				rate.add(truth.Rate - m.R/m.Alpha)
				dropout.add(truth.Dropout - m.A/(m.A+m.B))
			}
			repeats.check(t, "purchase days after the first", wantRepeats)
			once.check(t, "share of one-time buyers", wantOnce)
			first.check(t, "spend on the first day", g.PopulationMean())
			mean.check(t, "customers' mean spend per day", g.PopulationMean())
			rate.check(t, "rate", m.R/m.Alpha)
			dropout.check(t, "dropout", m.A/(m.A+m.B))
		})
	}
}

// TestAYearOfEverybody is the same over a full year of each customer: no customer joins late. It is the model's value at 52
// weeks.
func TestAYearOfEverybody(t *testing.T) {
	c := plain(20_000, CDNOW())
	s := newSeason(true)
	var repeats, here deviation
	want := 1.419724 // expected purchases by MBG/NBD with CDNOW's parameters, 52 weeks
	var alive float64
	for i := range c.Customers {
		joined := s.weeks(monday) + weeks(float64(i%7)/7)
		l := c.Population.draw(uint64(i), 99, joined)
		n, last := 0, event.Instant(0)
		end := s.instant(joined).Add(52 * 7 * oneDay)
		for p, ok := l.next(s, end); ok; p, ok = l.next(s, end) {
			n, last = n+1, p.at
		}
		repeats.add(float64(n-1) - want)
		x := stat.Rhythm{X: n - 1, T: 52}
		if x.X > 0 {
			x.TX = float64(last-s.instant(joined)) / weekMillis
		}
		p := c.Population.Purchases.Alive(x)
		alive += p / float64(c.Customers)
		here.add(indicator(!l.left) - p)
	}
	repeats.check(t, "purchase days after the first", want)
	here.check(t, "share still there, against P(alive)", alive)
}

func indicator(yes bool) float64 {
	if yes {
		return 1
	}
	return 0
}

func average(xs []float64) float64 {
	var sum float64
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

// TestPurchaseDaysAreDays: customers who buy three times a week often buy twice on one day. The second purchase moves to the
// next day. If it merged with the first, a sixth of the purchase days would be missing.
func TestPurchaseDaysAreDays(t *testing.T) {
	often := Lively()
	often.Purchases = stat.MBGNBD{R: 3000, Alpha: 1000, A: 0.01, B: 1e6}
	var n deviation
	s := newSeason(false)
	for i := range 500 {
		l := often.draw(uint64(i), 11, s.weeks(monday))
		days, last := 0, event.Day(0)
		end := monday.Add(52 * 7 * oneDay)
		for p, ok := l.next(s, end); ok; p, ok = l.next(s, end) {
			day := event.Calendar{}.Day(p.at)
			if day <= last {
				t.Fatalf("customer %d: got a purchase on %v after one on %v, want a later day", i, day, last)
			}
			days, last = days+1, day
		}
		n.add(float64(days-1) - 3*52)
	}
	n.check(t, "purchase days a year", 3*52)
}
