package population_test

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/avro"
	"tidemark/internal/dataset"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/population"
	"tidemark/internal/realdata"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

func engine(t testing.TB) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v, w := rapid.Int64().Draw(t, "v"), rapid.Int64().Draw(t, "w")
		if b := population.BinOf(v); v != math.MinInt64 && population.BinOf(-v) != -b {
			t.Errorf("the bin of %d does not mirror that of %d", -v, v)
		}
		if v < w && population.BinOf(v) > population.BinOf(w) {
			t.Errorf("bins of %d and %d descend", v, w)
		}
		if got, x := population.BinOf(v).Middle(), float64(v); math.Abs(got-x) > math.Abs(x)/128 {
			t.Errorf("the middle of the bin of %d is %v, more than 1/128 away", v, got)
		}
	})
	for v := int64(-127); v <= 127; v++ {
		if got := population.BinOf(v).Middle(); got != float64(v) {
			t.Errorf("%d has the middle %v, want a bin of its own", v, got)
		}
	}
}

func TestHistogramTakesAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h, want population.Histogram
		for _, v := range rapid.SliceOf(rapid.Int64Range(-1e9, 1e9)).Draw(t, "stays") {
			h.Add(v, 1)
			want.Add(v, 1)
		}
		gone := rapid.SliceOf(rapid.Int64Range(-1e9, 1e9)).Draw(t, "goes")
		for _, v := range gone {
			h.Add(v, 1)
		}
		for _, v := range gone {
			h.Add(v, -1)
		}
		if h.Count() != want.Count() || h.Sum() != want.Sum() || !slices.Equal(h.Bins(), want.Bins()) {
			t.Errorf("after adding and taking away %v: %v, want %v", gone, h.Bins(), want.Bins())
		}
	})
}

// TestQuantilesOfRealSpend holds quantiles of money and of counts against sorted lists.
func TestQuantilesOfRealSpend(t *testing.T) {
	for format, file := range map[dataset.Format]string{dataset.CDNOW: "cdnow/CDNOW_master.txt", dataset.OnlineRetail: "online_retail/online_retail.csv.gz"} {
		log, err := dataset.Read(format, []string{realdata.File(t, file)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		spend, orders := map[string]int64{}, map[string]int64{}
		for _, x := range log.Events {
			if p, ok := x.(*event.Purchase); ok {
				n := p.Amount.Minor
				if p.Kind != event.Order {
					n = -n
				}
				spend[p.Customer] += n
				orders[p.Customer]++
			}
		}
		worst := 0.0
		for _, of := range []map[string]int64{spend, orders} {
			var h population.Histogram
			var exact []int64
			for _, v := range of {
				h.Add(v, 1)
				exact = append(exact, v)
			}
			slices.Sort(exact)
			for q := 1; q <= 999; q++ {
				want := float64(exact[max(0, (len(exact)*q+999)/1000-1)])
				if want != 0 {
					worst = max(worst, math.Abs(h.Quantile(float64(q)/1000)-want)/math.Abs(want))
				}
			}
			t.Logf("%v: %d customers, %d bins", format, len(exact), len(h.Bins()))
		}
		t.Logf("%v: the worst of 999 quantiles is off by %.3f %%", format, 100*worst)
		if worst > .008 {
			t.Errorf("%v: a quantile is off by %.3f %%, want at most 0.8 %%", format, 100*worst)
		}
	}
}

func reading(t *rapid.T, r *population.Reader, lines int) population.Reading {
	x := population.Reading{
		Bought: rapid.Bool().Draw(t, "bought"), Tier: tier.Tier(rapid.IntRange(0, 4).Draw(t, "tier")), Cohort: rapid.IntRange(300, 303).Draw(t, "cohort"),
		NPS: rapid.Int32Range(-1, 100).Draw(t, "nps"), CSAT: rapid.Int32Range(-1, 10000).Draw(t, "csat"), Spend365: rapid.Int64Range(-1e6, 1e6).Draw(t, "spend"),
		Active: rapid.Bool().Draw(t, "active"), Year: rapid.Bool().Draw(t, "year"), Points: rapid.Int32Range(0, 10000).Draw(t, "points"),
	}
	for range r.Indicators() {
		x.Values = append(x.Values, rapid.Int64Range(-1e7, 1e7).Draw(t, "value"))
		x.Known = append(x.Known, rapid.Bool().Draw(t, "known"))
	}
	for range lines {
		x.Normal = append(x.Normal, rapid.Int32Range(-1, 10000).Draw(t, "normal"))
	}
	x.Groups[population.ByOwner] = rapid.StringMatching("[a-c]{0,2}").Draw(t, "owner")
	return x
}

func TestMergedInAnyOrder(t *testing.T) {
	e := engine(t)
	r := population.NewReader(e)
	lines := len(e.Model().Scorecard.Lines)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 4).Draw(t, "shards")
		var passes []*population.Pass
		for i := range n {
			p := r.NewPass(event.Instant(i + 1))
			for range rapid.IntRange(0, 4).Draw(t, "customers") {
				x := reading(t, r, lines)
				p.Add(&x)
			}
			passes = append(passes, p)
		}
		merge := func(all []*population.Pass) []byte {
			sum, err := population.Parse(all[0].Append(nil))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range all[1:] {
				sum.Merge(p)
			}
			return sum.Append(nil)
		}
		if want, got := merge(passes), merge(rapid.Permutation(passes).Draw(t, "order")); !bytes.Equal(want, got) {
			t.Fatalf("another order of merging gives other bytes")
		}
	})
}

// TestNamesAreBounded: the names that are kept do not depend on the order, and nobody is lost.
func TestNamesAreBounded(t *testing.T) {
	e := engine(t)
	r := population.NewReader(e)
	of := func(from, to, step int) *population.Pass {
		p := r.NewPass(1)
		for i := from; i != to; i += step {
			x := population.Reading{NPS: -1, CSAT: -1}
			x.Groups[population.ByOwner] = string([]rune{rune('a' + i%26), rune('a' + i/26%26), rune('a' + i/676)})
			p.Add(&x)
		}
		return p
	}
	a, b := of(0, 2000, 1), of(1999, -1, -1)
	if !bytes.Equal(a.Append(nil), b.Append(nil)) {
		t.Error("the order of customers decides which names are kept")
	}
	if g := a.Groups[population.ByOwner]; len(g.Named) != 1000 || g.Others.Customers != 1000 {
		t.Errorf("%d names and %d others, want 1000 and 1000", len(g.Named), g.Others.Customers)
	}
}

func TestParseRefuses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")
		if p, err := population.Parse(append([]byte{1}, b...)); err == nil && p == nil {
			t.Error("neither a pass nor an error")
		}
	})
}

// TestFlowsAddUpToLabels: whatever transitions say, the labels at the end of each day are those that the changes up to it leave.
func TestFlowsAddUpToLabels(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, now := population.Census{}, map[int]population.Labels{}
		var ends []population.Census
		for day := range event.Day(6) {
			for range rapid.IntRange(0, 5).Draw(t, "changes") {
				who := rapid.IntRange(0, 3).Draw(t, "who")
				after := population.Labels{Counted: rapid.Bool().Draw(t, "counted")}
				if after.Counted {
					after.Tier, after.Level = tier.Tier(rapid.IntRange(0, 4).Draw(t, "tier")), score.Level(rapid.IntRange(0, 3).Draw(t, "level"))
				}
				var told []score.Transition
				if rapid.Bool().Draw(t, "told") {
					told = append(told, &score.TierChanged{
						Stamp: score.Stamp{AsOf: event.Calendar{}.Start(day) + 5, Cause: score.ByTime}, Previous: now[who].Tier, Tier: after.Tier,
					})
				}
				c.Count(&population.Change{Before: now[who], After: after, Transitions: told, Day: day}, event.Calendar{})
				now[who] = after
			}
			sum := population.Census{}
			for _, l := range now {
				sum.Count(&population.Change{After: l, Day: 100}, event.Calendar{})
			}
			labels, _ := sum.At(100)
			ends = append(ends, labels)
		}
		for day, want := range ends {
			got, _ := c.At(event.Day(day))
			if len(got) != len(want) {
				t.Fatalf("day %d: %v, want %v", day, got, want)
			}
			for name, n := range want {
				if got[name] != n {
					t.Fatalf("day %d: %s %d, want %d", day, name, got[name], n)
				}
			}
			c.Forget(event.Day(day)) // the days after it do not need it
		}
	})
}
