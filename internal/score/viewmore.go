package score

import (
	"slices"

	"tidemark/internal/catalogue"
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/standing"
)

// more returns what fills in the rarer facts of a history at an instant, and how the customer stands. It costs as much as Facts: nobody pays for it
// who does not show it.
func (e *Engine) more(h history.Summary, f history.Facts, p clv.Pattern, at event.Instant) func(*catalogue.View) {
	return func(v *catalogue.View) {
		m := h.More(at, e.calendar)
		v.More = &m
		s := &v.Standing
		s.Params, s.Today, s.Usual, s.Own = &e.model.Standing, e.calendar.Day(at), e.model.Value.Margin, e.model.Value.MarginOf(p)
		lapse := e.Lapse(&f)
		s.Lapsed = f.PurchaseDays > 0 && at >= e.silentFor(f.LastDay, lapse)
		s.Returned, s.ReturnedKnown = h.Returned(at, int(lapse.Hours()/24))
		s.Peers = e.peers(&h)
	}
}

// viewFor is the view that some entries need.
func (s *Score) viewFor(entries []catalogue.Entry) *catalogue.View {
	if slices.ContainsFunc(entries, func(e catalogue.Entry) bool { return e.Reads&catalogue.ReadsMore != 0 }) {
		return s.View()
	}
	return s.bare()
}

// peers is what is known of all customers, as far as the model says it. What is nothing is not known. The median is that of the customer's own
// region and industry; without a history it is not known.
func (e *Engine) peers(h *history.Summary) catalogue.Peers {
	var p catalogue.Peers
	if cac := e.model.Methods.Acquisition; cac > 0 {
		p.Acquisition = standing.Of(cac)
	}
	if all := e.model.Population; all != nil {
		if h != nil {
			p.Median = standing.Of(all.MedianOf(clv.Place(h.Attribute("region"), h.Attribute("industry"))))
		}
		p.TopContribution, p.PositiveContribution, p.NewCustomer = standing.Of(all.TopContribution), standing.Of(all.PositiveContribution), standing.Of(all.NewCustomer)
	}
	return p
}
