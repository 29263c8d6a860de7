package churn_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/churn"
)

func TestStackValues(t *testing.T) {
	c := churn.Traits{
		Silent: 99, MedianGap: 9, Tenure: 200, Repeats: 3, Spend: 120, LastOrder: 30, Items: 11, LastItems: 2,
		Mood: churn.Mood{NPS: -1, Satisfaction: .5, Complaints: 3, OpenComplaints: 1, Refunded: .25}, Engagement: 4, Lately: 9, LastYear: true,
	}
	want := map[churn.Term]float64{
		churn.Base: math.Log(3), churn.Silence: math.Log(100), churn.Silence14: math.Log(100. / 15), churn.Silence60: math.Log(100. / 61), churn.SilenceDays: .99,
		churn.Rhythm: math.Log(10), churn.Repeats: math.Log(4), churn.Once: 0, churn.Tenure: math.Log(201),
		churn.Spend: math.Log(120), churn.LastOrder: math.Log(30), churn.Items: math.Log(12), churn.LastItems: math.Log(3),
		churn.NPS: -1, churn.Satisfaction: .5, churn.Complaints: math.Log(4), churn.OpenComplaints: math.Log(2), churn.Refunded: .25,
		churn.Engagement: math.Log(5), churn.EngagementTrend: math.Log(2), churn.LastYear: 1,
	}
	for term, got := range c.Values(.75) {
		if w := want[churn.Term(term)]; math.Abs(got-w) > 1e-12 {
			t.Errorf("%s: want %v, got %v", churn.Term(term), w, got)
		}
	}
	once := churn.Traits{Silent: 5, Spend: -3}
	for term, w := range map[churn.Term]float64{churn.Once: 1, churn.Rhythm: 0, churn.Silence14: 0, churn.Spend: 0, churn.LastOrder: 0, churn.LastYear: 0} {
		if got := once.Values(.5)[term]; got != w {
			t.Errorf("%s of somebody who bought once and gave all of it back: want %v, got %v", term, w, got)
		}
	}
}

func TestStackRisk(t *testing.T) {
	c := churn.Traits{Silent: 30, Repeats: 2, MedianGap: 10, Tenure: 400, Spend: 50, LastOrder: 20}
	plain := churn.Plain()
	if got := plain.Risk(c, .3); got != .3 {
		t.Errorf("the plain stack at .3: want .3, got %v", got)
	}
	s := churn.Stack{Intercept: -1, MaxTenure: 100}
	s.Weights[churn.Base], s.Weights[churn.Tenure] = .5, 2
	want := -1 + .5*math.Log(.3/.7) + 2*math.Log(101)
	if got := s.LogOdds(c, .3); math.Abs(got-want) > 1e-12 {
		t.Errorf("log-odds with a tenure beyond the longest: want %v, got %v", want, got)
	}
	if got, want := s.Risk(c, .3), 1/(1+math.Exp(-want)); math.Abs(got-want) > 1e-15 {
		t.Errorf("risk: want %v, got %v", want, got)
	}
}

func TestStackCheck(t *testing.T) {
	for _, row := range []struct {
		why  string
		mend func(*churn.Stack)
	}{
		{"silence lowers the risk", func(s *churn.Stack) { s.Weights[churn.Rhythm] = -.1 }},
		{"nothing grows with silence", func(s *churn.Stack) { s.Weights[churn.Base] = 0 }},
		{"only repeat buyers' risk grows", func(s *churn.Stack) { s.Weights = churn.Stack{}.Weights; s.Weights[churn.Rhythm] = 1 }},
		{"not a number", func(s *churn.Stack) { s.Weights[churn.Spend] = math.NaN() }},
		{"a fit gone wrong", func(s *churn.Stack) { s.Intercept = 1e6 }},
		{"a negative tenure", func(s *churn.Stack) { s.MaxTenure = -1 }},
	} {
		s := churn.Plain()
		if err := s.Check(); err != nil {
			t.Fatalf("the plain stack: %v", err)
		}
		byDays := churn.Stack{}
		if byDays.Weights[churn.SilenceDays] = 1; byDays.Check() != nil {
			t.Fatalf("a stack of silence in days alone: %v", byDays.Check())
		}
		if row.mend(&s); s.Check() == nil {
			t.Errorf("%s: want an error, got none", row.why)
		}
	}
}

// In silence the risk never falls: what lets the next crossing be found.
func TestStackRisesInSilence(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s churn.Stack
		for _, term := range churn.Terms() {
			low := -5.
			if term.Rises() {
				low = 0
			}
			s.Weights[term] = rapid.Float64Range(low, 5).Draw(t, term.String())
		}
		c := churn.Traits{
			Silent: rapid.Float64Range(0, 1000).Draw(t, "silent"), MedianGap: rapid.Float64Range(0, 300).Draw(t, "gap"),
			Tenure: rapid.Float64Range(0, 3000).Draw(t, "tenure"), Repeats: rapid.IntRange(0, 50).Draw(t, "repeats"),
			Spend: rapid.Float64Range(-10, 1e4).Draw(t, "spend"), LastOrder: rapid.Float64Range(0, 1e4).Draw(t, "last"),
			Items: rapid.IntRange(0, 500).Draw(t, "items"), LastItems: rapid.IntRange(0, 50).Draw(t, "last items"),
			Mood: churn.Mood{
				NPS: float64(rapid.IntRange(-1, 1).Draw(t, "nps")), Satisfaction: rapid.Float64Range(-1, 1).Draw(t, "satisfaction"),
				Complaints: rapid.IntRange(0, 50).Draw(t, "complaints"), Refunded: rapid.Float64Range(0, 1).Draw(t, "refunded"),
			},
			Engagement: rapid.Float64Range(0, 1e4).Draw(t, "engagement"), Lately: rapid.Float64Range(0, 1e4).Draw(t, "lately"), LastYear: rapid.Bool().Draw(t, "last year"),
		}
		p := rapid.Float64Range(0, 1).Draw(t, "p")
		later := c
		later.Silent += rapid.Float64Range(0, 400).Draw(t, "more")
		if was, is := s.Risk(c, p), s.Risk(later, min(1, p+rapid.Float64Range(0, 1).Draw(t, "rise"))); is < was-1e-12 {
			t.Errorf("after more silence: want at least %v, got %v", was, is)
		}
	})
}
