package standing

import "tidemark/internal/history"

// ComplaintRate is complaints / max(1, orders), of 365 days. It is at least 0, and may be above 1.
func ComplaintRate(f *history.Facts) float64 {
	return float64(f.Complaints) / float64(max(1, f.Orders365))
}

// ComplaintDays is the median time from a complaint of 365 days to its resolution, in days; false where none is resolved.
func ComplaintDays(m *history.More) (float64, bool) {
	return m.Complaints.HandlingDays, m.Complaints.Closed > 0
}
