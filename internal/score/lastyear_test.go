package score_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// lastYearWeight is what a purchase in this window last year takes off the log-odds.
const lastYearWeight = -3.0

func looksBack(m *score.Model) {
	m.Stack = stacked()
	m.Stack.Weights[churn.LastYear] = lastYearWeight
	m.Churn.Lapse, m.Churn.SecondOrder = 700*24*time.Hour, 0
}

// yearlyLife returns the orders of somebody who buys on about the same dates each year, once or twice.
func yearlyLife(r *rand.Rand) []event.Event {
	var days []int
	for _, date := range []int{r.IntN(365), r.IntN(365)}[:1+r.IntN(2)] {
		for year := range 2 + r.IntN(3) {
			days = append(days, 18_000+date+365*year+r.IntN(25))
		}
	}
	slices.Sort(days)
	var life []event.Event
	for i, d := range slices.Compact(days) {
		at := event.Instant(d)*day + event.Instant(r.Int64N(int64(day)))
		life = append(life, &event.Purchase{
			Head: event.Head{ID: fmt.Sprint(i), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: fmt.Sprint("o", i),
			Amount: event.Money{Minor: 20_000, Currency: "USD"},
		})
	}
	return life
}

// With a weight for last year the crossing that is searched for is the one that the walk over every midnight meets first; some crossings are the
// step itself, down and up.
func TestNextCrossingLooksBack(t *testing.T) {
	zones := []event.Calendar{{}, inZone(t, "America/Sao_Paulo")}
	eased, rose := 0, 0
	for seed := range scaled(600) {
		r := rand.New(rand.NewPCG(uint64(seed), 9))
		w := walker{calendar: zones[seed%2]}
		w.engine = newEngine(t, w.calendar, looksBack)
		p := fold(t, w.engine, yearlyLife(r))
		p, _ = w.engine.Review(p, p.AsOf+event.Instant(r.Int64N(int64(400*day))))
		got, ok := w.engine.NextCrossing(p, p.AsOf)
		check(t, w, p, seed, got, ok, 120*day)
		if t.Failed() {
			return
		}
		if !ok {
			continue
		}
		was := w.engine.LastYear(&p.History, got-1, w.engine.Model().Churn.Horizon)
		is := w.engine.LastYear(&p.History, got, w.engine.Model().Churn.Horizon)
		if next, _ := w.engine.Review(p, got); was != is && next.Episode.Level < p.Episode.Level {
			eased++
		} else if was != is && next.Episode.Level > p.Episode.Level {
			rose++
		}
	}
	t.Logf("%d levels fall at a step of last year, %d rise", eased, rose)
	if eased < scaled(10) || rose < scaled(10) {
		t.Error("the test has lost its subject")
	}
}

// A service that reviews a customer whenever a review is due, and now and then between, tells what one look at the end tells.
func TestReviewsLookBackAlike(t *testing.T) {
	e := newEngine(t, event.Calendar{}, looksBack)
	told := 0
	for seed := range uint64(scaled(200)) {
		r := rand.New(rand.NewPCG(seed, 10))
		life := yearlyLife(r)
		end := life[len(life)-1].At() + 800*day
		live, replayed := e.New("c"), e.New("c")
		var seen, want []score.Transition
		review := func(to event.Instant) {
			for live = e.Schedule(live); live.Due < to; live = e.Schedule(live) {
				next, more := e.Review(live, live.Due+event.Instant(r.Int64N(int64(min(3*day, to-live.Due)))))
				live, seen = next, append(seen, more...)
			}
		}
		for _, x := range life {
			review(x.At())
			next, more, _ := e.Apply(live, x)
			live, seen = next, append(seen, more...)
			next, more, _ = e.Apply(replayed, x)
			replayed, want = next, append(want, more...)
		}
		review(end)
		_, more := e.Review(live, end)
		seen = append(seen, more...)
		_, more = e.Review(replayed, end)
		if want = append(want, more...); !slices.Equal(ids(seen), ids(want)) {
			t.Fatalf("life %d: live tells %v, replay %v", seed, ids(seen), ids(want))
		}
		told += len(want)
	}
	if told < scaled(400) {
		t.Errorf("%d transitions: the test has lost its subject", told)
	}
}

// The factor says what last year is worth, and all factors add up. Without a weight nothing looks back, and Until stays as it is.
func TestFactorOfLastYear(t *testing.T) {
	e := newEngine(t, event.Calendar{}, looksBack)
	bare := newEngine(t, event.Calendar{}, func(m *score.Model) { looksBack(m); m.Stack.Weights[churn.LastYear] = 0 })
	var life []event.Event
	for i := range 3 {
		at := (18_300 + event.Instant(365*i)) * day
		life = append(life, &event.Purchase{
			Head: event.Head{ID: fmt.Sprint(i), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: fmt.Sprint("o", i),
			Amount: event.Money{Minor: 5000, Currency: "USD"},
		})
	}
	p, last := fold(t, e, life), event.Instant(18_300+730)
	for _, row := range []struct {
		days event.Instant
		want bool
	}{{274, false}, {275, true}, {364, true}, {365, false}} {
		at := (last + row.days) * day
		sum, part := int32(0), int32(0)
		for _, f := range e.Explain(p, at).Factors {
			if sum += f.LogOdds; f.Name == "last_year" {
				part = f.LogOdds
			}
		}
		want := int32(0)
		if row.want {
			want = int32(math.Round(1000 * lastYearWeight))
		}
		if risk := e.Score(p, at).Risk; sum != churn.LogOdds(risk) || max(part-want, want-part) > 1 {
			t.Errorf("after %d days: last_year is worth %d, want %d; the factors add up to %d, want %d", row.days, part, want, sum, churn.LogOdds(risk))
		}
		if f := bare.Facts(&p.History, at); f.LastYear || f != p.History.Facts(at, event.Calendar{}) {
			t.Errorf("after %d days: without a weight got %+v", row.days, f)
		}
		if f := e.Facts(&p.History, at); f.LastYear != row.want || row.days == 274 && f.Until != (last+275)*day {
			t.Errorf("after %d days: got %t until %v, want %t", row.days, f.LastYear, f.Until, row.want)
		}
	}
}
