package score_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/model/modeltest"
	"tidemark/internal/replay"
	"tidemark/internal/score"
)

const horizon = 90 * day

// taken returns p without its outcomes, and them.
func taken(p score.Profile) (score.Profile, []score.Outcome) {
	outcomes := p.Outcomes
	p.Outcomes = nil
	return p, outcomes
}

// twin says what must become of a life's forecasts, by folding the life anew for every instant: the open ones at an instant,
// and the outcomes settled by then.
func twin(t *testing.T, e *score.Engine, life []event.Event, phase, until event.Instant) (open, settled int, outcomes []score.Outcome) {
	t.Helper()
	known := func(at event.Instant) score.Profile {
		n := 0
		for n < len(life) && life[n].At() <= at {
			n++
		}
		return fold(t, e, life[:n])
	}
	for start := phase; start <= until; start += horizon {
		p := known(start)
		is := e.Score(score.Profile{Customer: "c", History: p.History}, start)
		facts := e.Facts(&p.History, start)
		if !is.Bought || is.RecencyDays >= e.Lapse(&facts).Hours()/24 {
			continue
		}
		if tested(life, start, min(start+horizon+7*day, until+1)) {
			continue // the forecast of who turns out to be a test account is dropped
		}
		if start+horizon+7*day > until {
			open++
			continue
		}
		settled++
		then := known(start + horizon + 7*day)
		outcomes = append(outcomes, score.Outcome{
			AsOf: start, Model: e.Hash()[:8], Risk: int64(math.Round(is.Risk * 1e6)),
			Gone: then.History.Between(start, start+horizon).Days == 0,
		})
	}
	return open, settled, outcomes
}

// tested reports whether a life is marked as a test account between two instants.
func tested(life []event.Event, from, to event.Instant) bool {
	return slices.ContainsFunc(life, func(x event.Event) bool {
		i, ok := x.(*event.Interaction)
		return ok && i.Attributes["test_account"] == "true" && i.At() > from && i.At() < to
	})
}

// Every block of every life is forecast once, at its very beginning and with the risk of then, and settled once, 7 days after
// its end: whoever looks how often, and whatever is kept in encodings in between.
func TestForecasts(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	var frozen, gone, open int
	var phase event.Instant
	for seed := range uint64(scaled(400)) {
		r := rand.New(rand.NewPCG(seed, 21))
		life := newLife(r)
		if slices.ContainsFunc(life, func(x event.Event) bool { return x.Common().OccurredAt > x.Common().RecordedAt }) {
			continue // counts from its record on, but its day is that of its occurrence: the twin is too simple for it
		}
		asOf := end(life) + event.Instant(r.Int64N(int64(600*day)))
		reference := replay.Run(e, life, asOf).Customers[0]
		if phase == 0 {
			if len(reference.Outcomes) == 0 {
				continue
			}
			phase = reference.Outcomes[0].AsOf % horizon
		}
		wantOpen, _, want := twin(t, e, life, phase+life[0].Common().OccurredAt/horizon*horizon-horizon, asOf)
		if !slices.Equal(reference.Outcomes, want) {
			t.Fatalf("life %d: got %+v, want %+v\n%s", seed, reference.Outcomes, want, describe(life))
		}
		got := 0
		for _, f := range reference.Profile.Forecasts {
			if f.Days > 0 {
				got++
			}
		}
		if got != wantOpen {
			t.Fatalf("life %d: %d forecasts are open at %s, want %d\n%s", seed, got, asOf, wantOpen, describe(life))
		}
		open, frozen = open+got, frozen+len(want)
		for _, o := range want {
			if o.Gone {
				gone++
			}
		}

		p, live := e.New("c"), []score.Outcome(nil)
		keep := func(next score.Profile) {
			next, outcomes := taken(e.Schedule(next))
			live = append(live, outcomes...)
			var err error
			if p, err = score.Decode(encode(next)); err != nil {
				t.Fatalf("life %d: Decode = %v", seed, err)
			}
		}
		for _, x := range append(slices.Clone(life), nil) {
			until := asOf
			if x != nil {
				until = x.At()
			}
			for r.IntN(2) == 0 && p.Due <= until {
				next, _ := e.Review(p, p.Due)
				keep(next)
			}
			if x == nil {
				next, _ := e.Review(p, asOf)
				keep(next)
				break
			}
			next, _, _ := e.Apply(p, x)
			keep(next)
		}
		if !slices.Equal(live, want) {
			t.Fatalf("life %d: live settles %+v, want %+v\n%s", seed, live, want, describe(life))
		}
		if got, want := unscheduled(p), unscheduled(reference.Profile); !bytes.Equal(got, want) {
			t.Fatalf("life %d: the profiles differ:\n got %x\nwant %x", seed, got, want)
		}
	}
	t.Logf("%d forecasts settled, %d of them of customers who were gone; %d open", frozen, gone, open)
	if some := scaled(50); frozen < 10*some || gone < some || gone > frozen-some || open < scaled(20) {
		t.Errorf("%d settled, %d gone, %d open: too few to prove anything", frozen, gone, open)
	}
}

// firstForecast lets a customer who has just bought wait for the beginning of a block.
func firstForecast(t *testing.T, e *score.Engine) score.Profile {
	t.Helper()
	p := e.Schedule(apply(t, e, e.New("c"), order("a", 18_300*day, 1000)))
	for p.Forecasts[0].Days == 0 {
		if p.Due > 18_300*day+horizon {
			t.Fatalf("nothing is forecast by %s, want something within %d days", p.Due, horizon/day)
		}
		next, _ := e.Review(p, p.Due)
		p = e.Schedule(next)
	}
	return p
}

// settled returns the one outcome of p, reviewed when its forecast is due.
func settled(t *testing.T, e *score.Engine, p score.Profile) score.Outcome {
	t.Helper()
	ripe := p.Forecasts[0].AsOf + horizon + 7*day
	if early, _ := e.Review(p, max(p.AsOf, ripe-1)); len(early.Outcomes) > 0 && p.AsOf < ripe {
		t.Errorf("a millisecond before %s there is %+v, want nothing", ripe, early.Outcomes)
	}
	p, _ = e.Review(p, max(p.AsOf, ripe))
	if len(p.Outcomes) != 1 {
		t.Fatalf("outcomes at %s: %+v, want one", ripe, p.Outcomes)
	}
	return p.Outcomes[0]
}

// What counts is what is known 7 days after the horizon: what comes late but before that counts, what comes after it does not,
// and nothing changes the risk that was frozen.
func TestAForecastIsSettledOnce(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	start := firstForecast(t, e)
	f := start.Forecasts[0]
	risk := int64(math.Round(e.Score(start, f.AsOf).Risk * 1e6))
	buy := func(id string, at event.Instant) event.Event { return order(id, at, 500) }
	seen := func(days event.Instant) event.Event { // moves the clock on
		at := f.AsOf + days*day
		return &event.Interaction{Head: event.Head{ID: fmt.Sprint("seen", days), Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Login}
	}
	cancel := func(id string, at event.Instant) event.Event {
		return &event.Purchase{Head: event.Head{ID: "x" + id, Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.Cancel, OrderID: id, Amount: event.Money{Currency: "USD"}}
	}
	for _, row := range []struct {
		why    string
		events []event.Event
		gone   bool
	}{
		{"nothing happened", nil, true},
		{"bought", []event.Event{buy("b", f.AsOf+40*day)}, false},
		{"bought at the last instant", []event.Event{buy("b", f.AsOf+horizon)}, false},
		{"bought too late", []event.Event{buy("b", f.AsOf+horizon+1)}, true},
		{"only looked", []event.Event{seen(30)}, true},
		{"it arrives late, but before it is settled", []event.Event{seen(96), buy("b", f.AsOf+40*day)}, false},
		{"it arrives after it was settled", []event.Event{seen(98), buy("b", f.AsOf+40*day)}, true},
		{"an order from before the forecast arrives late: neither the risk nor what came", []event.Event{seen(10), buy("b", f.AsOf-1)}, true},
		{"bought, and cancelled within the horizon", []event.Event{buy("b", f.AsOf+40*day), cancel("b", f.AsOf+50*day)}, true},
		{"bought, and cancelled after the horizon", []event.Event{buy("b", f.AsOf+40*day), cancel("b", f.AsOf+horizon+day)}, false},
	} {
		p, outcomes := start, []score.Outcome(nil)
		for _, x := range row.events {
			p = apply(t, e, p, x)
		}
		p, outcomes = taken(p)
		if len(outcomes) == 0 {
			outcomes = []score.Outcome{settled(t, e, p)}
		}
		want := score.Outcome{AsOf: f.AsOf, Model: e.Hash()[:8], Risk: risk, Gone: row.gone}
		if !slices.Equal(outcomes, []score.Outcome{want}) {
			t.Errorf("%s: got %+v, want %+v once", row.why, outcomes, want)
		}
	}
}

func TestGroupsOfOutcomes(t *testing.T) {
	plain := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Control = 0 })
	all := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Control = .9999 })
	for _, row := range []struct {
		why  string
		e    *score.Engine
		sent event.Instant // days into the horizon
		kind event.InteractionKind
		want score.Group
	}{
		{"written to on the first day", plain, 1, event.OutreachSent, score.Contacted},
		{"written to on the last day", plain, 90, event.OutreachSent, score.Contacted},
		{"written to after the horizon", plain, 91, event.OutreachSent, score.Uncontacted},
		{"written to before it arrives late", plain, 0, event.OutreachSent, score.Uncontacted},
		{"an opened mail is not one sent", plain, 5, event.Login, score.Uncontacted},
		{"a customer of the control group written to by mistake", all, 5, event.OutreachSent, score.Control},
	} {
		p := firstForecast(t, row.e)
		at := p.Forecasts[0].AsOf + row.sent*day
		x := &event.Interaction{Head: event.Head{ID: "o", Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: row.kind, Channel: "email"}
		p = apply(t, row.e, p, x)
		p, err := score.Decode(encode(p))
		if err != nil {
			t.Fatal(err)
		}
		if got := settled(t, row.e, p).Group; got != row.want {
			t.Errorf("%s: group %s, want %s", row.why, got, row.want)
		}
	}
}

// A forecast belongs to the model that made it, whoever settles it, and is settled over the horizon that it was made for.
func TestAForecastKeepsItsModel(t *testing.T) {
	old := newEngine(t, event.Calendar{}, nil)
	for _, known := range []bool{true, false} {
		m, err := model.Parse(modeltest.Quiet())
		if err != nil {
			t.Fatal(err)
		}
		m.Hash, m.Churn.Horizon = "00c0ffee00112233", 30*24*time.Hour
		var previous *score.Engine
		if known {
			previous = old
		}
		next, err := score.NewEngine(m, event.Calendar{}, avro.Identify, previous)
		if err != nil {
			t.Fatal(err)
		}
		p := firstForecast(t, old)
		f := p.Forecasts[0]
		p = apply(t, next, p, order("b", f.AsOf+60*day, 500))
		if p, err = score.Decode(encode(p)); err != nil {
			t.Fatal(err)
		}
		p, _ = next.Review(p, f.AsOf+horizon+7*day)
		var of []score.Outcome
		for _, o := range p.Outcomes {
			if o.Model == old.Hash()[:8] {
				of = append(of, o)
			} else if o.Model != "00c0ffee" {
				t.Errorf("outcome of model %q, want %s or 00c0ffee", o.Model, old.Hash()[:8])
			}
		}
		want := []score.Outcome{{AsOf: f.AsOf, Model: old.Hash()[:8], Risk: int64(f.Risk)}}
		if !slices.Equal(of, want) {
			t.Errorf("previous engine known %v: outcomes of the old model %+v, want %+v", known, of, want)
		}
	}
}

// The section of a customer's forecasts is small, and absent where there is none.
func TestBytesOfForecasts(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	p := firstForecast(t, e)
	size := func(n int, change func(*score.Forecast)) int {
		q := p
		clear(q.Forecasts[:])
		none := len(encode(q))
		copy(q.Forecasts[:n], []score.Forecast{p.Forecasts[0], p.Forecasts[0]})
		q.Forecasts[0].AsOf = p.AsOf - 96*day
		for i := range n {
			change(&q.Forecasts[i])
		}
		return len(encode(q)) - none
	}
	for _, row := range []struct {
		why    string
		n      int
		change func(*score.Forecast)
		want   int
	}{
		{"none", 0, func(*score.Forecast) {}, 0},
		{"one, a low risk", 1, func(f *score.Forecast) { f.Risk = 400_000 }, 2 + 7},
		{"one, a high risk, contacted", 1, func(f *score.Forecast) { f.Risk, f.Contacted = 900_000, true }, 2 + 8},
		{"two, in the days after a horizon", 2, func(f *score.Forecast) { f.Risk = 900_000 }, 2 + 8 + 6},
		{"one of another model", 1, func(f *score.Forecast) { f.Risk, f.Foreign = 900_000, true }, 2 + 12},
	} {
		if got := size(row.n, row.change); got != row.want {
			t.Errorf("%s: %d bytes, want %d", row.why, got, row.want)
		}
	}
}
