package clv_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
)

func TestSimple(t *testing.T) {
	if got := clv.Simple(100, 4, 3); got != 1200 {
		t.Errorf("an order value of 100, 4 orders a year, 3 years: got %v, want 1200", got)
	}
}

func TestRetention(t *testing.T) {
	near(t, "Berger and Nasr, case 1", clv.Retention{Years: 10, Discount: .2, Cost: 50}.Value(260, .75), 568.7831, 5e-5)
	var sum float64
	for i := range 11 {
		sum += 260 * math.Pow(.75/1.2, float64(i))
	}
	near(t, "without a cost: c·Σ(r/(1+d))^i", clv.Retention{Years: 10, Discount: .2}.Value(260, .75), sum, 1e-9)
	near(t, "nobody stays", clv.Retention{Years: 10, Discount: .2}.Value(260, 0), 260, 0)
	near(t, "no year ahead", clv.Retention{Discount: .2, Cost: 50}.Value(260, .75), 260, 0)
	near(t, "all stay, without a discount", clv.Retention{Years: 4}.Value(10, 1), 50, 1e-12)
	near(t, "a loss stays a loss", clv.Retention{Years: 1, Discount: .1}.Value(-10, .5), -10-5/1.1, 1e-12)
	if err := (clv.Retention{Years: -1}).Check(); err == nil {
		t.Error("-1 years pass, want them refused")
	}
}

func TestRetentionProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := clv.Retention{Years: rapid.IntRange(0, 40).Draw(t, "years"), Discount: rapid.Float64Range(0, 1).Draw(t, "discount")}
		c, rate := rapid.Float64Range(0, 1e6).Draw(t, "contribution"), rapid.Float64Range(0, 1).Draw(t, "rate")
		v := r.Value(c, rate)
		if most := c * float64(r.Years+1); !(v >= c && v <= most*(1+1e-12)) {
			t.Fatalf("%v is not in %v..%v", v, c, most)
		}
		if better := r.Value(c, min(1, rate+.1)); better < v {
			t.Fatalf("a greater rate makes %v of %v", better, v)
		}
		r.Cost = rapid.Float64Range(0, 1e3).Draw(t, "cost")
		if dearer := r.Value(c, rate); dearer > v {
			t.Fatalf("with a cost %v, without %v", dearer, v)
		}
	})
}

func TestBands(t *testing.T) {
	for days, want := range map[int]string{1: "1", 2: "2", 3: "3-4", 4: "3-4", 5: "5+", 99: "5+"} {
		if got := clv.BandName(clv.Band(days)); got != want {
			t.Errorf("%d purchase days: got band %s, want %s", days, got, want)
		}
	}
}

// Golden values of the golden file, section 5: Pfeifer and Carraway's example, and those of another library.
func TestChain(t *testing.T) {
	for _, row := range []struct {
		why  string
		got  []float64
		want []float64
		tol  float64
	}{
		{"V_4", clv.Chain{Rates: []float64{.3, .2, .15, .05}, Reward: 40, Cost: 4, Discount: .2}.Within(4), []float64{50.115, 4.220, .592, -1.980, 0}, 5e-4},
		{"V without an end", clv.Chain{Rates: []float64{.3, .2, .15, .05}, Reward: 40, Cost: 4, Discount: .2}.Values(), []float64{52.3196, 5.5538, 1.2508, -1.8200, 0}, 5e-5},
		{"without a cost", clv.Chain{Rates: []float64{.5, .2, .1}, Reward: 100, Discount: .1}.Values(), []float64{231.08, 57.29, 21.01, 0}, 5e-3},
		{"three states, V_4", clv.Chain{Rates: []float64{.3, .2, .05}, Reward: 40, Cost: 4, Discount: .2}.Within(4), []float64{49.4, 2.69, -1.98, 0}, 2e-2},
	} {
		if len(row.got) != len(row.want) {
			t.Fatalf("%s: got %v, want %v", row.why, row.got, row.want)
		}
		for i := range row.want {
			near(t, row.why, row.got[i], row.want[i], row.tol)
		}
	}
	// The rows of P^4.
	c := clv.Chain{Rates: []float64{.3, .2, .05}}
	for from, want := range [][]float64{{.0823, .0973, .1288, .6916}, {.037, .0406, .056, .8664}, {.0070, .0080, .0084, .9766}, {0, 0, 0, 1}} {
		at := make([]float64, 4)
		at[from] = 1
		for range 4 {
			at = c.Step(at)
		}
		for i := range want {
			near(t, "P^4", at[i], want[i], 5.1e-5)
		}
	}
	// Dwyer's count of customers who buy, year by year.
	c = clv.Chain{Rates: []float64{.3, .2, .15, .05}}
	at := []float64{1, 0, 0, 0, 0}
	for _, want := range []float64{.3, .23, .195, .1397, .09567, .070113, .050803} {
		at = c.Step(at)
		near(t, "buyers of a year", at[0], want, 6e-7)
	}
}

// drawMigration draws a migration model without a cost.
func drawMigration(t *rapid.T) clv.Migration {
	m := clv.Migration{Discount: rapid.Float64Range(.01, 1).Draw(t, "discount")}
	for range rapid.IntRange(1, clv.MaxCells).Draw(t, "cells") {
		m.Rates = append(m.Rates, rapid.Float64Range(0, 1).Draw(t, "rate"))
	}
	return m
}

// Dwyer's value is (1+d) times that of the chain, less its reward of now.
func TestMigrationIsTheChainWithoutNow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, year := drawMigration(t), rapid.Float64Range(-100, 1e4).Draw(t, "year")
		chain := clv.Chain{Rates: m.Rates, Reward: year, Discount: m.Discount}
		values, rewards := chain.Values(), chain.Rewards()
		for cell := range m.Rates {
			got, known := m.Value(year, cell)
			if want := (1 + m.Discount) * (values[cell] - rewards[cell]); !known || !(math.Abs(got-want) <= 1e-9*max(1, math.Abs(want))) {
				t.Fatalf("cell %d: got %v, %t, want %v", cell, got, known, want)
			}
		}
		if _, known := m.Value(year, len(m.Rates)); known {
			t.Fatal("a cell beyond the last has a value")
		}
		// The recursion, at every cell.
		for k, p := range m.Rates {
			first, _ := m.Value(year, 0)
			this, _ := m.Value(year, k)
			next, _ := m.Value(year, k+1)
			if want := p*(year+first/(1+m.Discount)) + (1-p)*next/(1+m.Discount); !(math.Abs(this-want) <= 1e-9*max(1, math.Abs(want))) {
				t.Fatalf("cell %d: %v, by the recursion %v", k, this, want)
			}
		}
	})
}

func TestMigrationWithACost(t *testing.T) {
	m := clv.Migration{Rates: []float64{.3, .2, .15, .05}, Discount: .2, Cost: 4}
	for cell, want := range []float64{52.3196, 5.5538, 1.2508, -1.8200} {
		got, _ := m.Value(40, cell)
		near(t, "the chain itself", got, want, 5e-5)
	}
	for days, want := range map[float64]int{0: 0, 364.9: 0, 365: 1, 1460: 4, 1825: 5} {
		if got := clv.Cell(days); got != want {
			t.Errorf("%v days of silence: cell %d, want %d", days, got, want)
		}
	}
	for _, bad := range []clv.Migration{{}, {Rates: []float64{1.1}}, {Rates: []float64{math.NaN()}}, {Rates: []float64{1}}, {Rates: make([]float64, 6)}, {Rates: []float64{.1}, Cost: -1}} {
		if bad.Check() == nil {
			t.Errorf("%+v passes, want it refused", bad)
		}
	}
}

func TestHistoric(t *testing.T) {
	e := clv.Earned{Spend: 100, Margin: 40, Service: 5, Outreach: 7, Acquisition: 30}
	for name, want := range map[string]float64{"revenue": 100, "profit": 40, "contribution": -2, "": 40} {
		base, err := clv.BaseOf(name)
		if got := e.Historic(base); err != nil || got != want {
			t.Errorf("on the base %q: got %v, %v, want %v", name, got, err, want)
		}
	}
	if _, err := clv.BaseOf("turnover"); err == nil || !strings.Contains(err.Error(), "profit, revenue, contribution") {
		t.Errorf("an unknown base: %v, want the known ones named", err)
	}
}

func TestPotential(t *testing.T) {
	x := clv.Prospects{
		Uptake: .1, Margin: .5, Days: 4, DaySpend: 30, PeerDaySpend: 50, PeersKnown: true, NotBought: 120,
		Referrals: clv.Referrals(2, 730, 365), NewCustomer: 25,
	}
	if got, want := x.Potential(), (clv.Potential{Dearer: .1 * .5 * 4 * 20, Wider: .1 * .5 * 120, Referral: 25}); got != want || got.Total() != 35 {
		t.Errorf("got %+v, want %+v, together 35", got, want)
	}
	x.DaySpend = 60
	if got := x.Potential().Dearer; got != 0 {
		t.Errorf("who spends more than the peers: got %v, want 0", got)
	}
	x.DaySpend, x.PeersKnown = 30, false
	if got := x.Potential().Dearer; got != 0 {
		t.Errorf("without peers: got %v, want 0", got)
	}
	if got := clv.Referrals(1, 3, 365); got != 1 {
		t.Errorf("a referral on the third day: got %v a year, want 1", got)
	}
}

func TestPeers(t *testing.T) {
	var all, of2025, rate, spend clv.Banded
	all.Set(0, 30)
	all.Set(1, 40)
	of2025.Set(0, 35)
	rate.Set(0, .5)
	spend.Set(0, 20)
	p := clv.Peers{All: all, ByYear: map[int]clv.Banded{2025: of2025}, Categories: map[string]clv.PeerCategory{"tea": {Rate: rate, Spend: spend}, "coffee": {Rate: rate, Spend: all}}}
	for _, row := range []struct {
		why        string
		year, band int
		want       float64
		known      bool
	}{
		{"of the year and the band", 2025, 0, 35, true},
		{"the year has too few of the band", 2025, 1, 40, true},
		{"an unknown year", 2026, 1, 40, true},
		{"an unknown band", 2025, 2, 0, false},
	} {
		if got, known := p.DaySpend(row.year, row.band); got != row.want || known != row.known {
			t.Errorf("%s: got %v, %t, want %v, %t", row.why, got, known, row.want, row.known)
		}
	}
	none := func(string) bool { return false }
	if got := p.NotBought(0, none); got != .5*30+.5*20 {
		t.Errorf("nothing bought: got %v, want 25", got)
	}
	if got := p.NotBought(0, func(c string) bool { return c == "coffee" }); got != 10 {
		t.Errorf("coffee bought: got %v, want 10", got)
	}
	if got := p.NotBought(1, none); got != 0 {
		t.Errorf("a band of which nothing is known: got %v, want 0", got)
	}
	rate.Of[0] = 2
	p.Categories["tea"] = clv.PeerCategory{Rate: rate}
	if err := p.Check(); err == nil || !strings.Contains(err.Error(), "not in [0, 1]") || !strings.Contains(err.Error(), "want both") {
		t.Errorf("a rate of 2 without a spend: %v, want both faults named", err)
	}
}

func TestPopulation(t *testing.T) {
	p := clv.Population{Customers: 9, Median: 50, Medians: map[string]float64{"north/retail": 80}}
	if err := p.Check(); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		region, industry string
		want             float64
	}{{"north", "retail", 80}, {"south", "retail", 50}, {"north", "", 50}, {"", "", 50}} {
		if got := p.MedianOf(clv.Place(row.region, row.industry)); got != row.want {
			t.Errorf("%q, %q: got %v, want %v", row.region, row.industry, got, row.want)
		}
	}
	p.Customers, p.Median, p.PositiveContribution = 0, -1, math.Inf(1)
	if err := p.Check(); err == nil || strings.Count(err.Error(), "\n") != 2 {
		t.Errorf("three faults: got %v", err)
	}
}
