package clv_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// The published fits to a tenth of CDNOW, and its customer 1: 2 repeats, the last after 30.43 weeks, 38.86 weeks old, 22.35
// dollars a repeat.
var (
	bg  = stat.BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426}
	mbg = stat.MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614}
	gg  = stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}
)

const month = 365. / 12

// weeks returns the model, and customer 1, where a week has so many days.
func weeks(m stat.PurchaseModel, days float64) (clv.Model, clv.Pattern) {
	return clv.Model{Purchase: m, UnitDays: days, Spend: gg, HorizonDays: 365, Margin: 1},
		clv.Pattern{Repeats: 2, Last: 30.43 * days, Age: 38.86 * days, SpendDays: 2, Spend: 44.70}
}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: got %.10g, want %.10g within %g", what, got, want, within)
	}
}

// The reference value takes a month as 4.345 weeks and 1 % a month. Here a month is 365/12 days and the rate a year's: so a
// week is made a little longer than 7 days, and the rate compounded.
func TestCurrentOfCustomer1(t *testing.T) {
	m, p := weeks(bg, month/4.345)
	m.Discount = math.Pow(1.01, 12) - 1
	near(t, "current value", m.Current(p), 36.28921113, 1e-7)
	near(t, "spend per purchase day", m.SpendPerDay(p), 24.66371391, 1e-8)
	p.Margin, p.MarginKnown = .5, true
	near(t, "at half the margin", m.Current(p), 36.28921113/2, 1e-7)
	m.Margin = .25
	near(t, "the usual margin gives way to the own", m.Current(p), 36.28921113/2, 1e-7)
	p.MarginKnown = false
	near(t, "at the usual margin", m.Current(p), 36.28921113/4, 1e-7)
}

func TestRisksOfCustomer1(t *testing.T) {
	for _, row := range []struct {
		model                     stat.PurchaseModel
		alive, none13, next50, ex float64
	}{
		{bg, .7265785701, .67650906, 15.66946848, 1.2260281748},
		{mbg, .7062022651, .66607772, 14.22866244, 1.2629606233},
	} {
		for _, days := range []float64{1, 7, 30} {
			m, p := weeks(row.model, days)
			m.HorizonDays = int(39 * days)
			what := fmt.Sprintf("%T in units of %g days", row.model, days)
			near(t, what+", alive", m.Alive(p), row.alive, 1e-9)
			near(t, what+", no purchase in 13 weeks", m.NoPurchase(p, 13*days), row.none13, 1e-8)
			near(t, what+", median days to the next", m.NextPurchase(p, .5), row.next50*days, 1e-7*days)
			near(t, what+", expected in 39 weeks", m.Expected(p), row.ex, 1e-9)
		}
	}
}

func TestSpendOfSomebodyNew(t *testing.T) {
	m, _ := weeks(bg, 7)
	near(t, "the population's mean", m.SpendPerDay(clv.Pattern{}), 6.25*15.44/2.74, 1e-12)
	near(t, "the population's mean", m.SpendPerDay(clv.Pattern{}), 35.22, .005)
}

// Undiscounted, a horizon of any length is worth its expected purchase days, to the day.
func TestHorizonIsExactToTheDay(t *testing.T) {
	m, p := weeks(mbg, 7)
	for _, days := range []int{1, 20, 30, 31, 90, 364, 365, 366, 730, 1000} {
		m.HorizonDays = days
		near(t, fmt.Sprint(days, " days"), m.Current(p), m.Expected(p)*m.SpendPerDay(p), 1e-9)
	}
}

func TestDiscount(t *testing.T) {
	m, p := weeks(mbg, 7)
	m.HorizonDays, m.Discount = 20, .10
	free := m.Expected(p) * m.SpendPerDay(p)
	near(t, "a part of the first month counts at its end", m.Current(p), free*math.Pow(1.1, -1./12), 1e-9)
	whole := func(days int) float64 {
		m.HorizonDays = days
		return m.Current(p)
	}
	year, day366 := whole(365), whole(366)
	m.HorizonDays = 366
	added := m.Expected(p)
	m.HorizonDays = 365
	added -= m.Expected(p)
	near(t, "a day more counts as the thirteenth month", day366-year, added*m.SpendPerDay(p)*math.Pow(1.1, -13./12), 1e-9)
	m.Discount = .20
	if dearer := m.Current(p); dearer >= year {
		t.Errorf("at 20 %% a year: got %v, want less than the %v at 10 %%", dearer, year)
	}
}

// Labels are searched for on the strength of this.
func TestWorthOnlyFallsInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, p := weeks(rapid.SampledFrom([]stat.PurchaseModel{bg, mbg}).Draw(t, "model"), 7)
		m.HorizonDays = rapid.IntRange(1, 800).Draw(t, "horizon")
		m.Discount = rapid.Float64Range(0, 1).Draw(t, "discount")
		p.Repeats = rapid.IntRange(0, 200).Draw(t, "repeats")
		p.Last = 0
		if p.Repeats > 0 {
			p.Last = rapid.Float64Range(1, 2000).Draw(t, "last")
		}
		p.Age = p.Last + rapid.Float64Range(0, 1000).Draw(t, "silence")
		later := p
		later.Age += rapid.Float64Range(1e-6, 1000).Draw(t, "more")
		if was, is := m.Current(p), m.Current(later); is > was*(1+1e-10) {
			t.Errorf("worth after more silence: got %v, want at most the %v before", is, was)
		}
		if was, is := m.NoPurchase(p, 90), m.NoPurchase(later, 90); is < was*(1-1e-12) {
			t.Errorf("risk after more silence: got %v, want at least the %v before", is, was)
		}
	})
}

// An age before the last purchase is the age at it: an event may be stamped a little ahead.
func TestAgeIsAtLeastTheLastPurchase(t *testing.T) {
	m, p := weeks(bg, 7)
	fresh := p
	fresh.Age = p.Last
	p.Age = p.Last - .001
	near(t, "alive", m.Alive(p), m.Alive(fresh), 0)
}

func TestCheck(t *testing.T) {
	good, _ := weeks(bg, 7)
	for _, row := range []struct {
		why    string
		change func(*clv.Model)
		want   string
	}{
		{"as published", func(*clv.Model) {}, ""},
		{"no purchase model", func(m *clv.Model) { m.Purchase = nil }, "purchase model"},
		{"no unit", func(m *clv.Model) { m.UnitDays = 0 }, "unit 0"},
		{"a unit that is no number", func(m *clv.Model) { m.UnitDays = math.NaN() }, "unit NaN"},
		{"no horizon", func(m *clv.Model) { m.HorizonDays = 0 }, "horizon 0"},
		{"two centuries", func(m *clv.Model) { m.HorizonDays = 73_000 }, "at most 36500"},
		{"a discount that is no number", func(m *clv.Model) { m.Discount = math.NaN() }, "discount NaN"},
		{"a negative discount", func(m *clv.Model) { m.Discount = -.1 }, "discount -0.1"},
		{"no margin", func(m *clv.Model) { m.Margin = 0 }, "margin 0"},
		{"more margin than spend", func(m *clv.Model) { m.Margin = 1.1 }, "margin 1.1"},
		{"an infinite mean spend", func(m *clv.Model) { m.Spend = stat.GammaGamma{P: 6.25, Q: 1, V: 15.44} }, "q = 1"},
	} {
		m := good
		row.change(&m)
		err := m.Check()
		if row.want == "" && err != nil {
			t.Errorf("%s: got %v, want no error", row.why, err)
		}
		if row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: got %v, want it to say %q", row.why, err, row.want)
		}
	}
}

// The purchase model forecasts days, paid and free. So a day is worth what a paid day is worth, times the probability that it is
// paid: with half a paid day beside the customer's own.
func TestFreeDaysAreWorthNothing(t *testing.T) {
	m, p := weeks(mbg, 7)
	p.Repeats = 11
	for _, row := range []struct {
		why             string
		free, spendDays int
		spend           float64
		paid            float64
	}{
		{"all paid: nothing changes", 0, 11, 550, 1},
		{"the first free, the others paid", 1, 11, 550, 11.5 / 12.5},
		{"three paid of twelve, the first of them", 9, 2, 100, 3.5 / 12.5},
		{"all free", 12, 0, 0, .5 / 12.5},
	} {
		p.FreeDays, p.SpendDays, p.Spend = row.free, row.spendDays, row.spend
		near(t, row.why, m.SpendPerDay(p), row.paid*gg.ExpectedSpend(row.spendDays, row.spend), 1e-12)
		near(t, row.why+", current value", m.Current(p), m.Expected(p)*m.SpendPerDay(p), 1e-9)
	}
	near(t, "one free order", m.SpendPerDay(clv.Pattern{FreeDays: 1}), gg.PopulationMean()/3, 1e-12)
}

// One more free day never makes a customer's purchase days worth more, and nobody without a free day loses anything.
func TestFreeDaysOnlyLowerTheSpendPerDay(t *testing.T) {
	m, _ := weeks(mbg, 7)
	rapid.Check(t, func(t *rapid.T) {
		p := clv.Pattern{Repeats: rapid.IntRange(0, 500).Draw(t, "repeats")}
		p.SpendDays = rapid.IntRange(0, p.Repeats).Draw(t, "paid repeats")
		p.Spend = float64(p.SpendDays) * rapid.Float64Range(.01, 1e6).Draw(t, "mean")
		full := m.Spend.ExpectedSpend(p.SpendDays, p.Spend)
		if got := m.SpendPerDay(p); got != full {
			t.Errorf("without a free day: got %v, want %v to the bit", got, full)
		}
		before := full
		for p.FreeDays = 1; p.FreeDays <= p.Repeats+1; p.FreeDays++ {
			is := m.SpendPerDay(p)
			if !(is > 0 && is < before) {
				t.Fatalf("with %d free days: got %v, want it in (0, %v)", p.FreeDays, is, before)
			}
			before = is
		}
	})
}

// The share of paid days of the shop stands beside the customer's own days; a constant spend is the customer's own, or the mean.
func TestPaidShareAndConstantSpend(t *testing.T) {
	m, _ := weeks(mbg, 7)
	m.Paid, m.Spend = stat.PaidShare{Paid: 7, Free: 3}, stat.FixedSpend{Mean: 12}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		why  string
		p    clv.Pattern
		want float64
	}{
		{"a first purchase, paid", clv.Pattern{}, 8. / 11 * 12},
		{"a first purchase, free", clv.Pattern{FreeDays: 1}, 7. / 11 * 12},
		{"three paid and one free", clv.Pattern{Repeats: 3, Last: 30, Age: 40, SpendDays: 2, Spend: 30, FreeDays: 1}, 10. / 14 * 15},
	} {
		near(t, row.why, m.SpendPerDay(row.p), row.want, 1e-12)
		near(t, row.why+", current value", m.Current(row.p), m.Expected(row.p)*row.want, 1e-9)
	}
	for _, wrong := range []clv.Model{{Paid: stat.PaidShare{Free: 3}}, {Spend: stat.FixedSpend{Mean: -1}}, {}} {
		bad := m
		bad.Paid, bad.Spend = wrong.Paid, wrong.Spend
		if bad.Check() == nil {
			t.Errorf("paid %+v and spend %+v are accepted", bad.Paid, bad.Spend)
		}
	}
}
