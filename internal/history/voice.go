package history

import (
	"math"

	"tidemark/internal/event"
)

// Voice is an answer or a complaint: what a customer has said, on the scale of its kind.
type Voice struct {
	// ID is the id of the event; empty where it is not kept. Only a Grievance keeps it.
	ID    string
	At    event.Instant
	Day   event.Day
	Kind  event.FeedbackKind
	About event.Subject
	// Share is the place of the answer on its own scale, in [0, 1]; NaN for a complaint.
	Share float64
	// Unhappy says that the voice is a Grievance, Promoter that it is an NPS of 9 or 10.
	Unhappy, Promoter bool
	// ResolvedAt is the instant of the first resolution of a complaint; event.Never where there is none.
	ResolvedAt event.Instant
}

// Voices returns the answers and complaints that s holds, the oldest first, also those that are stamped ahead. It is nil where nobody said
// anything. Resolutions are no voices.
func (s *Summary) Voices() []Voice {
	var voices []Voice
	for i := range s.feedbacks {
		b := &s.feedbacks[i]
		v := Voice{ID: b.id, At: b.at, Day: b.day, Kind: b.kind, About: b.about, Share: math.NaN(), Unhappy: b.grieves(), ResolvedAt: event.Never}
		switch b.kind {
		case event.NPS:
			v.Share, v.Promoter = float64(b.score)/(10*scoreNPS), b.score >= promoter
		case event.CSAT, event.Review:
			v.Share = b.share()
		case event.Complaint:
			v.ResolvedAt = s.resolvedAt(b)
		case event.ComplaintResolved, event.UnknownFeedback:
			continue
		}
		voices = append(voices, v)
	}
	return voices
}

// promoter is the least answer of a promoter.
const promoter = 9 * scoreNPS

// resolvedAt is the instant of the first resolution of a complaint; event.Never where there is none.
func (s *Summary) resolvedAt(b *feedback) event.Instant {
	first := event.Never
	for i := range s.feedbacks {
		if r := &s.feedbacks[i]; r.kind == event.ComplaintResolved && r.at >= b.at && (r.order == 0 || r.order == b.order) {
			first = min(first, r.at)
		}
	}
	return first
}
