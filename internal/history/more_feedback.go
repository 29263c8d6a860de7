package history

import (
	"slices"

	"tidemark/internal/event"
)

// answers adds up the answers of the window.
func (v *view) answers(m *More) {
	var all int64
	var by [event.Subjects]int64
	for i := range v.feedbacks {
		b := &v.feedbacks[i]
		if b.kind != event.CSAT && b.kind != event.Review || !v.inYear(&b.stamp) {
			continue
		}
		all += int64(b.score)
		m.CSAT.take(b)
		if int(b.about) < len(by) {
			by[b.about] += int64(b.score)
			m.CSATBy[b.about].take(b)
		}
	}
	m.CSAT.mean(all)
	for about := range by {
		m.CSATBy[about].mean(by[about])
	}
}

// take counts in an answer, the oldest first.
func (a *Answers) take(b *feedback) {
	a.Count++
	a.Latest, a.LatestAt = b.share(), b.at
}

func (a *Answers) mean(sum int64) {
	if a.Count > 0 {
		a.Mean = float64(sum) / scoreCSAT / float64(a.Count)
	}
}

// inYear reports whether a fact had happened, and lies in the window of 365 days.
func (v *view) inYear(f *stamp) bool { return f.at <= v.at && v.today-f.day < window }

// complaints counts the complaints of the window, and how long it took to close them.
func (v *view) complaints(m *More) {
	var handling []int64
	for i := range v.feedbacks {
		b := &v.feedbacks[i]
		if b.kind != event.Complaint || !v.inYear(&b.stamp) {
			continue
		}
		m.Complaints.Count++
		m.Complaints.LastDay, m.Complaints.SinceDays = b.day, int(v.age(b.day))
		if at, closed := v.closedAt(b); closed {
			m.Complaints.Closed++
			handling = append(handling, int64(at-b.at))
		} else {
			m.Complaints.Open++
		}
	}
	if n := len(handling); n > 0 {
		slices.Sort(handling)
		m.Complaints.HandlingDays = float64(handling[n/2]+handling[(n-1)/2]) / 2 / dayMillis
	}
}

// closedAt is the instant of the first resolution that closes a complaint. See Summary.closed.
func (v *view) closedAt(b *feedback) (at event.Instant, closed bool) {
	for i := range v.feedbacks {
		r := &v.feedbacks[i]
		if r.kind == event.ComplaintResolved && r.at >= b.at && r.at <= v.at && (r.order == 0 || r.order == b.order) {
			return r.at, true
		}
	}
	return 0, false
}
