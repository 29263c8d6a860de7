package score_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// noticing makes a model give notice so many days ahead, after a minimum stay of so many days.
func noticing(days, stay int) func(*score.Model) {
	return func(m *score.Model) { m.Reactions.NoticeDays, m.Tiers.MinStay = days, time.Duration(stay)*24*time.Hour }
}

// Notices come at the instant at which a walk over every midnight and breakpoint meets them, long and short before a fall, and however long a
// tier is kept.
func TestNoticesComeWhenTheWalkMeetsThem(t *testing.T) {
	for i, row := range []struct{ days, stay int }{{14, 30}, {1, 0}, {45, 30}, {90, 5}} {
		calendar := event.Calendar{}
		if i%2 == 1 {
			calendar = inZone(t, "America/Sao_Paulo")
		}
		w := walker{engine: newEngine(t, calendar, noticing(row.days, row.stay)), calendar: calendar}
		profiles := scaled(600)
		if crossed := w.crossings(t, profiles, uint64(50+i), event.Instant(60-i)*day); crossed*10 < profiles*3 {
			t.Errorf("%d days: %d of %d profiles cross something, want 30 %%", row.days, crossed, profiles)
		}
	}
}

// A notice is given on its day, or at once where a change has just led there; it comes true to the millisecond, or is withdrawn; and no fall in
// silence comes without one.
func TestNoticesComeTrue(t *testing.T) {
	for _, row := range []struct{ days, stay int }{{14, 30}, {40, 0}} {
		e := newEngine(t, event.Calendar{}, noticing(row.days, row.stay))
		states, fulfilled := map[score.NoticeState]int{}, 0
		for seed := range uint64(scaled(400)) {
			l := newLedger(t, e)
			life := newLife(rand.New(rand.NewPCG(seed, 7)))
			for _, x := range life {
				l.apply(x)
			}
			l.advance(l.profile.AsOf + 800*day)
			var stands *score.TierWillChange
			for _, x := range l.transitions {
				switch x := x.(type) {
				case *score.TierWillChange:
					states[x.State]++
					if x.State == score.Withdrawn {
						stands = nil
						continue
					}
					stands = x
					if early := (event.Calendar{}).Day(x.FallsAt) - (event.Calendar{}).Day(x.AsOf); early > event.Day(row.days) || x.FallsAt <= x.AsOf {
						t.Errorf("seed %d: told at %s of a fall at %s, want at most %d days ahead", seed, x.AsOf, x.FallsAt, row.days)
					} else if early < event.Day(row.days) && x.Cause == score.ByTime && x.State == score.Given && !tierChangesAt(l.transitions, x.AsOf) {
						t.Errorf("seed %d: told in silence at %s of a fall at %s, want %d days ahead", seed, x.AsOf, x.FallsAt, row.days)
					}
				case *score.ChurnAlert, *score.WonBack:
				case *score.TierChanged:
					if x.Direction != score.Down {
						continue
					}
					named := stands != nil && x.NoticeID == stands.NoticeID
					if named != (x.NoticeID != "") {
						t.Errorf("seed %d: the fall at %s names notice %q, want the one that stands, %+v", seed, x.AsOf, x.NoticeID, stands)
					}
					if x.Cause != score.ByTime {
						stands = nil
						continue
					}
					if !named || (event.Calendar{}).Day(stands.FallsAt) != (event.Calendar{}).Day(x.AsOf) || stands.ToCome != x.Tier || stands.Tier != x.Previous {
						t.Errorf("seed %d: silence lowers the tier at %s to %s, want what the notice said: %+v", seed, x.AsOf, x.Tier, stands)
					} else if !anyBetween(life, stands.AsOf, x.AsOf) && (stands.FallsAt != x.AsOf || stands.Then != x.After) {
						t.Errorf("seed %d: silence lowers the tier at %s to a score of %d, want what the notice said to the millisecond: %+v", seed, x.AsOf, x.After, stands)
					}
					fulfilled++
					stands = nil
				}
			}
			if t.Failed() {
				t.Fatalf("%s", describe(life))
			}
		}
		t.Logf("%d days: %v, %d come true", row.days, states, fulfilled)
		if states[score.Given] < scaled(200) || states[score.Moved] < scaled(3) || states[score.Withdrawn] < scaled(30) || fulfilled < scaled(100) {
			t.Errorf("%d days: %v, %d come true: the test has lost its subject", row.days, states, fulfilled)
		}
	}
}

func anyBetween(life []event.Event, from, to event.Instant) bool {
	return slices.ContainsFunc(life, func(x event.Event) bool { return x.At() > from && x.At() < to })
}

func tierChangesAt(transitions []score.Transition, at event.Instant) bool {
	for _, x := range transitions {
		if c, ok := x.(*score.TierChanged); ok && c.AsOf == at {
			return true
		}
	}
	return false
}

// Looking often, seldom or at odd instants tells the same, id by id.
func TestNoticesDoNotDependOnWhenSomebodyLooks(t *testing.T) {
	e := newEngine(t, event.Calendar{}, noticing(14, 30))
	told := 0
	for seed := range uint64(scaled(200)) {
		r := rand.New(rand.NewPCG(seed, 8))
		life := newLife(r)
		p := fold(t, e, life[:1+r.IntN(len(life))])
		end := p.AsOf + 500*day
		_, want := e.Review(p, end)
		var got []score.Transition
		for q := p; q.AsOf < end; {
			var more []score.Transition
			q, more = e.Review(q, min(end, q.AsOf+event.Instant(1+r.Int64N(int64(20*day)))))
			got = append(got, more...)
			if r.IntN(2) == 0 {
				q = e.Schedule(q)
			}
			if r.IntN(4) == 0 {
				q = decode(t, q)
			}
		}
		if fmt.Sprint(ids(got)) != fmt.Sprint(ids(want)) {
			t.Fatalf("seed %d: in steps %v, at once %v", seed, ids(got), ids(want))
		}
		for _, x := range want {
			if _, ok := x.(*score.TierWillChange); ok {
				told++
			}
		}
	}
	if told < scaled(100) {
		t.Errorf("%d notices: the test has lost its subject", told)
	}
}

func decode(t *testing.T, p score.Profile) score.Profile {
	t.Helper()
	q, err := score.Decode(encode(p))
	if err != nil {
		t.Fatal(err)
	}
	return q
}

// A profile with a notice that stands is read as it was written, and one without has no byte more.
func TestANoticeIsKept(t *testing.T) {
	e := newEngine(t, event.Calendar{}, noticing(14, 30))
	p, _ := weekly(t, e)
	bare := len(encode(p))
	for !p.Notice.Stands() {
		p, _ = e.Review(p, p.Due)
		p = e.Schedule(p)
	}
	for _, change := range []func(*score.Notice){
		func(*score.Notice) {}, func(n *score.Notice) { n.Muted = true }, func(n *score.Notice) { n.LastID, n.To = n.ID, tier.Low },
	} {
		n := *p.Notice
		change(&n)
		p.Notice = &n
		if q := decode(t, p); *q.Notice != *p.Notice {
			t.Errorf("read %+v, written %+v", *q.Notice, *p.Notice)
		}
	}
	with := len(encode(p))
	p.Notice = &score.Notice{Muted: true}
	if without := len(encode(p)); with-without > 52 || without-bare > 60 {
		t.Errorf("%d bytes with a notice, %d without, %d before", with, without, bare)
	}
	if q := decode(t, p); q.Notice.Stands() {
		t.Errorf("read %+v, want none", q.Notice)
	}
}

// What never falls has no notice, and the search for one ends.
func TestNobodyIsWarnedOfWhatNeverComes(t *testing.T) {
	for why, change := range map[string]func(*score.Model){
		"the lowest tier": func(m *score.Model) {
			m.Tiers.General, m.Tiers.Potential, m.Tiers.High = 9700, 9800, 9900
			m.Tiers.Margin = 50
		},
		"an id like a shop": func(m *score.Model) { m.Shop = score.Shop{OrdersPerDay: 2, MinDays: 1} },
	} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) { m.Reactions.NoticeDays = 365; change(m) })
		p := e.New("c")
		for i := range 20 {
			p = apply(t, e, p, order(fmt.Sprint("a", i), 20_000*day+event.Instant(i)*7*day, 30_000))
			p = apply(t, e, p, order(fmt.Sprint("b", i), 20_000*day+event.Instant(i)*7*day+hour, 30_000))
		}
		for from, n := p.AsOf, 0; ; n++ {
			at, ok := e.NextCrossing(p, from)
			if !ok {
				if at != event.Never {
					t.Errorf("%s: no crossing, and %s", why, at)
				}
				break
			}
			if n > 1000 {
				t.Fatalf("%s: crossings without end", why)
			}
			var transitions []score.Transition
			p, transitions = e.Review(p, at)
			for _, x := range transitions {
				if w, ok := x.(*score.TierWillChange); ok {
					t.Errorf("%s: %s at %s of a fall at %s", why, w.State, w.AsOf, w.FallsAt)
				}
			}
			from = p.AsOf
		}
	}
}

// A notice that is too old to be published is muted as a whole, but for a move that is young. One that was published is withdrawn however late.
func TestNoticesAreMutedAsAWhole(t *testing.T) {
	const week = 7 * 24 * time.Hour
	at := func(x *score.TierWillChange, day_ event.Instant) *score.TierWillChange {
		x.AsOf = day_ * day
		return x
	}
	given := func(d event.Instant) *score.TierWillChange { return at(&score.TierWillChange{State: score.Given}, d) }
	moved := func(d event.Instant) *score.TierWillChange { return at(&score.TierWillChange{State: score.Moved}, d) }
	withdrawn := func(d event.Instant) *score.TierWillChange {
		return at(&score.TierWillChange{State: score.Withdrawn}, d)
	}
	unannounced := func(x *score.TierWillChange) *score.TierWillChange { x.Unannounced = true; return x }
	for _, row := range []struct {
		why  string
		told []score.Transition
		want []bool
	}{
		{"young", []score.Transition{given(98), moved(99), withdrawn(99)}, []bool{true, true, true}},
		{"old, with its withdrawal", []score.Transition{given(90), withdrawn(99)}, []bool{false, false}},
		{"old, and moved of late", []score.Transition{given(90), moved(99), withdrawn(99)}, []bool{false, true, true}},
		{"old, and moved long ago", []score.Transition{given(80), moved(90), withdrawn(99)}, []bool{false, false, false}},
		{"another after an old one", []score.Transition{given(80), withdrawn(81), given(98), withdrawn(99)}, []bool{false, false, true, true}},
		{"of the control group", []score.Transition{unannounced(given(98)), unannounced(moved(99)), unannounced(withdrawn(99))}, []bool{false, false, false}},
	} {
		for _, batch := range []int{1, len(row.told)} {
			p := score.Profile{}
			var got []bool
			for told := range slices.Chunk(row.told, batch) {
				got = append(got, p.Publish(told, 100*day, week)...)
			}
			if !slices.Equal(got, row.want) {
				t.Errorf("%s, %d at a time: published %v, want %v", row.why, batch, got, row.want)
			}
		}
	}
	p := score.Profile{}
	p.Publish([]score.Transition{given(98)}, 100*day, week)
	if got := p.Publish([]score.Transition{withdrawn(110)}, 200*day, week); !got[0] {
		t.Error("the withdrawal of a published notice is muted, for it is old")
	}
}

// The control group is marked, and told of only where the model says so.
func TestNoticesOfTheControlGroup(t *testing.T) {
	for _, announce := range []bool{false, true} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) { noticing(14, 30)(m); m.Control, m.AnnounceControl = .999999, announce })
		p, _ := weekly(t, e)
		_, transitions := e.Review(p, p.AsOf+800*day)
		n := 0
		for _, x := range transitions {
			if x, ok := x.(*score.TierWillChange); ok {
				if n++; !x.ControlGroup || x.Unannounced == announce {
					t.Errorf("announced %t: %+v", announce, x.Stamp)
				}
			}
		}
		if n == 0 {
			t.Error("no notice was given")
		}
	}
}

// The advice for the lowest tier goes by what a customer is worth: the value at stake, the uplift and the cost.
func TestTheLowestTierIsSplit(t *testing.T) {
	seen := map[string]int{}
	for _, cost := range []int64{0, 300, 1 << 40} {
		e := newEngine(t, event.Calendar{}, func(m *score.Model) {
			m.Low = &score.LowTier{Retainable: score.Playbook{ID: "retainable"}, LowValue: score.Playbook{ID: "low"}, Cost: cost}
		})
		for seed := range uint64(50) {
			l := newLedger(t, e)
			for _, x := range newLife(rand.New(rand.NewPCG(seed, 9))) {
				l.apply(x)
			}
			for _, x := range l.transitions {
				c, ok := x.(*score.TierChanged)
				if !ok {
					continue
				}
				book := c.Playbook.ID
				if (c.Tier == tier.Low) != (book == "retainable" || book == "low") {
					t.Errorf("cost %d: the playbook of %s is %q", cost, c.Tier, book)
				}
				if cost == 1<<40 && book == "retainable" {
					t.Errorf("a pack that costs more than anybody is worth: %q", book)
				}
				if c.Tier == tier.Low {
					seen[fmt.Sprint(book, " at ", cost)]++
				}
			}
		}
	}
	if seen["retainable at 0"] == 0 || seen["low at 1099511627776"] == 0 || seen["retainable at 300"] == 0 || seen["low at 300"] == 0 {
		t.Errorf("%v: want both at 300, and the one or the other at the ends", seen)
	}
}

// An answer within the notice that leaves the day of the fall as it is, but not the tier after it, is told.
func TestANoticeMovesToAnotherTier(t *testing.T) {
	e := newEngine(t, event.Calendar{}, func(m *score.Model) { noticing(14, 0)(m); m.Tiers.General, m.Tiers.Margin = 200, 50 })
	p := e.New("c")
	for i := range 12 {
		p = apply(t, e, p, order(fmt.Sprint(i), 20_000*day+event.Instant(i)*hour, 30_000))
	}
	for p = e.Schedule(p); !p.Notice.Stands() && p.Due != event.Never; p = e.Schedule(p) {
		p, _ = e.Review(p, p.Due)
	}
	if p.Notice == nil || p.Notice.To != tier.Low {
		t.Fatalf("the notice is %+v, want one of a fall to LOW", p.Notice)
	}
	falls := p.Notice.FallsAt
	at := p.AsOf + day
	_, transitions, _ := e.Apply(p, &event.Feedback{Head: event.Head{ID: "happy", Customer: "c", OccurredAt: at, RecordedAt: at}, Kind: event.NPS, Score: 10, Max: 10, Scored: true})
	if len(transitions) != 1 {
		t.Fatalf("%d transitions, want the move alone", len(transitions))
	}
	moved, ok := transitions[0].(*score.TierWillChange)
	if !ok || moved.State != score.Moved || moved.ToCome != tier.General || moved.FallsAt != falls || moved.FellAt != falls {
		t.Errorf("%+v, want a move to GENERAL at %s", transitions[0], falls)
	}
}
