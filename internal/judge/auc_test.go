package judge_test

import (
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/judge"
)

type tb interface {
	Helper()
	Errorf(format string, args ...any)
}

// near fails unless got is within tol of want. NaN is near NaN alone.
func near(t tb, what string, got, want, tol float64) {
	t.Helper()
	if math.IsNaN(want) && math.IsNaN(got) || got == want {
		return
	}
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.10g, want %.10g within %g", what, got, want, tol)
	}
}

var nan = math.NaN()

const yes, no = true, false

func TestAUC(t *testing.T) {
	for _, c := range []struct {
		name     string
		scores   []float64
		happened []bool
		want     judge.Estimate
	}{
		{"one tie, by hand: S10 1/72, S01 1/48", []float64{3, 2, 1, 2, 0}, []bool{yes, yes, no, no, no}, judge.Estimate{Value: 11. / 12, StandardError: math.Sqrt(1. / 72)}},
		{"all in order", []float64{1, 2, 3, 4}, []bool{no, no, yes, yes}, judge.Estimate{Value: 1}},
		{"all in the wrong order", []float64{4, 3, 2, 1}, []bool{no, no, yes, yes}, judge.Estimate{Value: 0}},
		{"all alike", []float64{7, 7, 7, 7}, []bool{no, yes, yes, no}, judge.Estimate{Value: .5}},
		{"infinite scores are only high and low", []float64{math.Inf(-1), 0, 0, math.Inf(1)}, []bool{no, no, yes, yes}, judge.Estimate{Value: 7. / 8, StandardError: .1767766952966369}},
		{"one case of a kind has no variance", []float64{1, 2, 3}, []bool{no, no, yes}, judge.Estimate{Value: 1, StandardError: nan}},
		{"it happened to all", []float64{1, 2}, []bool{yes, yes}, judge.Estimate{Value: nan, StandardError: nan}},
		{"it happened to none", []float64{1, 2}, []bool{no, no}, judge.Estimate{Value: nan, StandardError: nan}},
		{"nobody", nil, nil, judge.Estimate{Value: nan, StandardError: nan}},
		{"a score that is none", []float64{1, 2, nan, 4}, []bool{no, no, yes, yes}, judge.Estimate{Value: nan, StandardError: nan}},
	} {
		got := judge.AUC(judge.Set{Scores: c.scores, Happened: c.happened})
		near(t, c.name+": AUC", got.Value, c.want.Value, 1e-15)
		near(t, c.name+": standard error", got.StandardError, c.want.StandardError, 1e-15)
	}
	near(t, "AUC of no sets", judge.AUC().Value, nan, 0)
}

func TestInterval(t *testing.T) {
	low, high := judge.Estimate{Value: .8, StandardError: .01}.Interval()
	near(t, "low", low, .7804, 1e-6)
	near(t, "high", high, .8196, 1e-6)
}

// anySet draws a set with ties and two or more cases of each kind.
func anySet(t *rapid.T, name string) judge.Set {
	n := rapid.IntRange(4, 30).Draw(t, name+": cases")
	s := judge.Set{Happened: []bool{yes, yes, no, no}}
	score := rapid.OneOf(rapid.Float64Range(0, 1), rapid.Map(rapid.IntRange(0, 4), func(i int) float64 { return float64(i) / 4 }))
	for i := range n {
		s.Scores = append(s.Scores, score.Draw(t, "score"))
		s.Rival = append(s.Rival, score.Draw(t, "rival"))
		if i >= 4 {
			s.Happened = append(s.Happened, rapid.Bool().Draw(t, "happened"))
		}
	}
	return s
}

// naive is DeLong's estimate as it is written in the paper: over all pairs.
func naive(s judge.Set, kernel func(i, j int) float64) judge.Estimate {
	v := make([]float64, len(s.Happened))
	var theta, m, n float64
	for i := range v {
		if s.Happened[i] {
			m++
		} else {
			n++
		}
	}
	for i := range v {
		for j := range v {
			if s.Happened[i] && !s.Happened[j] {
				k := kernel(i, j)
				v[i] += k / n
				v[j] += k / m
				theta += k / (m * n)
			}
		}
	}
	var s10, s01 float64
	for i := range v {
		if d := v[i] - theta; s.Happened[i] {
			s10 += d * d / (m - 1)
		} else {
			s01 += d * d / (n - 1)
		}
	}
	return judge.Estimate{Value: theta, StandardError: math.Sqrt(s10/m + s01/n)}
}

func above(scores []float64) func(i, j int) float64 {
	return func(i, j int) float64 {
		switch {
		case scores[i] > scores[j]:
			return 1
		case scores[i] == scores[j]:
			return .5
		}
		return 0
	}
}

func TestAUCIsThatOfAllPairs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySet(t, "set")
		got, want := judge.AUC(s), naive(s, above(s.Scores))
		near(t, "AUC", got.Value, want.Value, 1e-14)
		near(t, "standard error", got.StandardError, want.StandardError, 1e-14)

		got = judge.AUCDifference(s)
		want = naive(s, func(i, j int) float64 { return above(s.Scores)(i, j) - above(s.Rival)(i, j) })
		near(t, "difference", got.Value, want.Value, 1e-14)
		near(t, "standard error of the difference", got.StandardError, want.StandardError, 1e-14)
	})
}

func TestIndependentSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anySet(t, "first"), anySet(t, "second")
		x, y := judge.AUCDifference(a), judge.AUCDifference(b)
		want := judge.Estimate{Value: (x.Value + y.Value) / 2, StandardError: math.Hypot(x.StandardError, y.StandardError) / 2}
		for i := range a.Scores {
			a.Customers = append(a.Customers, fmt.Sprint("first ", i))
		}
		for i := range b.Scores {
			b.Customers = append(b.Customers, fmt.Sprint("second ", i))
		}
		for _, c := range []struct {
			name string
			got  judge.Estimate
		}{
			{"without customers", judge.AUCDifference(judge.Set{Scores: a.Scores, Rival: a.Rival, Happened: a.Happened}, judge.Set{Scores: b.Scores, Rival: b.Rival, Happened: b.Happened})},
			{"customers of one case each", judge.AUCDifference(a, b)},
		} {
			near(t, c.name+": mean difference", c.got.Value, want.Value, 1e-14)
			near(t, c.name+": standard error", c.got.StandardError, want.StandardError, 1e-14)
		}
	})
}

// The same cutoff twice tells nothing that it does not tell once.
func TestSameCustomersTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySet(t, "set")
		for i := range s.Scores {
			s.Customers = append(s.Customers, fmt.Sprint(i))
		}
		once, twice := judge.AUC(s), judge.AUC(s, s)
		near(t, "AUC", twice.Value, once.Value, 1e-14)
		near(t, "standard error", twice.StandardError, once.StandardError, 1e-14)
		s.Customers = nil
		near(t, "standard error as if independent", judge.AUC(s, s).StandardError, once.StandardError/math.Sqrt2, 1e-14)
	})
}

// Obuchowski's estimate by its definition, for customers of several cases of one
// kind in one set: then her S11 is nothing.
func TestCustomersOfSeveralCases(t *testing.T) {
	s := judge.Set{
		Scores:    []float64{5, 4, 2, 6, 1, 2, 3, 0, 5, 1},
		Happened:  []bool{yes, yes, yes, yes, no, no, no, no, no, no},
		Customers: []string{"a", "a", "b", "c", "d", "d", "e", "f", "f", "g"},
	}
	v := []float64{5.5 / 6, 5. / 6, 3.5 / 6, 1, 1, 3.5 / 4, 3. / 4, 1, 1.5 / 4, 1}
	const theta = 20. / 24
	squares := func(clusters ...[]int) float64 {
		var sum, k float64
		for _, cluster := range clusters {
			var d float64
			for _, i := range cluster {
				d += v[i] - theta
			}
			sum += d * d
			k++
		}
		return k / (k - 1) * sum
	}
	want := math.Sqrt(squares([]int{0, 1}, []int{2}, []int{3})/16 + squares([]int{4, 5}, []int{6}, []int{7, 8}, []int{9})/36)
	got := judge.AUC(s)
	near(t, "AUC", got.Value, theta, 1e-15)
	near(t, "standard error", got.StandardError, want, 1e-15)
}

// The AUC turns around with the scores, and its error stays.
func TestAUCOfTheOppositeScores(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySet(t, "set")
		other := judge.Set{Happened: s.Happened}
		for _, score := range s.Scores {
			other.Scores = append(other.Scores, -8*score)
		}
		got, want := judge.AUC(other), judge.AUC(s)
		near(t, "AUC", got.Value, 1-want.Value, 1e-14)
		near(t, "standard error", got.StandardError, want.StandardError, 1e-14)
	})
}

func TestUnequalLengthsPanic(t *testing.T) {
	defer func() {
		if got, want := fmt.Sprint(recover()), "judge: 1 outcomes of 2 cases"; got != want {
			t.Errorf("panic: got %q, want %q", got, want)
		}
	}()
	judge.AUC(judge.Set{Scores: []float64{1, 2}, Happened: []bool{true}})
}
