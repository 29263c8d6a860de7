package watch_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
	"tidemark/internal/watch"
)

const day = event.Instant(24 * 60 * 60 * 1000)

// population are the purchases of customers who live as the default model has it: MBG/NBD in time whose unit is a week. Those who
// are contacted get a mail some days into each 90, of which nothing comes.
func population(t *testing.T, m score.Model, customers int, contacted bool) []event.Event {
	t.Helper()
	truth, ok := m.Value.Purchase.(stat.MBGNBD)
	if !ok {
		t.Fatalf("the purchase model is %T, want MBG/NBD", m.Value.Purchase)
	}
	r := rand.New(rand.NewPCG(4, 2))
	// Marsaglia & Tsang, A Simple Method for Generating Gamma Variables, ACM TOMS 26(3), 2000.
	gamma := func(shape float64) float64 {
		boost := 1.
		if shape < 1 {
			boost, shape = math.Pow(r.Float64(), 1/shape), shape+1
		}
		d := shape - 1./3
		for {
			x := r.NormFloat64()
			v := math.Pow(1+x/math.Sqrt(9*d), 3)
			if v > 0 && math.Log(r.Float64()) < x*x/2+d-d*v+d*math.Log(v) {
				return boost * d * v
			}
		}
	}
	const from, to = 18_262 * day, 18_262*day + 2*365*day
	week := event.Instant(m.Value.UnitDays) * day
	var events []event.Event
	for n := range customers {
		customer := fmt.Sprintf("c%05d", n)
		head := func(at event.Instant) event.Head {
			return event.Head{ID: fmt.Sprintf("%s-%d", customer, len(events)), Customer: customer, OccurredAt: at, RecordedAt: at}
		}
		rate, x, y := gamma(truth.R)/truth.Alpha, gamma(truth.A), gamma(truth.B)
		leaves := x / (x + y)
		for at := from + event.Instant(r.Int64N(int64(90*day))); at < to; at += event.Instant(r.ExpFloat64() / rate * float64(week)) {
			events = append(events, &event.Purchase{Head: head(at), Kind: event.Order, OrderID: fmt.Sprint(n, at), Amount: event.Money{Minor: 2000, Currency: "USD"}})
			if r.Float64() < leaves {
				break
			}
		}
		for at := from + 90*day; contacted && at < to; at += 60 * day {
			events = append(events, &event.Interaction{Head: head(at), Kind: event.OutreachSent, Channel: "email"})
		}
	}
	return events
}

// judged replays a population under a model, and reports on it.
func judged(t *testing.T, m score.Model, events []event.Event, b watch.Bounds) watch.Report {
	t.Helper()
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	counters := map[string]int64{}
	result := replay.Run(e, events, 18_262*day+2*365*day)
	for _, c := range result.Customers {
		watch.Count(counters, c.Outcomes)
	}
	reports := b.Reports(counters)
	if len(reports) != 1 || reports[0].Model != m.Hash[:8] {
		t.Fatalf("reports: %+v, want one of model %s", reports, m.Hash[:8])
	}
	return reports[0]
}

// A wrong model is found out by what comes, and the true one is not suspected.
func TestAWrongModelDrifts(t *testing.T) {
	truth, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	truth.Control, truth.Stack = .1, churn.Plain()
	plain, contacted := population(t, truth, 2500, false), population(t, truth, 2500, true)
	bounds := watch.Bounds{Settled: 300, Shift: .25, Slope: .15}
	for _, row := range []struct {
		why    string
		wrong  func(*score.Model)
		events []event.Event
		drifts int
	}{
		{"the truth", func(*score.Model) {}, plain, 0},
		{"the truth, with the control group alone to go by", func(*score.Model) {}, contacted, 0},
		{"risks too high", func(m *score.Model) { m.Stack.Intercept = .6 }, plain, 1},
		{"risks too low, with the control group alone to go by", func(m *score.Model) { m.Stack.Intercept = -1 }, contacted, 1},
		{"risks too timid", func(m *score.Model) { m.Stack.Weights[0] = .6 }, plain, 2},
		{"risks too extreme", func(m *score.Model) { m.Stack.Weights[0] = 1.6 }, plain, 1},
	} {
		m := truth
		row.wrong(&m)
		r := judged(t, m, row.events, bounds)
		t.Logf("%s: %s", row.why, r.String())
		if len(r.Drift) != row.drifts {
			t.Errorf("%s: drift %q, want %d of it: shift %+v, slope %+v", row.why, r.Drift, row.drifts, r.Fair.Shift, r.Fair.Slope)
		}
		control := r.Groups[score.Control].Settled
		if total := control + r.Groups[score.Uncontacted].Settled + r.Groups[score.Contacted].Settled; control < total/20 || control > total/6 {
			t.Errorf("%s: %d of %d settled are of the control group, want about a tenth", row.why, control, total)
		}
		if r.OnlyControl && r.Fair.Settled != control || r.OnlyControl != (r.Groups[score.Contacted].Settled > 0) {
			t.Errorf("%s: judged by %s, %d settled: want the control group alone where customers were contacted", row.why, r.JudgedBy(), r.Fair.Settled)
		}
	}
}
