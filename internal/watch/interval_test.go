package watch_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/judge"
	"tidemark/internal/score"
	"tidemark/internal/watch"
)

// halves are the outcomes of n customers in each half-year from 1990 on, of a forecast of .8. off moves the true share of a half-year.
func halves(t *testing.T, r *rand.Rand, count, n int, model func(half int) string, off func() float64) []score.Outcome {
	t.Helper()
	var all []score.Outcome
	for half := range count {
		gone, share := 0, .8+off()
		for range n {
			if r.Float64() < share {
				gone++
			}
		}
		all = append(all, outcomes(on(t, fmt.Sprintf("%d-%02d-01", 1990+half/2, 1+6*(half%2))), model(half), 0, 800_000, n, gone)...)
	}
	return all
}

// Where half-years differ by chance, the share of the newest lies in its interval in about four of five shops.
func TestTheUsualShareHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	bounds := watch.Bounds{Settled: 150, Shift: .25, Slope: .15}
	held := 0
	const shops = 150
	for range shops {
		counters := map[string]int64{}
		watch.Count(counters, halves(t, r, 8, 150, func(int) string { return "0a" }, func() float64 { return .04 * r.NormFloat64() }))
		got := bounds.Reports(counters)[0]
		if got.Since != "1993h2" || got.Usual.Why != nil || got.Usual.Halves != 7 {
			t.Fatalf("since %s, usual %+v: want an interval from the seven half-years before 1993h2", got.Since, got.Usual)
		}
		if !strings.Contains(got.String(), "by the errors of 7 half-years before") {
			t.Fatalf("in words %q, want the interval", got.String())
		}
		if got.Usual.Low <= got.Fair.Gone && got.Fair.Gone <= got.Usual.High {
			held++
		}
	}
	if share := float64(held) / shops; !(share > .7 && share < .92) {
		t.Errorf("%.3f of the intervals held, want about .8", share)
	}
}

// A young model has the errors of the models before it; where fewer than three half-years are known there is no interval.
func TestTheUsualShareNeedsHalfYears(t *testing.T) {
	bounds := watch.Bounds{Settled: 500, Shift: .25, Slope: .15}
	usual := func(count int) (watch.Usual, string) {
		r := rand.New(rand.NewPCG(4, 2))
		counters := map[string]int64{}
		watch.Count(counters, halves(t, r, count, 500, func(half int) string { return fmt.Sprintf("0%d", half) }, func() float64 { return 0 }))
		newest := bounds.Reports(counters)
		at := slices.IndexFunc(newest, func(r watch.Report) bool { return r.Model == fmt.Sprintf("0%d", count-1) })
		return newest[at].Usual, newest[at].String()
	}
	if u, text := usual(3); !errors.Is(u.Why, judge.ErrFewErrors) || !math.IsNaN(u.Low) || u.Halves != 2 || strings.Contains(text, "usual") {
		t.Errorf("two half-years before: got %+v (%s), want no interval", u, text)
	}
	if u, _ := usual(4); u.Why != nil || u.Halves != 3 || !(u.Low > .7 && u.Low < .8 && u.High > .8 && u.High < .9) {
		t.Errorf("three half-years of other models before: got %+v, want an interval about .8", u)
	}
}
