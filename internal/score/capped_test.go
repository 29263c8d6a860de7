package score_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// edged is stacked with narrow ranges of all terms: most customers are held at some edge, and in silence they run into others.
func edged() churn.Stack {
	s := stacked()
	for term, r := range map[churn.Term]churn.Range{
		churn.Base: {Low: -1, High: 1}, churn.Silence: {High: 3.5}, churn.Silence14: {Low: .1, High: 1}, churn.Silence60: {High: .3}, churn.SilenceDays: {Low: .2, High: .9},
		churn.Rhythm: {High: 1}, churn.Repeats: {High: 1.2}, churn.Tenure: {Low: 1, High: 4}, churn.Spend: {Low: 3, High: 5}, churn.LastOrder: {Low: 3, High: 4},
		churn.Items: {High: 1}, churn.LastItems: {High: 1}, churn.Satisfaction: {Low: -.2, High: .2}, churn.Complaints: {High: .7}, churn.OpenComplaints: {High: .7},
		churn.Refunded: {High: .3}, churn.Engagement: {High: 1}, churn.EngagementTrend: {Low: -.5, High: .5},
	} {
		s.Ranges[term] = r
	}
	return s
}

// The crossing that is searched for is the one that a walk meets first, also where the risk stands still at an edge.
func TestNextCrossingAtTheEdges(t *testing.T) {
	profiles, span := scaled(800), 60*day
	w := walker{}
	crossed, held := 0, 0
	w.engine = newEngine(t, w.calendar, func(m *score.Model) {
		m.Stack = edged()
		for i, floor := range []float64{.3, .45, .55} { // within what the edges leave of the risk
			m.Churn.Levels[i].Floor = floor
		}
	})
	for seed := 0; seed < profiles && !t.Failed(); seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		life := newLife(r)
		p := w.someday(r, fold(t, w.engine, life[:1+r.IntN(len(life))]))
		got, ok := w.engine.NextCrossing(p, p.AsOf)
		if ok && got <= p.AsOf+span {
			crossed++
		}
		if len(w.engine.Held(&p, p.AsOf)) > 0 {
			held++
		}
		check(t, w, p, seed, got, ok, span)
	}
	if crossed*5 < profiles || held*2 < profiles {
		t.Errorf("of %d profiles %d cross something and %d are held at an edge: the test has lost its subject", profiles, crossed, held)
	}
}

// The factors of a customer at an edge add up to the log-odds, and say which of them are capped.
func TestCappedFactors(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) {
		m.Stack = stacked()
		m.Stack.Ranges[churn.Spend] = churn.Range{Low: 2, High: 6}
		m.Stack.Ranges[churn.Repeats] = churn.Range{High: 1}
	})
	factors := func(minor int64) (capped []string, sum int32, risk float64) {
		p := fold(t, e, everyFortnight(func(int) int64 { return minor }))
		at := p.AsOf + 100*day
		for _, f := range e.Explain(p, at).Factors {
			if sum += f.LogOdds; f.Capped {
				capped = append(capped, f.Name)
			}
		}
		return capped, sum, e.Score(p, at).Risk
	}
	for _, row := range []struct {
		minor int64
		want  []string
	}{
		{1000, []string{"frequency"}}, {10_000_000, []string{"frequency", "spend"}},
	} {
		capped, sum, risk := factors(row.minor)
		if !slices.Equal(capped, row.want) {
			t.Errorf("orders of %d: capped are %v, want %v", row.minor, capped, row.want)
		}
		if want := churn.LogOdds(risk); sum != want {
			t.Errorf("orders of %d: the factors add up to %d, want %d", row.minor, sum, want)
		}
	}
}

// everyFortnight is half a year of orders, amount has the amount of each in cents.
func everyFortnight(amount func(i int) int64) (all []event.Event) {
	for i := range 12 {
		at := (19_000+14*event.Instant(i))*day + 9*60*60*1000
		all = append(all, &event.Purchase{
			Head: event.Head{ID: fmt.Sprint("e", i), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Order,
			OrderID: fmt.Sprint("o", i), Amount: event.Money{Minor: amount(i), Currency: "USD"},
		})
	}
	return all
}

// Under the model that comes with Tidemark, the largest account is not the last to be alerted: what a customer spends does not decide
// whether a silence is noticed. The amounts lie far outside what the model was fitted to.
func TestEveryAccountIsAlerted(t *testing.T) {
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, minor := range []int64{1, 100, 1000, 10_000, 1_000_000, 10_000_000, 100_000_000_000} {
		p := e.Schedule(fold(t, e, everyFortnight(func(int) int64 { return minor })))
		until, level := p.AsOf+180*day, churn.None
		for p.Due <= until && level == churn.None {
			p, _ = e.Review(p, p.Due)
			p, level = e.Schedule(p), p.Episode.Level
		}
		if silent := (p.AsOf - (19_000+14*11)*day) / day; level == churn.None || silent > 150 {
			t.Errorf("orders of %d cents: level %s after %d days of silence, want an alert within 150 days", minor, level, silent)
		}
	}
}
