package history

import (
	"iter"
	"math"

	"tidemark/internal/event"
)

// Grievance is a complaint or an unhappy answer: an NPS below 7 (a detractor), a CSAT or a REVIEW below the middle of its
// scale.
type Grievance struct {
	// ID is the id of the event. It is empty for a grievance that was stored before ids were kept.
	ID    string
	At    event.Instant
	Day   event.Day
	Kind  event.FeedbackKind
	About event.Subject
	// Share is the place of the answer on its own scale, in [0, 1]; NaN for a complaint.
	Share float64
	// Unhappy is how far the answer lies below a content one, in (0, 1]: 1 is the worst. It is 0 for a complaint.
	Unhappy float64
	// Open says that no resolution has closed the complaint.
	Open bool
}

// The least answers of a customer who is not unhappy.
const (
	passive = 7 * scoreNPS
	middle  = scoreCSAT / 2
)

// grieves reports whether b is a Grievance.
func (b *feedback) grieves() bool {
	switch b.kind {
	case event.Complaint:
		return true
	case event.NPS:
		return b.score < passive
	case event.CSAT, event.Review:
		return b.score < middle
	case event.ComplaintResolved, event.UnknownFeedback:
	}
	return false
}

// Grievances yields the grievances of the trailing days before an instant, the oldest first. days is 1 to 365.
func (s *Summary) Grievances(at event.Instant, days int, c event.Calendar) iter.Seq[Grievance] {
	today := c.Day(at)
	return func(yield func(Grievance) bool) {
		for i := range s.feedbacks {
			b := &s.feedbacks[i]
			if b.at > at || today-b.day >= event.Day(min(days, window)) || !b.grieves() {
				continue
			}
			g := Grievance{ID: b.id, At: b.at, Day: b.day, Kind: b.kind, About: b.about}
			switch b.kind {
			case event.NPS:
				g.Share, g.Unhappy = float64(b.score)/(10*scoreNPS), 1-float64(b.score)/passive
			case event.CSAT, event.Review:
				g.Share, g.Unhappy = b.share(), 1-float64(b.score)/middle
			case event.Complaint:
				g.Share, g.Open = math.NaN(), !s.closed(b, at)
			case event.ComplaintResolved, event.UnknownFeedback:
			}
			if !yield(g) {
				return
			}
		}
	}
}

// Touches yields each day of the trailing 90 days with interactions of a kind, and the number of these interactions. It may
// yield a day twice.
func (s *Summary) Touches(kind event.InteractionKind, at event.Instant, c event.Calendar) iter.Seq2[event.Day, int] {
	today := c.Day(at)
	return func(yield func(event.Day, int) bool) {
		for i := range s.touches {
			t := &s.touches[i]
			if t.kind == kind && t.at <= at && today-t.day < touchWindow && !yield(t.day, 1) {
				return
			}
		}
		for i := range s.days {
			d := &s.days[i]
			if d.kind == kind && d.day <= today && today-d.day < touchWindow && !yield(d.day, int(d.n)) {
				return
			}
		}
	}
}
