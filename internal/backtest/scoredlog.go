package backtest

import (
	"context"
	"hash/fnv"
	"slices"
	"time"

	"tidemark/internal/chunk"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// scoredLog is a log scored by one engine from its beginning: what each customer did, and when alerts came.
type scoredLog struct {
	engine   *score.Engine
	calendar event.Calendar
	lines    churn.Lines
	cutoff   event.Instant
	// until is the last instant of an alert that can be judged: a whole horizon of log follows it.
	until event.Instant
	// lives are sorted by customer.
	lives []life
	crowd crowd
}

// life is one customer. The history ends one horizon after until.
type life struct {
	customer string
	seed     uint64 // seeds the draws
	// steps are the state at the cutoff, and the later ones.
	steps   []step
	history history.Summary
	// before is the churn level at the cutoff. moments are the alerts within the horizon after the cutoff.
	before  score.Level
	moments []moment
	// known is the number of days for which alerts about the customer are judged, counted the number of these days on which an alert was
	// possible.
	known, counted float64
	// active says that an alert was possible at the cutoff, and that the customer had bought within the horizon before. left says that an
	// active customer bought nothing within the horizon after the cutoff.
	active, left bool
}

// step is the state of a customer from an instant on.
type step struct {
	at    event.Instant
	days  int       // purchase days
	last  event.Day // the newest purchase day
	spend int64     // net over life
	lapse event.Day // the silence after which the customer is lost
}

// moment is the instant at which an episode first reached a level. An episode that begins at AT_RISK reaches WATCH at the same
// instant.
type moment struct {
	at     event.Instant
	level  score.Level
	silent float64 // days
	lead   float64 // days to the lapse
	stake  int64   // value at stake
	// judged says that a whole horizon of log follows the alert. The rest is known only then.
	judged bool
	left   bool // the alert was true: no purchase came within the horizon after it
	// returned is the number of days to the next purchase, if the customer is back by the end.
	returned float64
	back     bool
	// share is the share of the peers who left, if matched: if there are peers.
	share   float64
	matched bool
}

// atOnce is how many customers a processor takes at a time. A chunk takes less than a tenth of a second.
const atOnce = 256

// scoreLog scores a log with an engine from the beginning. So at the cutoff every customer has the labels of this engine. Then it judges
// the alerts. It tells how many customers have been scored. It returns the error of ctx.
func scoreLog(ctx context.Context, e *score.Engine, calendar event.Calendar, l *whole, cutoff event.Instant, tell teller) (*scoredLog, error) {
	lines := e.Model().Churn
	w := &scoredLog{engine: e, calendar: calendar, lines: lines, cutoff: cutoff}
	w.until = max(cutoff, min(cutoff.Add(lines.Horizon), l.last.Add(-lines.Horizon)))
	w.lives = make([]life, len(l.lives))
	if err := each(ctx, len(w.lives), func(i int) { w.lives[i] = w.live(l.lives[i]) }, func(n int) { tell(Scoring, n) }); err != nil {
		return nil, err
	}
	tell("judging the alerts", len(w.lives))
	w.crowd = crowdOf(w.lives)
	err := each(ctx, len(w.lives), func(i int) { w.judge(&w.lives[i]) }, func(int) {})
	return w, err
}

// each calls f for the places of n customers, on all processors, and tells how many are done.
func each(ctx context.Context, n int, f func(i int), done func(customers int)) error {
	total := 0
	return chunk.Ordered(ctx, n, atOnce, func(first, end int) int {
		for i := first; i < end; i++ {
			f(i)
		}
		return end - first
	}, func(more int) error {
		total += more
		done(total)
		return nil
	})
}

// live scores one customer's life.
func (w *scoredLog) live(events []event.Event) life {
	end := w.until.Add(w.lines.Horizon)
	l := life{customer: events[0].Common().Customer}
	h := fnv.New64a()
	_, _ = h.Write([]byte(l.customer)) // it never fails
	l.seed = h.Sum64()
	p := w.engine.New(l.customer)
	var transitions []score.Transition
	for _, x := range events {
		if x.StatedAt() > end {
			break
		}
		next, more, verdict := w.engine.Apply(p, x)
		if p, transitions = next, append(transitions, more...); verdict != score.Accepted {
			continue
		}
		if _, ok := x.(*event.Purchase); !ok {
			continue
		}
		f := w.engine.Facts(&p.History, p.AsOf)
		s := step{p.AsOf, f.PurchaseDays, f.LastDay, f.Spend, event.Day(w.engine.Lapse(&f) / (24 * time.Hour))}
		switch n := len(l.steps); {
		case n > 0 && s == l.steps[n-1]:
		case s.at <= w.cutoff: // nobody asks for what was before
			l.steps = append(l.steps[:0], s)
		default:
			l.steps = append(l.steps, s)
		}
	}
	p, more := w.engine.Review(p, end)
	l.history = p.History
	w.note(&l, append(transitions, more...))
	return l
}

// note collects the moments of a life.
func (w *scoredLog) note(l *life, transitions []score.Transition) {
	peak := churn.None
	for _, t := range transitions {
		a, ok := t.(*score.ChurnAlert)
		if !ok || a.Kind != score.Churn {
			continue
		}
		if a.AsOf <= w.cutoff {
			l.before = a.Level
		}
		if a.State == score.Raised {
			peak = churn.None
		}
		for level := peak + 1; level <= a.Level; level++ {
			peak = level
			if a.AsOf > w.cutoff && a.AsOf <= w.cutoff.Add(w.lines.Horizon) {
				s, _ := l.at(a.AsOf)
				l.moments = append(l.moments, moment{at: a.AsOf, level: level, silent: a.DaysSilent, lead: float64(s.lapse) - a.DaysSilent, stake: a.ValueAtStake})
			}
		}
	}
}

// judge finds out what came of a customer and of the alerts. All lives have been scored.
func (w *scoredLog) judge(l *life) {
	l.known, l.counted = w.exposure(l)
	if s, ok := l.at(w.cutoff); ok && w.counts(s, w.cutoff) && w.silent(s, w.cutoff) < w.lines.Horizon.Hours()/24 {
		l.active, l.left = true, w.left(l, w.cutoff)
	}
	for k := range l.moments {
		m := &l.moments[k]
		if m.at > w.until {
			continue
		}
		m.judged, m.left = true, w.left(l, m.at)
		if !m.left {
			m.returned, m.back = l.returned(m.at)
		}
		if k > 0 && l.moments[k-1].at == m.at { // an episode that begins at a higher level
			m.share, m.matched = l.moments[k-1].share, l.moments[k-1].matched
			continue
		}
		m.share, m.matched = w.matched(l, m.at)
	}
}

// at is the state of the customer at an instant from the cutoff on. It is false if no purchase stood then.
func (l *life) at(at event.Instant) (step, bool) {
	for _, s := range slices.Backward(l.steps) {
		if s.at <= at {
			return s, s.days > 0
		}
	}
	return step{}, false
}

// left reports whether the customer bought nothing in the horizon after an instant, as known at the end of the horizon.
func (w *scoredLog) left(l *life, at event.Instant) bool {
	return l.history.Between(at, at.Add(w.lines.Horizon)).Days == 0
}

// returned is the number of days from an instant to the next purchase day.
func (l *life) returned(at event.Instant) (after float64, ok bool) {
	was, _ := l.at(at)
	for _, s := range l.steps {
		if s.at > at && s.last > was.last {
			return days(s.at.Sub(at)), true
		}
	}
	return 0, false
}

// silent is the number of days since the last purchase day.
func (w *scoredLog) silent(s step, at event.Instant) float64 { return w.calendar.Since(s.last, at) }

// counts reports whether an alert about the customer is possible.
func (w *scoredLog) counts(s step, at event.Instant) bool {
	return w.lines.Counts(s.days, s.spend) && w.silent(s, at) < float64(s.lapse)
}

// exposure is the number of days for which alerts about the customer are judged, and the number of these days on which an alert
// was possible.
func (w *scoredLog) exposure(l *life) (known, counted float64) {
	for i, s := range l.steps {
		from, to := max(s.at, w.cutoff), w.until
		if i+1 < len(l.steps) {
			to = min(to, l.steps[i+1].at)
		}
		if s.days == 0 || from >= to {
			continue
		}
		known += days(to.Sub(from))
		if to = min(to, w.calendar.Start(s.last+s.lapse)); from < to && w.lines.Counts(s.days, s.spend) {
			counted += days(to.Sub(from))
		}
	}
	return known, counted
}
