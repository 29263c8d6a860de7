package clv_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
	"tidemark/internal/stat"
)

// modelsOnly is the learnt value that says what the models say: of two regressions with one weight each.
func modelsOnly() clv.Learnt {
	l := clv.Learnt{Version: "v", HorizonDays: 365}
	l.Whether.Weights[clv.Buys], l.Amount.Weights[clv.Forecast] = 1, 1
	return l
}

// What nothing was learnt from is MBG × Gamma-Gamma.
func TestLearntOfTheModelsAlone(t *testing.T) {
	m, p := weeks(mbg, 7)
	l := modelsOnly()
	v := l.Of((&clv.Signals{Silent: 59}).Values(m.Outlook(p, m.Ahead(p))))
	near(t, "spend", v.Spend(), m.Expected(p)*m.SpendPerDay(p), 1e-9)
	near(t, "probability", v.Probability, 1-m.NoPurchase(p, 365), 1e-12)
	l.Ranges[clv.Forecast] = clv.Range{Low: 0, High: 1}
	near(t, "beyond the range the forecast counts in full", l.Of((&clv.Signals{}).Values(m.Outlook(p, m.Ahead(p)))).Spend(), v.Spend(), 1e-9)
	twice := l.Within((&clv.Signals{}).Values(m.Outlook(p, m.Ahead(p))), clv.Shift{Amount: math.Ln2})
	near(t, "of a span with twice the purchases", twice.Spend(), 2*v.Spend(), 1e-9)
}

func TestTermsOfALearntValue(t *testing.T) {
	s := clv.Signals{
		Silent: 99, MedianGap: 9, Tenure: 200, Repeats: 3, Spend: math.E, YearSpend: .2, LastOrder: math.E * math.E, YearOrders: 2, ActiveMonths: 0,
		Items: 5, LastItems: 1, NPS: -1, Satisfaction: .5, Complaints: 1, OpenComplaints: 1, Refunded: .25, Engagement: 3, Lately: 7,
	}
	got := s.Values(clv.Outlook{Buys: .75, Spend: 100})
	for term, want := range map[clv.Term]float64{
		clv.Buys: math.Log(3), clv.Forecast: math.Log(100), clv.Recency: -math.Log(100), clv.Recency60: -math.Log(100. / 61), clv.RecencyDays: -.99,
		clv.Rhythm: -math.Log(10), clv.Repeats: math.Log(4), clv.Once: 0, clv.Tenure: math.Log(201), clv.Spend: 1, clv.YearSpend: 0, clv.LastOrder: 2,
		clv.YearOrders: math.Log(3), clv.ActiveMonths: 0, clv.Items: math.Log(6), clv.LastItems: math.Ln2, clv.NPS: -1, clv.Satisfaction: .5,
		clv.Complaints: math.Ln2, clv.OpenComplaints: math.Ln2, clv.Refunded: .25, clv.Engagement: math.Log(4), clv.EngagementTrend: math.Ln2,
	} {
		near(t, term.String(), got[term], want, 1e-12)
	}
	s.Repeats = 0
	if got := s.Values(clv.Outlook{}); got[clv.Once] != 1 || got[clv.Rhythm] != 0 {
		t.Errorf("a one-time buyer: got once %v and rhythm %v, want 1 and 0", got[clv.Once], got[clv.Rhythm])
	}
}

// Labels are searched for on the strength of this: whatever the weights of a valid learnt value, it never rises in silence.
func TestLearntOnlyFallsInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		models := []stat.PurchaseModel{bg, mbg, stat.Limit{Rate: .2, A: .9, B: 1.6}, stat.Limit{R: .5, Alpha: 6, Leaving: .3}}
		m, p := weeks(rapid.SampledFrom(models).Draw(t, "model"), 7)
		m.HorizonDays = rapid.IntRange(1, 800).Draw(t, "horizon")
		m.Discount = rapid.Float64Range(0, 1).Draw(t, "discount")
		l := clv.Learnt{Version: "v", HorizonDays: m.HorizonDays}
		for _, term := range clv.Terms() {
			low := -2.
			if term.Falls() {
				low = 0
			}
			l.Whether.Weights[term] = rapid.Float64Range(low, 2).Draw(t, "whether")
			l.Amount.Weights[term] = rapid.Float64Range(low, 2).Draw(t, "amount")
			if rapid.Bool().Draw(t, "held") {
				edge := rapid.Float64Range(-3, 6).Draw(t, "edge")
				l.Ranges[term] = clv.Range{Low: edge, High: edge + rapid.Float64Range(.1, 3).Draw(t, "width")}
			}
		}
		if err := l.Check(); err != nil {
			t.Fatal(err)
		}
		p.Repeats = rapid.IntRange(0, 60).Draw(t, "repeats")
		if p.Last = 0; p.Repeats > 0 {
			p.Last = rapid.Float64Range(1, 2000).Draw(t, "last")
		}
		if rapid.Bool().Draw(t, "regular") { // a mixture of regularities
			m.Regular = &stat.Regular{Purchases: stat.Limit{R: .9, Alpha: 90, A: .6, B: 2.4}, Weights: [6]float64{.4, .1, .1, .1, .1, .2}}
			m.Purchase, m.UnitDays = m.Regular.Random(), 1
			p.GapsKnown = true
			if p.Repeats > 0 {
				p.LogGaps = float64(p.Repeats) * math.Log(p.Last/float64(p.Repeats)*rapid.Float64Range(.3, 1).Draw(t, "evenness"))
			}
		}
		s := clv.Signals{MedianGap: p.Last / float64(max(1, p.Repeats)), Tenure: p.Last, Repeats: p.Repeats, Spend: p.Spend, NPS: 1, Lately: 5}
		at := func(silent float64) float64 {
			p.Age, s.Silent = p.Last+silent, silent
			return l.Of(s.Values(m.Outlook(p, m.Ahead(p)))).Spend()
		}
		silent := rapid.Float64Range(0, 1000).Draw(t, "silence")
		more := silent + rapid.Float64Range(1e-3, 1000).Draw(t, "more")
		if was, is := at(silent), at(more); is > was*(1+1e-7) {
			t.Errorf("after %v days more: got %v, want at most the %v before", more-silent, is, was)
		}
	})
}

func TestPresent(t *testing.T) {
	m, _ := weeks(mbg, 7)
	near(t, "without a discount", m.Present(), 1, 1e-12)
	m.Discount = .1
	var want float64
	for month := 1.; month <= 12; month++ {
		want += math.Pow(1.1, -month/12) / 12
	}
	near(t, "a year", m.Present(), want, 1e-12)
	m.HorizonDays = 10
	near(t, "ten days count at the end of the month", m.Present(), math.Pow(1.1, -1./12), 1e-12)
}

func TestLearntCheck(t *testing.T) {
	for _, row := range []struct {
		why    string
		change func(*clv.Learnt)
		want   string
	}{
		{"as the models say", func(*clv.Learnt) {}, ""},
		{"it would rise in silence", func(l *clv.Learnt) { l.Amount.Weights[clv.Rhythm] = -.1 }, "amount: weight -0.1 of rhythm"},
		{"a weight that is no number", func(l *clv.Learnt) { l.Whether.Weights[clv.NPS] = math.NaN() }, "whether: weight NaN of nps"},
		{"an intercept that has run away", func(l *clv.Learnt) { l.Amount.Intercept = 101 }, "intercepts"},
		{"a range that is upside down", func(l *clv.Learnt) { l.Ranges[clv.Items] = clv.Range{Low: 2, High: 1} }, "range [2, 1] of items"},
	} {
		l := modelsOnly()
		row.change(&l)
		err := l.Check()
		if row.want == "" && err != nil || row.want != "" && (err == nil || !strings.Contains(err.Error(), row.want)) {
			t.Errorf("%s: got %v, want %q", row.why, err, row.want)
		}
	}
}

func TestHeldTermsOfALearntValue(t *testing.T) {
	l := modelsOnly()
	l.Whether.Weights[clv.Items], l.Ranges[clv.Items] = .1, clv.Range{Low: 0, High: 2}
	l.Ranges[clv.Tenure] = clv.Range{Low: 0, High: 1} // weighs nothing
	s := clv.Signals{Items: 50, Tenure: 900}
	if got := l.Held(s.Values(clv.Outlook{Buys: .5, Spend: 10})); len(got) != 1 || got[0] != clv.Items {
		t.Errorf("got %v, want items", got)
	}
}
