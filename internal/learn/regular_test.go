package learn_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/learn"
	"tidemark/internal/model"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
)

// rhythmic simulates customers who buy about every 40 days, with gaps that are the sum of k exponential phases, rounded up to whole days, and
// who leave after one purchase of six. A case is of a day 90 days ago, and its customer is the same today.
func rhythmic(n, k int) (cases []learn.Case, today []clv.Pattern) {
	random := rand.New(rand.NewPCG(3, uint64(k)))
	for range n {
		age := math.Floor(200 + 500*random.Float64())
		rate := .5 + random.Float64()
		c := learn.Case{Pattern: clv.Pattern{Age: age, GapsKnown: true}}
		now := c.Pattern
		now.Age += 90
		for at := 0.; random.Float64() > 1./6; {
			gap := 0.
			for range k {
				gap += random.ExpFloat64() * 40 / rate / float64(k)
			}
			gap = math.Ceil(gap)
			if at += gap; at > now.Age {
				break
			}
			now.Repeats, now.Last, now.LogGaps = now.Repeats+1, at, now.LogGaps+math.Log(gap)
			if at <= age {
				c.Pattern.Repeats, c.Pattern.Last, c.Pattern.LogGaps = now.Repeats, now.Last, now.LogGaps
			} else {
				c.Later.Days++
			}
		}
		cases, today = append(cases, c), append(today, now)
	}
	return cases, today
}

func TestRegularIsDecidedByHoldOut(t *testing.T) {
	for _, row := range []struct {
		why    string
		k      int
		forget func(c *clv.Pattern, i int)
		want   string
		mixed  bool
	}{
		{"regular buyers", 8, nil, "% with k = 8", true},
		{"random buyers", 1, nil, "may be chance", false},
		{"the gaps of half of the customers are forgotten", 8, func(p *clv.Pattern, i int) { p.GapsKnown = i%2 == 0 }, "not known until a rebuild", false},
		{"the gaps of few customers are forgotten", 8, func(p *clv.Pattern, i int) { p.GapsKnown = i%20 != 0 }, "% with k = 8", true},
	} {
		cases, today := rhythmic(500, row.k)
		for i := range cases {
			if row.forget != nil {
				row.forget(&cases[i].Pattern, i)
				row.forget(&today[i], i)
			}
		}
		got, err := learn.Regular(t.Context(), cases, today, 7, 90*24*time.Hour)
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		t.Logf("%s: %s", row.why, got)
		if (got.Fit != nil) != row.mixed || !strings.Contains(got.String(), row.want) {
			t.Errorf("%s: %q, want it to say %q, with a mixture: %t", row.why, got, row.want, row.mixed)
		}
		if got.Fit != nil && got.Fit.Model.Weights[0] > .2 {
			t.Errorf("%s: the weight of k = 1 is %v, want .2 at most", row.why, got.Fit.Model.Weights[0])
		}
	}
}

// The gaps of a case are those of the log, whether the case comes from the log or from a history.
func TestCasesKnowTheGaps(t *testing.T) {
	c := event.NewCalendar(nil)
	parsed, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(parsed, c, func(score.Transition) string { return "t" }, nil)
	if err != nil {
		t.Fatal(err)
	}
	start := event.InstantOf(time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC))
	day := func(n int) event.Instant { return start.Add(time.Duration(n) * 24 * time.Hour) }
	var events []event.Event
	var h history.Summary
	for i, n := range []int{0, 30, 37, 200} {
		id := string(rune('a' + i))
		x := &event.Purchase{Head: event.Head{ID: id, Customer: "kim", OccurredAt: day(n), RecordedAt: day(n)}, Kind: event.Order, OrderID: id, Amount: event.Money{Minor: 100, Currency: parsed.Base}}
		events = append(events, x)
		h, _ = e.Observe(h, x)
	}
	cut := panel.Cut{At: day(120), Window: 90 * 24 * time.Hour}
	cases, err := learn.Look(t.Context(), e, events, []panel.Cut{cut})
	if err != nil || len(cases[0]) != 1 {
		t.Fatalf("%v, %v", cases, err)
	}
	recalled, ok := learn.Recall(e, "kim", &h, cut)
	if !ok {
		t.Fatal("the customer had bought by the cut")
	}
	for from, p := range map[string]clv.Pattern{"the log": cases[0][0].Pattern, "the history": recalled.Pattern} {
		if want := math.Log(30) + math.Log(7); !p.GapsKnown || math.Abs(p.LogGaps-want) > 2e-6 {
			t.Errorf("gaps of %s: %v, %t, want %v", from, p.LogGaps, p.GapsKnown, want)
		}
	}
}

// One who bought once costs as little under a mixture that was fitted at a cut as under one that is in force. What is computed anew for each
// customer allocates.
func TestForecastOfIsReadyForOneTimeBuyers(t *testing.T) {
	cases, _ := rhythmic(300, 8)
	for i := range cases {
		cases[i].Mixed = true
	}
	m, err := learn.ForecastOf(t.Context(), cases, engineOf(t, 365).Model().Value)
	if err != nil {
		t.Fatal(err)
	}
	if m.Regular == nil {
		t.Fatal("no mixture was fitted")
	}
	once := clv.Pattern{Age: 100, GapsKnown: true}
	if n := testing.AllocsPerRun(10, func() { m.Ahead(once) }); n > 0 {
		t.Errorf("the outlook on one who bought once allocates %v times: it is computed anew for each customer", n)
	}
}

// In a season the hold-out asks for the purchases of the window as long as it was: 90 days of a busy season are 180 average ones.
func TestHoldOutOfRegularCountsTheSeason(t *testing.T) {
	cases, today := rhythmic(300, 8)
	average, err := learn.Regular(t.Context(), cases, today, 7, 180*24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for i := range cases {
		cases[i].WindowShift = 90
	}
	busy, err := learn.Regular(t.Context(), cases, today, 7, 90*24*time.Hour)
	if err != nil || busy.Gain != average.Gain {
		t.Errorf("a gain of %+v in a busy season, %v; want the %+v of as many average days", busy.Gain, err, average.Gain)
	}
}

// lessThanRandom are customers whose gaps are by turns long and short: less regular than those of random buyers.
func lessThanRandom() []clv.Pattern {
	random := rand.New(rand.NewPCG(8, 8))
	var today []clv.Pattern
	for range 500 {
		p := clv.Pattern{Age: 700, GapsKnown: true}
		for random.Float64() > 1./6 {
			gap := math.Ceil(random.ExpFloat64() * 150)
			if random.Float64() < .6 {
				gap = math.Ceil(random.ExpFloat64() * 5)
			}
			if p.Last+gap > p.Age {
				break
			}
			p.Repeats, p.Last, p.LogGaps = p.Repeats+1, p.Last+gap, p.LogGaps+math.Log(gap)
		}
		today = append(today, p)
	}
	return today
}

// A mixture with weight for k = 1 alone is none: a model file of a base that has a mixture loses it.
func TestMixtureOfRandomBuyersIsNone(t *testing.T) {
	today := lessThanRandom()
	r, err := learn.Mixture(t.Context(), today, 7)
	if err != nil || r.Fit != nil || !r.Random || !strings.Contains(r.String(), "k = 1 alone: the customers buy at random") {
		t.Errorf("got %s, %v, want no mixture", r, err)
	}
}
