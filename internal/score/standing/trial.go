package standing

import "tidemark/internal/history"

// TrialRate is the share of the categories ever bought that were first bought within 365 days, in [0, 1]. It is false where no category is
// named, and where the categories of the whole life are not known.
func TrialRate(m *history.More) (float64, bool) {
	if !m.BoughtKnown {
		return 0, false
	}
	return share(float64(m.Tried), float64(m.Bought))
}
