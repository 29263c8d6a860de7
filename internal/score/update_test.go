package score_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tidemark/internal/event"
	"tidemark/internal/replay"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// talkative adds bursts of feedback and of contacts with the support to a life: up to four on a day, some of them stamped ahead of their
// record, some in the last minutes of a day.
func talkative(r *rand.Rand, life []event.Event) []event.Event {
	from, to := life[0].Common().OccurredAt, end(life)
	for n := range 4 + r.IntN(12) {
		at := from + event.Instant(r.Int64N(int64(to-from)))
		if r.IntN(3) == 0 {
			at += day - at%day - event.Instant(r.IntN(4*60*1000)) - 1
		}
		for m := range 1 + r.IntN(4) {
			head := event.Head{ID: fmt.Sprintf("said %d %d", n, m), Customer: "c", OccurredAt: at, RecordedAt: at}
			if r.IntN(4) == 0 {
				head.RecordedAt = at - event.Instant(r.IntN(5*60*1000))
			}
			about := event.Subject(1 + r.IntN(event.Subjects-1))
			switch r.IntN(6) {
			case 0:
				life = append(life, &event.Feedback{Head: head, Kind: event.ComplaintResolved})
			case 1:
				life = append(life, &event.Feedback{Head: head, Kind: event.CSAT, Score: float64(1 + r.IntN(5)), Min: 1, Max: 5, Scored: true, About: about})
			case 2:
				life = append(life, &event.Interaction{Head: head, Kind: event.SupportContact})
			default:
				life = append(life, &event.Feedback{Head: head, Kind: event.Complaint, About: about})
			}
			at += event.Instant(r.IntN(int(4 * hour)))
		}
	}
	slices.SortFunc(life, event.Compare)
	return life
}

// news is what an event has changed in an open episode, and until when an alert must say so.
type news struct {
	id         string
	at, before event.Instant
}

// Whatever changes the likely cause or the open complaints in an open episode is told within its day, or at the next midnight; never twice
// a day; and live as in a replay, id by id, through the encoding of the profiles.
func TestNewsIsToldOnceADay(t *testing.T) {
	for _, row := range []struct {
		why      string
		calendar event.Calendar
		change   func(*score.Model)
	}{
		{"a model to which complaints mean nothing", event.Calendar{}, nil},
		{"a model that listens, in a zone", inZone(t, "America/Sao_Paulo"), func(m *score.Model) { m.Stack = stacked() }},
		{"a model that looks for no cause", event.Calendar{}, func(m *score.Model) { m.Causes = score.Causes{} }},
	} {
		e := newEngine(t, row.calendar, row.change)
		told, atMidnight, windows := 0, 0, 0
		for seed := range uint64(scaled(400)) {
			r := rand.New(rand.NewPCG(seed, 8))
			life := talkative(r, newLife(r))
			l := newLedger(t, e)
			l.calendar = row.calendar
			var due []news
			for _, x := range life {
				at := max(x.At(), l.profile.AsOf)
				l.advance(at)
				before := l.profile
				l.apply(x)
				if n, ok := changed(e, row.calendar, &before, &l.profile, x); ok {
					due = append(due, n)
				}
				var err error
				if l.profile, err = score.Decode(encode(l.profile)); err != nil {
					t.Fatalf("%s, life %d: %v", row.why, seed, err)
				}
			}
			l.advance(end(life))
			alerts := alertsOf(l.transitions)
			for _, n := range due {
				if n.before <= end(life) && !slices.ContainsFunc(alerts, func(a *score.ChurnAlert) bool { return a.AsOf >= n.at && a.AsOf <= n.before }) {
					t.Errorf("%s, life %d: no alert from %s to %s tells of %s\n%s", row.why, seed, n.at, n.before, n.id, describe(life))
				}
			}
			for _, a := range alerts {
				if a.State != score.Updated {
					continue
				}
				told++
				if a.Cause == score.ByTime {
					atMidnight++
				}
				if a.Kind == score.SecondOrderWindow {
					windows++
				}
			}
			if got, want := ids(l.transitions), ids(replay.Run(e, life, end(life)).Customers[0].Transitions); !slices.Equal(got, want) {
				t.Fatalf("%s, life %d: live tells %v, replay %v\n%s", row.why, seed, got, want, describe(life))
			}
		}
		t.Logf("%s: %d UPDATED, %d of them by time, %d of a window", row.why, told, atMidnight, windows)
		if told < scaled(200) || atMidnight < scaled(40) || windows < scaled(5) {
			t.Errorf("%s: %d UPDATED, %d of them by time, %d of a window: the test has lost its subject", row.why, told, atMidnight, windows)
		}
	}
}

// changed returns what an event has changed in an episode that is open before and after the event, judged by what the public sees.
func changed(e *score.Engine, c event.Calendar, before, after *score.Profile, x event.Event) (news, bool) {
	if before.Episode.Level == churn.None || after.Episode.Level == churn.None {
		return news{}, false
	}
	at := max(after.AsOf, x.Common().OccurredAt)
	said := func(p score.Profile) [2]int {
		now := e.Score(p, at)
		return [2]int{int(e.Explain(p, at).WayBack.LikelyCause), now.OpenComplaints}
	}
	if said(*before) == said(*after) {
		return news{}, false
	}
	return news{x.Common().ID, after.AsOf, c.Start(c.Day(at)+1) + event.Instant(event.Tolerance/time.Millisecond)}, true
}

func alertsOf(transitions []score.Transition) (alerts []*score.ChurnAlert) {
	for _, x := range transitions {
		if a, ok := x.(*score.ChurnAlert); ok {
			alerts = append(alerts, a)
		}
	}
	return alerts
}

// An UPDATED moves no level: who buys nothing escalates and lapses at the same instants as one who says nothing. So do the factors and
// the stay of a level. Only the ids of what corrects, and what is said of the cause, differ.
func TestNewsMovesNothing(t *testing.T) {
	e := newEngine(t, event.Calendar{}, nil)
	step := func(l *ledger) (steps []string) {
		for _, a := range alertsOf(l.transitions) {
			if a.State != score.Updated {
				steps = append(steps, fmt.Sprint(a.State, a.Resolve, a.AsOf, a.Level, a.Risk, a.Factors, a.ActBy))
			}
		}
		return steps
	}
	updated := 0
	for seed := range uint64(scaled(200)) {
		r := rand.New(rand.NewPCG(seed, 9))
		life := newLife(r)
		life = slices.DeleteFunc(life, func(x event.Event) bool { _, said := x.(*event.Feedback); return said })
		quiet, loud := newLedger(t, e), newLedger(t, e)
		for _, x := range life {
			quiet.apply(x)
		}
		for _, x := range talkative(r, slices.Clone(life)) {
			loud.apply(x)
		}
		quiet.advance(end(life) + 400*day)
		loud.advance(end(life) + 400*day)
		if got, want := step(loud), step(quiet); !slices.Equal(got, want) {
			t.Fatalf("life %d: with news %v, without %v\n%s", seed, got, want, describe(life))
		}
		updated += len(alertsOf(loud.transitions)) - len(alertsOf(quiet.transitions))
	}
	if updated < scaled(100) {
		t.Errorf("%d UPDATED: the test has lost its subject", updated)
	}
}

// An episode that is muted stays muted with its news; a published one goes on to be published.
func TestNewsFollowsItsEpisode(t *testing.T) {
	for _, kind := range []score.AlertKind{score.Churn, score.SecondOrderWindow} {
		for _, old := range []bool{true, false} {
			raised := &score.ChurnAlert{Stamp: score.Stamp{AsOf: 10 * day}, State: score.Raised, Kind: kind}
			updated := &score.ChurnAlert{Stamp: score.Stamp{AsOf: 100 * day}, State: score.Updated, Kind: kind}
			now := 10 * day
			if old {
				now = 100 * day
			}
			var p score.Profile
			p.Publish([]score.Transition{raised}, now, 7*24*time.Hour)
			if got := p.Publish([]score.Transition{updated}, 100*day, 7*24*time.Hour); got[0] == old {
				t.Errorf("%s, RAISED muted %t: UPDATED published %t", kind, old, got[0])
			}
		}
	}
}
