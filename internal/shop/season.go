package shop

import (
	"math"
	"sort"
	"time"

	"tidemark/internal/event"
)

const (
	oneDay = 24 * time.Hour

	hourMillis = 60 * 60 * 1000
	weekHours  = 7 * 24
	weekMillis = weekHours * hourMillis
	// epoch is a Monday, 00:00 UTC.
	epoch event.Instant = 4 * 24 * hourMillis
)

// weeks is a time of trade, in weeks since the epoch. It runs faster than the clock when the shop is busy, and slower
// otherwise. Whole weeks of trade are whole weeks of the clock. So a Poisson process in weeks is busy at noon and in the
// evening and keeps its weekly rate.
type weeks float64

// season converts weeks to instants and back. before[h] is the share of a week's trade before hour h of the week.
type season struct{ before [weekHours + 1]float64 }

var (
	// Monday first. Sunday's trade makes up for Tuesday's.
	weekdays = [7]float64{0.95, 0.85, 0.9, 0.95, 1.1, 1.2, 1.05}
	// Few purchases at night, a peak at lunch, and a higher peak after work.
	hours = [24]float64{
		0.3, 0.15, 0.1, 0.1, 0.1, 0.2, 0.4, 0.7, 1, 1.2, 1.3, 1.4,
		1.7, 1.5, 1.2, 1.1, 1.2, 1.3, 1.6, 2, 2.2, 1.8, 1.1, 0.6,
	}
)

// newSeason returns the default season, or an even one.
func newSeason(steady bool) *season {
	s := &season{}
	var sum float64
	for h := range weekHours {
		weight := weekdays[h/24] * hours[h%24]
		if steady {
			weight = 1
		}
		sum += weight
		s.before[h+1] = sum
	}
	for h := range s.before {
		s.before[h] /= sum
	}
	return s
}

// instant is the instant of w, to the millisecond.
func (s *season) instant(w weeks) event.Instant {
	week, share := math.Modf(float64(w))
	h := sort.Search(weekHours-1, func(h int) bool { return s.before[h+1] > share })
	within := (share - s.before[h]) / (s.before[h+1] - s.before[h])
	return epoch + event.Instant(week)*weekMillis + event.Instant((float64(h)+within)*hourMillis)
}

// weeks is the inverse of instant. at must not be before the epoch.
func (s *season) weeks(at event.Instant) weeks {
	week, rest := (at-epoch)/weekMillis, (at-epoch)%weekMillis
	h, within := rest/hourMillis, float64(rest%hourMillis)/hourMillis
	return weeks(float64(week) + s.before[h] + within*(s.before[h+1]-s.before[h]))
}
