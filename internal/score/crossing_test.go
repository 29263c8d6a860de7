package score_test

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
	"tidemark/internal/stat"
)

// counted counts what is asked of a purchase model. A look of the engine at a customer asks at least for Discounted or for NoPurchase.
type counted struct {
	stat.PurchaseModel
	discounted, noPurchase int
}

func (c *counted) Discounted(h stat.Rhythm, months int, monthLength, rate float64) float64 {
	c.discounted++
	return c.PurchaseModel.Discounted(h, months, monthLength, rate)
}

func (c *counted) NoPurchase(h stat.Rhythm, horizon float64) float64 {
	c.noPurchase++
	return c.PurchaseModel.NoPurchase(h, horizon)
}

// looks is how often the engine has looked at a customer, at most.
func (c *counted) looks() int { return c.discounted + c.noPurchase }

// walker finds a crossing without any cleverness. It looks at every midnight, at every instant at which something may turn, and a
// millisecond before each of these instants: what has risen all day may turn back at midnight. Each look is a review of a profile
// whose Due is set by hand, so it takes no search.
type walker struct {
	engine   *score.Engine
	calendar event.Calendar
	// touches says that labels depend on interactions that grow old.
	touches bool
}

func (w walker) changed(p *score.Profile, at event.Instant) bool {
	q := *p
	q.Due = at
	_, transitions := w.engine.Review(q, at)
	return len(transitions) > 0
}

// someday returns p as of some day of the silence after its last event: soon mostly, sometimes as the year runs out. Some are
// at the level that a stricter model, which is no longer in force, has left them at.
func (w walker) someday(r *rand.Rand, p score.Profile) score.Profile {
	wait := 60 * day
	if r.IntN(4) == 0 {
		wait = 400 * day
	}
	p, _ = w.engine.Review(p, p.AsOf+event.Instant(r.Int64N(int64(wait))))
	if p.Episode.Level != churn.Watch || r.IntN(3) > 0 {
		return p
	}
	strict := p
	strict.Episode.Level, strict.Episode.Since, strict.Due = churn.Critical, p.AsOf-event.Instant(r.Int64N(int64(7*day))), score.Unscheduled
	if w.changed(&strict, p.AsOf+1) {
		return p
	}
	return strict
}

// breakpoints are the instants in (from, to] that are looked at.
func (w walker) breakpoints(p *score.Profile, from, to event.Instant) []event.Instant {
	var all []event.Instant
	for d := w.calendar.Day(from) + 1; w.calendar.Start(d) <= to; d++ {
		all = append(all, w.calendar.Start(d)-1, w.calendar.Start(d))
	}
	for f := p.History.Facts(from, w.calendar); f.Until <= to; f = p.History.Facts(f.Until, w.calendar) {
		all = append(all, f.Until-1, f.Until)
	}
	if w.touches {
		for f := p.History.Facts(from, w.calendar); min(f.Until, f.UntilTouches) <= to; f = p.History.Facts(min(f.Until, f.UntilTouches), w.calendar) {
			at := min(f.Until, f.UntilTouches)
			all = append(all, at-1, at)
		}
	}
	for _, stay := range []event.Instant{p.Standing.Since + 30*day, p.Episode.Since + 7*day} {
		if stay > from && stay <= to {
			all = append(all, stay-1, stay)
		}
	}
	if w.engine.Model().Reactions.TrailMonths > 0 {
		for month := w.calendar.Day(from).Month() - 3; w.engine.MonthEnd(month) <= to; month++ {
			all = append(all, w.engine.MonthEnd(month)+30*day-1, w.engine.MonthEnd(month)+30*day)
		}
	}
	all = append(all, to)
	slices.Sort(all)
	return slices.Compact(slices.DeleteFunc(all, func(at event.Instant) bool { return at <= from || at > to }))
}

// next returns the first crossing in (p.AsOf, to].
func (w walker) next(p *score.Profile, to event.Instant) (event.Instant, bool) {
	lo := p.AsOf
	for _, hi := range w.breakpoints(p, p.AsOf, to) {
		if !w.changed(p, hi) {
			lo = hi
			continue
		}
		for hi-lo > 1 {
			if mid := lo + (hi-lo)/2; w.changed(p, mid) {
				hi = mid
			} else {
				lo = mid
			}
		}
		return hi, true
	}
	return 0, false
}

// The crossing that is searched for is the one that a walk over every midnight and breakpoint meets first. The race detector
// makes the walks ten times slower: then a tenth of them is walked.
func TestNextCrossingAgreesWithTheWalk(t *testing.T) {
	profiles, span := scaled(10_000), 60*day
	zones := []event.Calendar{{}, {}, {}, inZone(t, "America/Sao_Paulo")}
	crossed, looks := make([]int, len(zones)), make([][]int, len(zones))
	t.Run("walks", func(t *testing.T) {
		for worker := range zones {
			count := new(counted)
			w := walker{calendar: zones[worker]}
			w.engine = newEngine(t, w.calendar, func(m *score.Model) {
				count.PurchaseModel = m.Value.Purchase
				m.Value.Purchase = count
				if worker == 2 {
					m.Stack, m.Churn.MinSpend = stacked(), 10_000
				}
				if worker == 1 {
					m.Churn.Lapse = 50 * 24 * time.Hour // soon after many an alert, on a day on which nothing else happens
					m.Churn.SecondOrder = 20 * 24 * time.Hour
				}
			})
			t.Run(strconv.Itoa(worker), func(t *testing.T) {
				t.Parallel()
				for seed := worker; seed < profiles && !t.Failed(); seed += len(zones) {
					r := rand.New(rand.NewPCG(uint64(seed), 1))
					life := newLife(r)
					p := w.someday(r, fold(t, w.engine, life[:1+r.IntN(len(life))]))
					before := count.looks()
					got, ok := w.engine.NextCrossing(p, p.AsOf)
					looks[worker] = append(looks[worker], count.looks()-before)
					if ok && got <= p.AsOf+span {
						crossed[worker]++
					}
					check(t, w, p, seed, got, ok, span)
				}
			})
		}
	})
	total := crossed[0] + crossed[1] + crossed[2] + crossed[3]
	all := slices.Concat(looks...)
	slices.Sort(all)
	if t.Failed() {
		return
	}
	if total*10 < profiles*3 {
		t.Errorf("%d of %d profiles cross something within %d days, want at least 30 %%", total, profiles, span/day)
	}
	median, most := all[len(all)/2], all[len(all)-1]
	t.Logf("%d profiles, %d cross within %d days; looks a search: median %d, 99 %% %d, most %d", profiles, total, span/day, median, all[len(all)*99/100], most)
	if median > 64 {
		t.Errorf("the median search takes %d looks, want at most 64", median)
	}
}

func check(t *testing.T, w walker, p score.Profile, seed int, got event.Instant, ok bool, span event.Instant) {
	want, walked := w.next(&p, p.AsOf+span)
	if !walked {
		if ok && got <= p.AsOf+span {
			t.Errorf("profile %d as of %s: NextCrossing = %s, the walk meets none until %s", seed, p.AsOf, got, p.AsOf+span)
		}
		return
	}
	if !ok || got != want {
		t.Errorf("profile %d as of %s: NextCrossing = %s, %v; the walk meets %s", seed, p.AsOf, got, ok, want)
		return
	}
	if _, transitions := w.engine.Review(p, want-1); len(transitions) != 0 {
		t.Errorf("profile %d: a millisecond before its crossing at %s Review tells %v, want nothing", seed, want, ids(transitions))
	}
	if _, transitions := w.engine.Review(p, want); len(transitions) == 0 || transitions[0].Common().AsOf != want {
		t.Errorf("profile %d: at its crossing at %s Review tells %v, want a transition of that instant", seed, want, ids(transitions))
	}
}

// crossings checks the crossing that is searched for on so many profiles of a stream, until one fails. It returns how many cross something within
// the span.
func (w walker) crossings(t *testing.T, profiles int, stream uint64, span event.Instant) (crossed int) {
	t.Helper()
	for seed := 0; seed < profiles && !t.Failed(); seed++ {
		r := rand.New(rand.NewPCG(uint64(seed), stream))
		life := newLife(r)
		p := w.someday(r, fold(t, w.engine, life[:1+r.IntN(len(life))]))
		got, ok := w.engine.NextCrossing(p, p.AsOf)
		if ok && got <= p.AsOf+span {
			crossed++
		}
		check(t, w, p, seed, got, ok, span)
	}
	return crossed
}

// Where the windows empty the search goes on for two centuries; where nobody has bought there is nothing to find.
func TestNextCrossingOfNobody(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	if at, ok := e.NextCrossing(e.New("c"), 0); ok {
		t.Errorf("NextCrossing of a customer without purchases = %s, want none", at)
	}
}

// Asking again, later or in steps, gives the same answer as long as nothing has been crossed.
func TestNextCrossingDoesNotDependOnWhenItIsAsked(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	for seed := range uint64(scaled(200)) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := fold(t, e, newLife(r))
		want, ok := e.NextCrossing(p, p.AsOf)
		if !ok || want-p.AsOf < 2 {
			continue
		}
		later := p.AsOf + 1 + event.Instant(r.Int64N(int64(want-p.AsOf-1)))
		q, transitions := e.Review(p, later)
		if len(transitions) > 0 {
			t.Fatalf("life %d: Review at %s tells %v, before the crossing at %s", seed, later, ids(transitions), want)
		}
		if got, _ := e.NextCrossing(q, later); got != want {
			t.Errorf("life %d: asked at %s NextCrossing = %s, want %s as at %s", seed, later, got, want, p.AsOf)
		}
		chained := p
		for chained = e.Schedule(chained); chained.Due < want; chained = e.Schedule(chained) {
			chained, transitions = e.Review(chained, chained.Due)
			if len(transitions) > 0 {
				t.Fatalf("life %d: the review at %s tells %v, before the crossing at %s", seed, chained.AsOf, ids(transitions), want)
			}
		}
		if chained.Due != want {
			t.Errorf("life %d: the chain of reviews is due at %s, want %s", seed, chained.Due, want)
		}
	}
}
