package score_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

// modelOf returns the default model, changed, under a hash.
func modelOf(t testing.TB, hash string, change func(*score.Model)) score.Model {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&m)
	}
	m.Hash, m.Version = hash, hash
	return m
}

// replacing returns the engine of a model that replaces another from an instant on.
func replacing(t testing.TB, m score.Model, previous *score.Engine, from event.Instant) *score.Engine {
	t.Helper()
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, previous)
	if err != nil {
		t.Fatal(err)
	}
	return e.Effective(from)
}

const kept, tried = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

// another changes a model at random, so that tiers, levels, windows and lapses all come otherwise.
func another(r *rand.Rand) func(*score.Model) {
	return func(m *score.Model) {
		by := int32(r.IntN(1500)) - 700
		m.Tiers.General, m.Tiers.Potential, m.Tiers.High = m.Tiers.General+by, m.Tiers.Potential+by, m.Tiers.High+by
		m.Tiers.MinStay = time.Duration(r.IntN(60)) * 24 * time.Hour
		for i := range m.Churn.Levels {
			level := &m.Churn.Levels[i]
			scale := .4 + 1.2*r.Float64()
			if i > 0 {
				scale = 1
			}
			level.Up, level.Down, level.Floor = int32(float64(level.Up)*scale), int32(float64(level.Down)*scale), level.Floor*(.5+float64(i)/4)
		}
		m.Churn.MinStay = time.Duration(r.IntN(40)) * 24 * time.Hour
		m.Churn.Lapse = time.Duration(60+r.IntN(400)) * 24 * time.Hour
		m.Churn.MinSilence = time.Duration(1+r.IntN(30)) * 24 * time.Hour
		m.Churn.SecondOrder = time.Duration(r.IntN(59)) * 24 * time.Hour
		m.Reactions.NoticeDays = r.IntN(3) * 20
	}
}

// play lives a life up to an instant, as a lane does: events in order, reviews when they are due, profiles in their encoding. Each engine
// takes over when it comes into force. tell hears the transitions.
func play(t testing.TB, life []event.Event, engines []*score.Engine, until event.Instant, tell func(score.Transition)) score.Profile {
	t.Helper()
	e := engines[0]
	p := e.New("c")
	hear := func(next score.Profile, transitions []score.Transition) {
		var err error
		if p, err = score.Decode(encode(e.Schedule(next))); err != nil {
			t.Fatalf("Decode = %v", err)
		}
		for _, x := range transitions {
			tell(x)
		}
	}
	reach := func(at event.Instant) {
		for p.Due <= at {
			hear(e.Review(p, p.Due))
		}
	}
	later := engines[1:]
	step := func(at event.Instant) {
		for len(later) > 0 && later[0].EffectiveAt() <= at {
			reach(later[0].EffectiveAt())
			e, later = later[0], later[1:]
			if !p.Unknown() {
				hear(e.Review(p, max(p.AsOf, e.EffectiveAt())))
			} else {
				p = e.New("c")
			}
		}
	}
	for _, x := range life {
		at := x.At()
		if at > until {
			break
		}
		step(at)
		next, transitions, _ := e.Apply(p, x)
		hear(next, transitions)
	}
	step(until)
	reach(until)
	hear(e.Review(p, until))
	return p
}

// remembered are the labels of a profile and their memory: all that the labels to come depend on besides the history.
func remembered(p score.Profile) string {
	ep := p.Episode
	return fmt.Sprint(p.AsOf, p.Standing.Tier, p.Standing.Since, ep.Level, ep.Since, ep.RaisedAt, p.Second.Open, p.Second.Closed, p.Second.RaisedAt, p.Notice.Stands())
}

// switched is a life during which a model is tried, and taken back.
type switched struct {
	seed uint64
	life []event.Event
	// from is when the model comes into force, back when the model before comes back.
	from, back event.Instant
	// never is the engine of the model before, trial that of the model that replaces it, again that of the model before when it comes back.
	never, trial, again *score.Engine
}

func newSwitched(t testing.TB, seed uint64) switched {
	r := rand.New(rand.NewPCG(seed, 11))
	life := newLife(r)
	first, last := life[0].At(), end(life)
	from := first - 20*day + event.Instant(r.Int64N(int64(last-first)+int64(20*day)))
	back := from + 1 + event.Instant(r.Int64N(int64(score.TakeBackWithin/time.Millisecond)-1))
	a := modelOf(t, kept, func(m *score.Model) {
		plain(m)
		m.Reactions.NoticeDays = int(seed%3) * 14
	})
	s := switched{seed: seed, life: life, from: from, back: back, never: replacing(t, a, nil, 0)}
	s.trial = replacing(t, modelOf(t, tried, another(r)), s.never, from)
	s.again = replacing(t, a, s.trial, back)
	return s
}

func (s *switched) String() string {
	return fmt.Sprintf("life %d, switched at %s, taken back at %s", s.seed, s.from, s.back)
}

// compare holds the labels of a customer, and their memory, and the next crossing, to those of another run.
func (s *switched) compare(t *testing.T, got, want score.Profile) {
	t.Helper()
	if remembered(got) != remembered(want) {
		t.Fatalf("%s:\n got %s\nwant %s\n%s", s, remembered(got), remembered(want), describe(s.life))
	}
	gotDue, _ := s.never.NextCrossing(got, got.AsOf)
	if wantDue, _ := s.never.NextCrossing(want, got.AsOf); gotDue != wantDue {
		t.Fatalf("%s: the next crossing: got %s, want %s", s, gotDue, wantDue)
	}
}

// TestATakenBackModelLeavesNoLabel is the law of a switch that is taken back: the labels, and their memory, are those of a customer whom
// the model never scored. The law holds with any events in between that come in order, and for customers who come in between.
func TestATakenBackModelLeavesNoLabel(t *testing.T) {
	n := said{}
	for seed := range uint64(scaled(800)) {
		s := newSwitched(t, seed)
		until := s.back + event.Instant(seed%200)*day
		for _, at := range []event.Instant{s.back, until} {
			want := play(t, s.life, []*score.Engine{s.never}, at, func(score.Transition) {})
			var told []score.Transition
			got := play(t, s.life, []*score.Engine{s.never, s.trial, s.again}, at, func(x score.Transition) { told = append(told, x) })
			s.compare(t, got, want)
			if at == s.back {
				n.count(t, &s, told)
			}
		}
	}
	t.Logf("%+v", n)
	if min(n.corrected, n.retracted, n.raisedAgain, n.between, n.born) < scaled(3) {
		t.Error("some of these are too few: the test shows nothing of them")
	}
}

// said counts what a model on trial said, and what of it the way back corrects.
type said struct{ total, corrected, retracted, raisedAgain, between, born int }

// count holds the transitions of the way back to correcting only what the model on trial had said, and to retracting the episodes that
// this model had begun.
func (n *said) count(t *testing.T, s *switched, told []score.Transition) {
	t.Helper()
	byTrial := map[string]bool{}
	for _, x := range told {
		common := x.Common()
		if common.ModelVersion == tried {
			byTrial[common.ID] = true
			n.total++
		}
		if common.AsOf != s.back || common.Cause != score.ByModel || common.ModelVersion != kept {
			continue
		}
		corrects := ""
		switch x := x.(type) {
		case *score.TierChanged:
			corrects = x.Corrects
		case *score.ChurnAlert:
			corrects = x.Corrects
			over := x.State == score.Resolved || x.State == score.Retracted
			if over && (x.State == score.Retracted) != byTrial[x.EpisodeID] {
				t.Fatalf("%s: %s of an episode that the model on trial had raised: %v", s, x.State, byTrial[x.EpisodeID])
			}
			if x.State == score.Retracted {
				n.retracted++
			}
			if x.State == score.Retracted && (x.Resolve != score.ByNewModel || corrects == "") {
				t.Fatalf("%s: retracted for %s, corrects %q; want MODEL, and the id of the alert before", s, x.Resolve, corrects)
			}
			if x.State == score.Raised && corrects != "" {
				n.raisedAgain++
			}
		case *score.TierWillChange, *score.SegmentChanged: // told anew
		case *score.WonBack:
			t.Fatalf("%s: a win-back, %+v; want none: nobody has come back", s, x)
		}
		if corrects == "" {
			continue
		}
		if n.corrected++; !byTrial[corrects] {
			t.Fatalf("%s: %+v corrects what the model on trial had not said", s, x)
		}
	}
	if first := s.life[0].At(); first > s.from && first < s.back {
		n.born++
	}
	for _, x := range s.life {
		if at := x.At(); at > s.from && at < s.back {
			n.between++
		}
	}
}

// TestTakenBackAndTriedAgain: the way back is a switch, too. Where the model that was tried comes back in turn, its labels are those of a
// customer whom it has scored all the time since the first switch.
func TestTakenBackAndTriedAgain(t *testing.T) {
	for seed := range uint64(scaled(150)) {
		s := newSwitched(t, seed)
		at := s.back + 5*day
		third := replacing(t, s.trial.Model(), s.again, at)
		want := play(t, s.life, []*score.Engine{s.never, s.trial}, at, func(score.Transition) {})
		got := play(t, s.life, []*score.Engine{s.never, s.trial, s.again, third}, at, func(score.Transition) {})
		if remembered(got) != remembered(want) {
			t.Fatalf("%s, tried again:\n got %s\nwant %s\n%s", &s, remembered(got), remembered(want), describe(s.life))
		}
	}
}

// TestASwitchIsForgotten: once a model has been in force for TakeBackWithin, nothing is kept of the model before. A switch to that model is
// then a switch like any other.
func TestASwitchIsForgotten(t *testing.T) {
	late := 0
	for seed := range uint64(scaled(150)) {
		s := newSwitched(t, seed)
		over := s.from.Add(score.TakeBackWithin)
		p := play(t, s.life, []*score.Engine{s.never, s.trial}, over-1, func(score.Transition) {})
		if !p.Unknown() && p.AsOf == over-1 && p.Former == nil {
			t.Fatalf("%s: a millisecond before %s, nothing is known of the model before; want its labels", &s, over)
		}
		if p, _ = s.trial.Review(p, over); p.Former != nil {
			t.Fatalf("%s: at %s, %+v is kept of the model before; want nothing", &s, over, p.Former)
		}
		again := replacing(t, s.never.Model(), s.trial, over)
		p, transitions := again.Review(p, over)
		for _, x := range transitions {
			if x, ok := x.(*score.ChurnAlert); ok && x.Cause == score.ByModel && (x.State == score.Retracted || x.Corrects != "") {
				t.Fatalf("%s: at %s, %+v; want a switch like any other", &s, over, x)
			}
		}
		if p.Standing.Since == over || p.Episode.Since == over {
			late++
		}
	}
	if late == 0 {
		t.Error("no label changes with a late way back: the test shows nothing")
	}
}

// TestTakingBackIsTold tells one way back: what only the model on trial had said is taken back, and what it had ended goes on.
func TestTakingBackIsTold(t *testing.T) {
	const week = 7 * 24 * time.Hour
	start := 18_300 * day
	silent := start + 120*day
	hasty := func(m *score.Model) {
		plain(m)
		m.Tiers.General, m.Tiers.Potential, m.Tiers.High = 500, 1000, 2000
		for i := range m.Churn.Levels {
			m.Churn.Levels[i].Up, m.Churn.Levels[i].Down = int32(100*i+100), int32(50*i+50)
			m.Churn.Levels[i].Floor = 0
		}
	}
	calm := func(m *score.Model) {
		plain(m)
		for i := range m.Churn.Levels {
			m.Churn.Levels[i].Floor = .97 + float64(i)/100
		}
	}
	for _, row := range []struct {
		why         string
		kept, tried func(*score.Model)
		there, back []string
		muted       bool
		public      []bool
	}{
		{
			"the model on trial raises what the model before does not", calm, hasty,
			[]string{"POTENTIAL to HIGH", "CHURN RAISED CRITICAL"},
			[]string{"HIGH to POTENTIAL corrects 0", "CHURN RETRACTED NONE corrects 1"},
			false,
			[]bool{true, true},
		},
		{
			"the model on trial ends what the model before has raised", hasty, calm,
			[]string{"HIGH to POTENTIAL", "CHURN RESOLVED NONE"},
			[]string{"POTENTIAL to HIGH corrects 0", "CHURN RAISED CRITICAL corrects 1"},
			false,
			[]bool{true, true},
		},
		{
			"an episode of which nobody has heard goes on unheard", hasty, calm,
			[]string{"HIGH to POTENTIAL", "CHURN RESOLVED NONE"},
			[]string{"POTENTIAL to HIGH corrects 0", "CHURN RAISED CRITICAL corrects 1"},
			true,
			[]bool{true, false},
		},
	} {
		never := replacing(t, modelOf(t, kept, row.kept), nil, 0)
		trial := replacing(t, modelOf(t, tried, row.tried), never, silent)
		again := replacing(t, modelOf(t, kept, row.kept), trial, silent+3*day)
		p := never.New("c")
		for n := range 4 {
			p = apply(t, never, p, order(fmt.Sprint("o", n), start+event.Instant(n)*7*day, 6000))
		}
		p, _ = never.Review(p, silent-1)
		p.Muted = row.muted
		before := p
		p, there := trial.Review(p, silent)
		p.Publish(there, silent, week)
		if got := tellings(there, nil); !slices.Equal(got, row.there) {
			t.Errorf("%s: the switch tells %q, want %q", row.why, got, row.there)
		}
		p, back := again.Review(p, silent+3*day)
		if got := tellings(back, there); !slices.Equal(got, row.back) {
			t.Errorf("%s: the way back tells %q, want %q", row.why, got, row.back)
		}
		if got := p.Publish(back, silent+3*day, week); !slices.Equal(got, row.public) {
			t.Errorf("%s: published %v, want %v", row.why, got, row.public)
		}
		if before, _ = never.Review(before, silent+3*day); remembered(p) != remembered(before) {
			t.Errorf("%s: afterwards %s, want %s", row.why, remembered(p), remembered(before))
		}
	}
}

// tellings are transitions in words; those that they correct are named by their place in a list.
func tellings(transitions, corrected []score.Transition) []string {
	var all []string
	for _, x := range transitions {
		words, corrects := "", ""
		switch x := x.(type) {
		case *score.TierChanged:
			words, corrects = fmt.Sprintf("%s to %s", x.Previous, x.Tier), x.Corrects
		case *score.ChurnAlert:
			words, corrects = fmt.Sprintf("%s %s %s", x.Kind, x.State, x.Level), x.Corrects
		case *score.TierWillChange:
			words, corrects = fmt.Sprintf("TIER_NOTICE %s %s", x.State, x.ToCome), x.Corrects
		case *score.WonBack:
			words = "WON_BACK"
		case *score.SegmentChanged:
			words, corrects = fmt.Sprintf("SEGMENT %s %s", x.Change, x.Segment), x.Corrects
		}
		if corrects != "" {
			words += fmt.Sprint(" corrects ", slices.Index(ids(corrected), corrects))
		}
		if x.Common().Cause != score.ByModel {
			words += " " + x.Common().Cause.String()
		}
		all = append(all, words)
	}
	return all
}

func TestAFormerIsReadAgain(t *testing.T) {
	id := "00112233445566778899aabbccddeeff"
	for why, f := range map[string]*score.Former{
		"of nobody":           {Model: "aaaaaaaa"},
		"of a prospect":       {Model: "aaaaaaaa", AsOf: 900},
		"a tier that is left": {Model: "aaaaaaaa", AsOf: 900, Standing: score.Standing{Since: 7}},
		"all of it": {
			Model: "0123abcd", AsOf: 900, Standing: score.Standing{Tier: tier.High, Since: 5},
			Episode: score.Episode{Level: churn.AtRisk, Since: 8, RaisedAt: 7, ID: id}, Second: score.SecondOrder{Open: true, Closed: true, RaisedAt: 3, ID: "00"},
			Lapse: score.Lapse{EpisodeID: id, At: 12}, Heard: score.HeardTier | score.HeardWindow, Ended: id, Muted: true,
		},
	} {
		b := encode(score.Profile{AsOf: 1000, Due: event.Never, Former: f})
		p, err := score.Decode(b)
		if err != nil || !reflect.DeepEqual(p.Former, f) {
			t.Errorf("%s: got %+v, %v; want %+v", why, p.Former, err, f)
		}
	}
}
