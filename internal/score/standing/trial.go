package standing

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
)

// TrialRate is the share of the categories ever bought that were first bought within 365 days, in [0, 1]. It is false where no category is
// named, and where the categories of the whole life are not known.
func TrialRate(m *history.More, today event.Day) (float64, bool) {
	if !m.CategoriesKnown {
		return 0, false
	}
	tried := 0
	for i := range m.Categories {
		if today-m.Categories[i].First < 365 {
			tried++
		}
	}
	return share(float64(tried), float64(len(m.Categories)))
}
