package score_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/value"
)

// learnt gives a model a learnt value that weighs all terms. Where it leads, the scorecard weighs it far more than the default one does.
func learnt(m *score.Model, leads bool) {
	l := &clv.Learnt{Version: "learnt-1", HorizonDays: m.Value.HorizonDays, Leads: leads}
	l.Whether.Intercept, l.Amount.Intercept = .3, .4
	for _, term := range clv.Terms() {
		l.Whether.Weights[term], l.Amount.Weights[term] = .1, .05
		l.Means[term] = .5
	}
	l.Whether.Weights[clv.Buys], l.Amount.Weights[clv.Forecast] = .8, .7
	l.Whether.Weights[clv.Complaints], l.Whether.Weights[clv.OpenComplaints], l.Amount.Weights[clv.Refunded] = -1, -1.5, -2
	l.Whether.Weights[clv.Engagement], l.Whether.Weights[clv.EngagementTrend] = .6, .8
	l.Ranges[clv.Forecast], l.Ranges[clv.YearOrders] = clv.Range{Low: 1, High: 5}, clv.Range{Low: 0, High: 2}
	m.Learnt = l
	if !leads {
		return
	}
	lines := append([]value.Line{}, m.Scorecard.Lines...)
	for i := range lines {
		lines[i].Weight /= 2
		if lines[i].Indicator == value.Predicted {
			lines[i].Weight += .5
		}
	}
	m.Scorecard.Lines = lines
}

// Where the learnt value is the predicted value, the crossing that is searched for is still the one that a walk over every midnight and
// breakpoint meets first; and so in a season.
func TestNextCrossingUnderALearntValue(t *testing.T) {
	for n, zone := range []event.Calendar{{}, inZone(t, "America/Sao_Paulo")} {
		w := walker{calendar: zone}
		w.engine = newEngine(t, w.calendar, func(m *score.Model) {
			learnt(m, true)
			if n == 1 {
				m.Season = christmas(t)
			}
		})
		if crossed := w.crossings(t, scaled(600), 37, 60*day); !t.Failed() && crossed < scaled(150) {
			t.Errorf("%d profiles cross something: too few to prove anything", crossed)
		}
	}
}

// Contributions to a change of tier add up where the learnt value is the predicted value, and the change of the predicted value is that of the
// learnt value. Feedback and interactions, which the churn stack here does not weigh, change tiers through it.
func TestContributionsUnderALearntValue(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, true) })
	changes, felt := 0, 0
	for seed := range uint64(scaled(400)) {
		p := e.New("c")
		for _, x := range newLife(rand.New(rand.NewPCG(seed, 5))) {
			next, transitions, _ := e.Apply(p, x)
			p = next
			for _, transition := range transitions {
				c, ok := transition.(*score.TierChanged)
				if !ok {
					continue
				}
				changes++
				var sum score.Points
				for _, part := range c.Contributions {
					sum += part.Points
				}
				if sum != c.After-c.Before {
					t.Fatalf("life %d: the contributions add up to %d, want %d − %d", seed, sum, c.After, c.Before)
				}
				if _, purchase := x.(*event.Purchase); !purchase && c.CauseEventID == x.Common().ID {
					felt++
				}
			}
			late := p
			late.Due = p.AsOf + 1
			if _, transitions := e.Review(late, late.Due); len(transitions) > 0 {
				if at, _ := e.NextCrossing(p, p.AsOf); at != late.Due {
					t.Fatalf("life %d: right after %s (%T) a look tells %v", seed, x.Common().ID, x, ids(transitions))
				}
			}
		}
	}
	if changes < scaled(1000) || felt < scaled(5) {
		t.Errorf("%d changes of tier, %d by feedback and interactions: the test has lost its subject", changes, felt)
	}
}

// A learnt value that does not lead is published, and changes nothing else.
func TestLearntValueBesideTheOthers(t *testing.T) {
	without := newEngine(t, event.Calendar{}, nil)
	beside := newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, false) })
	leading := newEngine(t, event.Calendar{}, func(m *score.Model) {
		card := m.Scorecard
		learnt(m, true)
		m.Scorecard = card
	})
	p, _ := weekly(t, without)
	at := p.AsOf + 100*day // worth less than the best customers, of whom all are equal
	want, got, led := without.Score(p, at), beside.Score(p, at), leading.Score(p, at)
	if got.Learnt <= 0 || got.LearntModel != "learnt-1" || want.LearntModel != "" {
		t.Errorf("got %d of %q, and %q without: want an amount of learnt-1, and none", got.Learnt, got.LearntModel, want.LearntModel)
	}
	if led.Learnt != got.Learnt || led.Points == got.Points || led.Current != got.Current || led.Total != got.Total {
		t.Errorf("where it leads: got %d of %d points, current %d, total %d; want other points than %d, and else the same", led.Learnt, led.Points, led.Current, led.Total, got.Points)
	}
	row, none := got.Row(), want.Row()
	for i, name := range score.Columns() {
		switch {
		case !strings.HasPrefix(name, "clv_learnt"):
			if row[i] != none[i] {
				t.Errorf("%s: got %q, want the %q of a model without a learnt value", name, row[i], none[i])
			}
		case row[i] == "" || none[i] != "":
			t.Errorf("%s: got %q, and %q without a learnt value; want something, and nothing", name, row[i], none[i])
		}
	}
}

// The parts of a learnt value add up to what is published.
func TestPartsOfALearntValue(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, false) })
	moved := map[string]bool{}
	for seed := range uint64(scaled(60)) {
		p := fold(t, e, newLife(rand.New(rand.NewPCG(seed, 9))))
		s := e.Score(p, p.AsOf)
		if !s.Bought {
			continue
		}
		var sum int64
		for _, part := range e.Explain(p, p.AsOf).Value {
			sum += part.Minor
			moved[part.Name] = moved[part.Name] || part.Minor != 0
		}
		if sum != s.Learnt {
			t.Fatalf("life %d: the parts add up to %d, want %d", seed, sum, s.Learnt)
		}
	}
	for _, name := range []string{"mean", "forecast", "recency", "frequency", "tenure", "spend", "items", "feedback", "engagement"} {
		if !moved[name] {
			t.Errorf("%s is no part of any value: the test has lost its subject", name)
		}
	}
	plain := newEngine(t, event.Calendar{}, nil)
	p, _ := weekly(t, plain)
	if parts := plain.Explain(p, p.AsOf).Value; parts != nil {
		t.Errorf("without a learnt value: got %v, want none", parts)
	}
}

// What the learnt value weighs shows, also where it bears on no label.
func TestInteractionsShowInALearntValue(t *testing.T) {
	look := &event.Interaction{Head: event.Head{ID: "i", Customer: "c", OccurredAt: 20_000 * day, RecordedAt: 20_000 * day}, Kind: event.PageView}
	plain, beside := newEngine(t, event.Calendar{}, nil), newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, false) })
	if plain.Shows(look) || !beside.Shows(look) {
		t.Errorf("an interaction shows: %v without a learnt value, %v with one; want false and true", plain.Shows(look), beside.Shows(look))
	}
}

func TestLearntValueNeedsTheHorizonOfTheValue(t *testing.T) {
	m := newEngine(t, event.Calendar{}, func(m *score.Model) { learnt(m, false) }).Model()
	m.Value.HorizonDays = 91
	if err := m.Check(); err == nil || !strings.Contains(err.Error(), "fitted to 365 days, and the horizon of value is 91") {
		t.Errorf("got %v, want both horizons named", err)
	}
}

// BenchmarkApplyPurchaseUnderALearntValue is BenchmarkApplyPurchase where the learnt value is the predicted value of the scorecard.
func BenchmarkApplyPurchaseUnderALearntValue(b *testing.B) {
	m := shipped(b).Model()
	card := m.Scorecard
	learnt(&m, true)
	m.Scorecard = card
	m.Learnt.Whether.Weights[clv.Engagement], m.Learnt.Whether.Weights[clv.EngagementTrend] = 0, 0
	m.Learnt.Amount.Weights[clv.Engagement], m.Learnt.Amount.Weights[clv.EngagementTrend] = 0, 0
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		b.Fatal(err)
	}
	p, _ := weekly(b, e)
	next := purchase(30)
	b.ReportAllocs()
	for b.Loop() {
		e.Apply(p, next)
	}
}
