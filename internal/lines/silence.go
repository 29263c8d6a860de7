package lines

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
	"tidemark/internal/score/churn"
)

// quiet is a silence of a customer: the time between a purchase and the next one, as far as it lies in the time in which alerts are looked for.
// Its climbs say for every line of the grid when its alert comes, so one look at a silence judges all lines.
type quiet struct {
	climbs []climb
	days   int // purchase days
	// long is, by the places of silences, when the silence is so long.
	long [len(silences)]event.Instant
	// until is the instant of the next purchase or of the lapse, whichever comes first: no alert comes from then on. back is the instant of
	// the next purchase.
	until, back event.Instant
	// lapse is the instant of the lapse, if no purchase comes.
	lapse event.Instant
}

// course is what a customer did in the time in which alerts are looked for.
type course struct {
	// known is the number of days for which alerts about the customer are judged.
	known   float64
	silence []quiet // those with the purchase days and the spend for an alert
	// recent says that the customer had bought within the horizon before the cutoff, and has the purchase days and the spend for an alert.
	// The silence at the cutoff is then the first. left says that such a customer bought nothing in the horizon after the cutoff.
	recent, left bool
}

// searcher looks at customers after one cutoff.
type searcher struct {
	engine   *score.Engine
	calendar event.Calendar
	lines    churn.Lines
	// Alerts in (cutoff, end] are looked for. Those up to until are judged: a whole horizon of log follows them.
	cutoff, end, until event.Instant
	fewest             int // purchase days
	lately             bool
}

// counted is 1 at one of the newest cutoffs.
func (s *searcher) counted() int32 {
	if s.lately {
		return 1
	}
	return 0
}

// look looks at one customer's life.
func (s *searcher) look(events []event.Event) course {
	var out course
	var h history.Summary
	for len(events) > 0 && events[0].StatedAt() <= s.cutoff {
		h, _ = s.engine.Observe(h, events[0])
		events = events[1:]
	}
	at := s.cutoff
	var now *quiet // the silence at hand, nil if it can have no alert
	last := event.Day(0)
	for first := true; ; first = false {
		next, to := h, event.Never
		for len(events) > 0 {
			x := events[0]
			events = events[1:]
			grown, verdict := s.engine.Observe(h, x)
			if verdict == score.Accepted {
				next, to = grown, max(at, x.At())
				break
			}
		}
		f := s.engine.Facts(&h, at)
		if at < s.end && f.PurchaseDays > 0 && !f.TestAccount {
			out.known += max(0, days(min(to, s.until).Sub(at)))
			if first || now == nil || f.LastDay != last {
				if now != nil { // the purchase was taken back
					now.until = min(now.until, at)
				}
				now, last = nil, f.LastDay
				from := at
				if first { // whom an alert told of before the cutoff is to be seen in what came before
					from = min(at, s.calendar.Start(f.LastDay+1))
				}
				if f.PurchaseDays >= s.fewest && s.lines.Worth(f.Spend) {
					out.silence = append(out.silence, s.begin(&f, from))
					now = &out.silence[len(out.silence)-1]
					if first {
						s.climb(now, &h, from, at)
						out.recent = s.calendar.Since(f.LastDay, at) < days(s.lines.Horizon)
					}
				}
			}
			if now != nil {
				s.climb(now, &h, at, min(to, s.end))
			}
		}
		if to == event.Never {
			break
		}
		if g := s.engine.Facts(&next, to); now != nil && g.LastDay > last {
			now.back, now.until = to, min(now.until, to)
			if at >= s.end || to >= s.end {
				break // nothing later matters
			}
		}
		h, at = next, to
		if at >= s.end && now == nil {
			break
		}
	}
	out.left = out.recent && out.silence[0].back > s.cutoff.Add(s.lines.Horizon)
	return out
}

// begin returns a silence without climbs. No alert comes before from.
func (s *searcher) begin(f *history.Facts, from event.Instant) quiet {
	q := quiet{days: f.PurchaseDays, back: event.Never}
	q.lapse = s.calendar.Start(f.LastDay + event.Day(s.engine.Lapse(f)/(24*time.Hour)))
	q.until = q.lapse
	for i, n := range silences {
		q.long[i] = max(from, s.calendar.Start(f.LastDay+event.Day(n)))
	}
	return q
}
