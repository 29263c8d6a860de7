package watch

import (
	"fmt"
	"time"

	"tidemark/internal/event"
)

const (
	// quietFor is the time without a purchase of anybody after which the log counts as ended. A shop whose forecasts are worth a verdict sells
	// something every day; half a default horizon leaves room for a holiday and for a producer that is being mended.
	quietFor = 45 * 24 * time.Hour
	// lookAhead is the span before the last purchase in which a forecast is not known to have been seen through. It is longer than the usual
	// horizons, since half-years are all that the counters tell.
	lookAhead = 183 * 24 * time.Hour
)

// Seen says how far the log is known.
type Seen struct {
	// Newest is the instant of the newest purchase; 0 where none is known. Now is the instant of the verdict.
	Newest, Now event.Instant
}

// ended reports whether the log has ended, or is not known to go on.
func (s Seen) ended() bool { return s.Newest == 0 || s.Now.Sub(s.Newest) > quietFor }

// observed reports whether the outcomes of a half-year are known. After the log has ended, nobody buys: a forecast that looks beyond the end
// says nothing of the customers.
func (s Seen) observed(name string) bool {
	return !s.ended() || s.Newest != 0 && name < half(s.Newest.Add(-lookAhead))
}

// ReportsOf is Reports without the half-years whose outcomes are not known. Where none is left, a report holds no figures and no verdict,
// and Unobserved says how many forecasts were left out.
func (b Bounds) ReportsOf(counters map[string]int64, s Seen) []Report {
	return b.reports(counters, s.observed, func(r *Report) {
		if r.Unobserved == 0 {
			return
		}
		r.Why = "no purchase of anybody is known yet"
		if s.Newest != 0 {
			r.Why = fmt.Sprintf("nobody has bought anything since %s", s.Newest)
		}
	})
}
