package history

import (
	"cmp"
	"math"
	"strings"

	"tidemark/internal/event"
)

var feedbackLimits = limits{perDay: 16, total: 256}

// The units of feedback.score.
const (
	scoreNPS  = 100       // hundredths of the 0–10 scale
	scoreCSAT = 1_000_000 // millionths of the answer's own scale
)

// feedback is one answer, complaint or resolution.
type feedback struct {
	stamp
	order uint64 // hash of the order id; zero for none
	score int32  // by kind, see scoreNPS and scoreCSAT
	kind  event.FeedbackKind
	about event.Subject
	// id is the id of a grievance's event. It is empty for other feedback, and for a grievance stored before idsSince.
	id string
}

func (s *Summary) feedback(x *event.Feedback, f stamp) bool {
	b := feedback{stamp: f, kind: x.Kind, about: x.About}
	if x.OrderID != "" {
		b.order = hash(x.OrderID)
	}
	switch x.Kind {
	case event.NPS:
		b.score = int32(math.Round(x.Score * scoreNPS))
	case event.CSAT, event.Review:
		b.score = int32(math.Round(x.Share() * scoreCSAT))
	case event.Complaint, event.ComplaintResolved, event.UnknownFeedback:
	}
	if b.grieves() {
		b.id = strings.Clone(x.ID)
	}
	feedbacks, became := admit(s.feedbacks, b, f, feedbackLimits, b.greater)
	if became == full {
		s.spilled++
	}
	s.feedbacks = feedbacks
	return became != known
}

func (b *feedback) greater(g *feedback) bool {
	return cmp.Or(
		cmp.Compare(b.at, g.at),
		cmp.Compare(b.kind, g.kind),
		cmp.Compare(b.score, g.score),
		cmp.Compare(b.about, g.about),
		cmp.Compare(b.order, g.order),
	) > 0
}

// share is the answer's place on its own scale, in [0, 1].
func (b *feedback) share() float64 { return float64(b.score) / scoreCSAT }

// closed reports whether a complaint had been resolved by an instant.
func (s *Summary) closed(b *feedback, at event.Instant) bool {
	for i := range s.feedbacks {
		r := &s.feedbacks[i]
		if r.kind == event.ComplaintResolved && r.at >= b.at && r.at <= at && (r.order == 0 || r.order == b.order) {
			return true
		}
	}
	return false
}
