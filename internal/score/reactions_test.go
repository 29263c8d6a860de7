package score_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// reacting is a model that tells of drops of value and of unhappy customers early, and keeps a trail.
func reacting(m *score.Model) {
	answer := score.Action{Code: "CALL", Text: "Call", Owner: "SALES", DueHours: 24}
	m.Reactions = score.Reactions{
		TrailMonths: 24, Drop: score.Drop{Score: .1, Value: .2, Least: 2, Action: answer},
		Feedback: score.Feedback{WindowDays: 30, Falling: .2, Turned: true, Tier: tier.Potential, AtStake: 2000, OpenDays: 7, Action: answer},
	}
}

// What is told in silence, and when, is what a walk over every midnight meets.
func TestReactionsAreExactInSilence(t *testing.T) {
	for i, zone := range []event.Calendar{{}, inZone(t, "America/Sao_Paulo")} {
		e := newEngine(t, zone, reacting)
		w := walker{engine: e, calendar: zone}
		crossed := w.crossings(t, scaled(500), 40+uint64(i), 75*day)
		if crossed < scaled(500)/3 {
			t.Errorf("only %d profiles cross anything", crossed)
		}
	}
}

// outspoken lives say more than others: their words come between, before and after purchases.
func outspokenLife(r *rand.Rand) []event.Event {
	life := newLife(r)
	first := life[0].At()
	for n := range 1 + r.IntN(8) {
		at := first + event.Instant(r.Int64N(int64(300*day)))
		x := &event.Feedback{Head: event.Head{ID: "word " + string(rune('a'+n)), Customer: "c", OccurredAt: at, RecordedAt: at}}
		switch r.IntN(5) {
		case 0, 1:
			x.Kind, x.Score, x.Max, x.Scored = event.NPS, float64(r.IntN(11)), 10, true
		case 2:
			x.Kind, x.Score, x.Min, x.Max, x.Scored = event.CSAT, float64(1+r.IntN(5)), 1, 5, true
		case 3:
			x.Kind, x.About = event.Complaint, event.AboutDelivery
		case 4:
			x.Kind = event.ComplaintResolved
		}
		life = append(life, x)
	}
	slices.SortStableFunc(life, func(a, b event.Event) int { return int(min(1, max(-1, a.At()-b.At()))) })
	return life
}

// lived plays a life with the reviews that are due, and with looks at other instants where often says so.
func lived(t *testing.T, e *score.Engine, life []event.Event, looks *rand.Rand) (score.Profile, []score.Transition) {
	t.Helper()
	p := e.New("c")
	var all []score.Transition
	to := func(at event.Instant) {
		for looks != nil && p.AsOf > 0 && p.AsOf < at && looks.IntN(4) > 0 {
			var more []score.Transition
			p, more = e.Review(p, min(at, p.AsOf+1+event.Instant(looks.Int64N(int64(40*day)))))
			all = append(all, more...)
			if looks.IntN(3) == 0 {
				p = e.Schedule(p)
				again, err := score.Decode(p.Append(nil))
				if err != nil {
					t.Fatal(err)
				}
				p = again
			}
		}
	}
	for _, x := range life {
		to(x.At())
		var more []score.Transition
		p, more, _ = e.Apply(p, x)
		all = append(all, more...)
	}
	end := p.AsOf + 500*day
	to(end)
	p, more := e.Review(p, end)
	return p, append(all, more...)
}

// Reviews at any instants tell the same, and leave the same trail.
func TestReactionsDoNotDependOnWhoLooks(t *testing.T) {
	e := newEngine(t, event.Calendar{}, reacting)
	told := map[score.AlertKind]map[score.EpisodeState]int{score.FeedbackAlert: {}, score.ValueDrop: {}}
	for seed := range uint64(scaled(600)) {
		r := rand.New(rand.NewPCG(seed, 50))
		life := outspokenLife(r)
		p, want := lived(t, e, life, nil)
		q, got := lived(t, e, life, r)
		if !slices.Equal(ids(want), ids(got)) {
			t.Fatalf("life %d: with looks between\n%v\nwant\n%v\n%s", seed, ids(got), ids(want), describe(life))
		}
		p.Due, q.Due = 0, 0
		if !bytes.Equal(encode(p), encode(q)) {
			t.Fatalf("life %d: with looks between the profile is %+v, want %+v", seed, q, p)
		}
		for _, x := range want {
			if a, ok := x.(*score.ChurnAlert); ok && told[a.Kind] != nil {
				told[a.Kind][a.State]++
				explained(t, a)
			}
		}
	}
	t.Log(told)
	for kind, states := range told {
		if states[score.Raised] < 20 || states[score.Resolved] < 10 || states[score.Updated] < 1 {
			t.Errorf("%s: %v, want more of them", kind, states)
		}
	}
}

// explained holds an alert to what its reasons add up to.
func explained(t *testing.T, a *score.ChurnAlert) {
	t.Helper()
	var sum, value int64
	for _, reason := range a.Reasons {
		sum += reason.Weight
	}
	for _, reason := range a.ValueReasons {
		value += reason.Weight
	}
	switch m := a.Measured; {
	case a.Kind == score.ValueDrop && (sum != int64(m.ScoreAfter-m.ScoreBefore) || value != m.ValueAfter-m.ValueBefore):
		t.Errorf("%s: the reasons add up to %d, the score went from %d to %d", a.ID, sum, m.ScoreBefore, m.ScoreAfter)
	case a.Kind == score.ValueDrop && a.State == score.Raised && float64(m.ScoreAfter) > .9*float64(m.ScoreBefore) && float64(m.ValueAfter) > .8*float64(m.ValueBefore):
		t.Errorf("%s: nothing has dropped: %+v", a.ID, m)
	case a.Kind == score.FeedbackAlert && (a.State == score.Raised || a.State == score.Updated) && sum != 1000:
		t.Errorf("%s: the reasons add up to %d, want 1000: %+v", a.ID, sum, a.Reasons)
	case (a.State == score.Raised || a.State == score.Updated) && (a.ActBy <= a.AsOf || a.ActBy == event.Never || a.Action.Code != "CALL"):
		t.Errorf("%s: act by %s on %s with %+v", a.ID, a.ActBy, a.AsOf, a.Action)
	}
}

// A sample is the score at the end of the month. A sleep of years leaves the last two.
func TestTrailHoldsTheEndsOfMonths(t *testing.T) {
	e := newEngine(t, event.Calendar{}, reacting)
	for seed := range uint64(scaled(100)) {
		r := rand.New(rand.NewPCG(seed, 60))
		p := fold(t, e, newLife(r))
		asleep, _ := e.Review(p, p.AsOf+event.Instant(r.Int64N(int64(900*day))))
		trail := asleep.Trail
		if len(trail.Samples) > score.MaxTrail {
			t.Fatalf("%d samples", len(trail.Samples))
		}
		for i, s := range trail.Samples {
			at := e.MonthEnd(trail.Month - len(trail.Samples) + 1 + i)
			if at <= p.AsOf || s.Tier == tier.None {
				continue // as it was known then
			}
			want, _ := e.Review(p, at)
			score := e.Score(want, at)
			if s.Points != score.Points || s.Tier != score.Tier || int(s.Risk) != int(math.RoundToEven(score.Risk*1000)) || math.Abs(float64(s.Value)-float64(score.Current)/100) > .51 {
				t.Errorf("life %d: %s: %+v, want %+v", seed, at, s, score)
			}
		}
	}
	p, _, _ := e.Apply(e.New("c"), purchase(0))
	p, _ = e.Review(p, p.AsOf+1000*day)
	if n := len(p.Trail.Samples); n != score.MaxTrail {
		t.Errorf("%d samples after 1000 days, want %d", n, score.MaxTrail)
	}
	with := len(encode(p))
	p.Trail = score.Trail{}
	if size := float64(with-len(encode(p))) / score.MaxTrail; size > 7 {
		t.Errorf("%.1f bytes a month, want at most 7", size)
	}
}

// A late event rewrites no sample.
func TestTrailFoldsTheOrderOfCommits(t *testing.T) {
	e := newEngine(t, event.Calendar{}, reacting)
	p, _, _ := e.Apply(e.New("c"), purchase(0))
	p, _ = e.Review(p, p.AsOf+100*day)
	late := purchase(1)
	late.RecordedAt = p.AsOf
	q, _, verdict := e.Apply(p, late)
	if verdict != score.Accepted || len(p.Trail.Samples) < 3 || !slices.Equal(p.Trail.Samples, q.Trail.Samples) {
		t.Errorf("%s: trail %+v, want %+v", verdict, q.Trail, p.Trail)
	}
}

// With the lines left out, nothing is told and nothing kept.
func TestReactionsAreOff(t *testing.T) {
	on, off := newEngine(t, event.Calendar{}, reacting), newEngine(t, event.Calendar{}, nil)
	for seed := range uint64(scaled(100)) {
		life := outspokenLife(rand.New(rand.NewPCG(seed, 70)))
		_, all := lived(t, on, life, nil)
		p, got := lived(t, off, life, nil)
		all = slices.DeleteFunc(all, func(x score.Transition) bool {
			a, ok := x.(*score.ChurnAlert)
			return ok && a.Kind > score.SecondOrderWindow
		})
		if !slices.Equal(labels(all), labels(got)) || len(p.Trail.Samples) > 0 || p.Drop.Open() || p.Unhappy.Open() {
			t.Fatalf("life %d: off tells %v, on tells besides %v", seed, ids(got), ids(all))
		}
	}
}

// labels says what was told, and when. What a score is measured from is the last transition, so the words of one may depend on the others.
func labels(all []score.Transition) (said []string) {
	for _, x := range all {
		what := x.Common().AsOf.String()
		switch x := x.(type) {
		case *score.TierChanged:
			what += " " + x.Tier.String()
		case *score.ChurnAlert:
			what += " " + x.Kind.String() + " " + x.State.String() + " " + x.Level.String()
		case *score.WonBack:
			what += " back"
		case *score.TierWillChange:
			what += " notice " + x.State.String()
		case *score.SegmentChanged:
			what += " segment " + x.Change.String() + " " + x.Segment
		}
		said = append(said, what)
	}
	return said
}

// An episode of either kind is muted as a whole, and a younger one is not.
func TestReactionsAreMuted(t *testing.T) {
	p := score.Profile{}
	alert := func(kind score.AlertKind, state score.EpisodeState, at event.Instant) *score.ChurnAlert {
		return &score.ChurnAlert{Stamp: score.Stamp{AsOf: at}, Kind: kind, State: state}
	}
	got := p.Publish([]score.Transition{
		alert(score.ValueDrop, score.Raised, 0), alert(score.FeedbackAlert, score.Raised, 100*day), alert(score.ValueDrop, score.Updated, 100*day),
		alert(score.FeedbackAlert, score.Resolved, 100*day), alert(score.Churn, score.Raised, 100*day),
	}, 100*day, 7*24*time.Hour)
	if want := []bool{false, true, false, true, true}; !slices.Equal(got, want) || !p.Drop.Muted || p.Unhappy.Muted || p.Muted {
		t.Errorf("published %v, want %v; muted %v, %v, %v", got, want, p.Drop.Muted, p.Unhappy.Muted, p.Muted)
	}
}

// unhappyHigh is a customer of value whose value has dropped and who is unhappy.
func unhappyHigh(t *testing.T, e *score.Engine) score.Profile {
	t.Helper()
	p, last := weekly(t, e)
	p, _ = e.Review(p, p.AsOf+1)
	for p.Drop.What() == nil {
		if p = e.Schedule(p); p.Due > last.OccurredAt+300*day {
			t.Fatal("no drop")
		}
		p, _ = e.Review(p, p.Due)
	}
	word := &event.Feedback{Head: event.Head{ID: "w", Customer: "c", OccurredAt: p.AsOf + 1, RecordedAt: p.AsOf + 1}, Kind: event.Complaint}
	p, _, _ = e.Apply(p, word)
	if !p.Drop.Open() || !p.Unhappy.Open() {
		t.Fatalf("drop %+v, unhappy %+v", p.Drop, p.Unhappy)
	}
	return p
}

// An erasure, a merger, a test account, another model and a model without these lines end both episodes, each with its reason.
func TestWhatEndsReactions(t *testing.T) {
	e := newEngine(t, event.Calendar{}, reacting)
	p := unhappyHigh(t, e)
	head := event.Head{ID: "x", Customer: "c", OccurredAt: p.AsOf + hour, RecordedAt: p.AsOf + hour}
	apply := func(x event.Event) (score.Profile, []score.Transition) {
		q, all, verdict := e.Apply(p, x)
		if verdict != score.Accepted {
			t.Fatalf("%s", verdict)
		}
		return q, all
	}
	other := replacing(t, modelOf(t, "other", func(m *score.Model) { plain(m); reacting(m); m.Reactions.Drop.Score = .15 }), e, p.AsOf+hour)
	without := replacing(t, modelOf(t, "without", plain), e, p.AsOf+hour)
	for _, row := range []struct {
		why            string
		end            func() (score.Profile, []score.Transition)
		drop, feedback score.ResolveReason
	}{
		{"an erasure", func() (score.Profile, []score.Transition) {
			return apply(&event.Interaction{Head: head, Kind: event.Erased})
		}, score.ByErased, score.ByErased},
		{"a merger", func() (score.Profile, []score.Transition) {
			return apply(&event.Interaction{Head: head, Kind: event.MergedInto, OtherCustomer: "d"})
		}, score.ByMerged, score.ByMerged},
		{"a test account", func() (score.Profile, []score.Transition) {
			return apply(&event.Interaction{Head: head, Kind: event.Attributes, Attributes: map[string]string{"test_account": "true"}})
		}, score.ByCorrected, score.ByCorrected},
		{"another model", func() (score.Profile, []score.Transition) { return other.Review(p, p.AsOf+hour) }, score.ByNewModel, score.UnknownReason},
		{"a model without the lines", func() (score.Profile, []score.Transition) { return without.Review(p, p.AsOf+hour) }, score.ByNewModel, score.ByNewModel},
	} {
		q, all := row.end()
		got := map[score.AlertKind]score.ResolveReason{}
		for _, x := range all {
			if a, ok := x.(*score.ChurnAlert); ok {
				got[a.Kind] = a.Resolve
				if id := map[score.AlertKind]string{score.ValueDrop: p.Drop.ID, score.FeedbackAlert: p.Unhappy.ID}[a.Kind]; id != "" && a.EpisodeID != id {
					t.Errorf("%s: episode %q, want %q", row.why, a.EpisodeID, id)
				}
			}
		}
		if got[score.ValueDrop] != row.drop || got[score.FeedbackAlert] != row.feedback || q.Drop.Open() || q.Unhappy.Open() != (row.feedback == score.UnknownReason) {
			t.Errorf("%s: %v, want %s and %s", row.why, got, row.drop, row.feedback)
		}
	}
}

// The alerts of the control group are recorded, and kept from the topic.
func TestReactionsOfTheControlGroupAreKeptBack(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { reacting(m); m.Control = .9999 })
	p := unhappyHigh(t, e)
	_, all, _ := e.Apply(p, &event.Feedback{Head: event.Head{ID: "again", Customer: "c", OccurredAt: p.AsOf + 1, RecordedAt: p.AsOf + 1}, Kind: event.NPS, Score: 1, Max: 10, Scored: true})
	if len(all) != 1 || !all[0].Common().ControlGroup || !all[0].Common().Unannounced {
		t.Fatalf("%v", labels(all))
	}
}

// A drop is measured from the sample, not from what became known of that month later: the difference is a reason of its own.
func TestDropsAreMeasuredFromTheSample(t *testing.T) {
	e := newEngine(t, event.Calendar{}, reacting)
	p, _ := weekly(t, e)
	month := p.AsOf
	for len(p.Trail.Samples) == 0 || e.MonthEnd(p.Trail.Month) <= month {
		p, _ = e.Review(p, p.AsOf+day)
	}
	sample := p.Trail.Samples[len(p.Trail.Samples)-1]
	late := purchase(12)
	late.ID, late.OrderID, late.Amount.Minor, late.RecordedAt = "late", "late", 2_000, p.AsOf
	p, _, verdict := e.Apply(p, late)
	end := e.MonthEnd(p.Trail.Month)
	for at := p.AsOf; p.AsOf < at+300*day; {
		var all []score.Transition
		p = e.Schedule(p)
		p, all = e.Review(p, p.Due)
		for _, x := range all {
			a, ok := x.(*score.ChurnAlert)
			if !ok || a.Kind != score.ValueDrop || a.Measured.Since != end {
				continue
			}
			restated := slices.ContainsFunc(a.Reasons, func(r score.Reason) bool { return r.Name == "restated" && r.Weight != 0 })
			if explained(t, a); a.Measured.ScoreBefore != sample.Points || !restated {
				t.Errorf("%s: measured %+v, want from %+v; reasons %+v", verdict, a.Measured, sample, a.Reasons)
			}
			return
		}
	}
	t.Fatal("no drop since that month")
}
