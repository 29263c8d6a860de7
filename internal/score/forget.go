package score

import (
	"time"

	"tidemark/internal/event"
)

// LeastForget is the shortest silence after which prospects may be forgotten: for so long the history counts their interactions by day.
const LeastForget = 90 * 24 * time.Hour

// Forgetting returns e as it forgets prospects after a silence of whole days; zero forgets nobody. The silence is no number of the
// model: whoever replays a log must give the same one.
//
// A prospect never bought, and nothing is known of them that must outlast a silence (history.Summary.Prospect), no link to or from another id
// either; nothing was ever published of them. They are forgotten at the start of the day on which their newest event is so many days old. From then on they are as if they had
// never come: their next event begins a new profile.
func (e *Engine) Forgetting(silence time.Duration) *Engine {
	other := *e
	other.forget = silence
	if e.previous != nil {
		other.previous = e.previous.Forgetting(silence)
	}
	return &other
}

// Forgets is the instant at which p is forgotten if the customer does not come again; event.Never if p is not to be forgotten.
func (e *Engine) Forgets(p *Profile) event.Instant {
	if e.forget <= 0 || p.linked() || p.Unknown() || p.Sequence > 0 || len(p.rest) > 0 || p.Forecasts != [2]Forecast{} || !p.History.Prospect() {
		return event.Never
	}
	return e.silentFor(p.History.Newest(), e.forget)
}

// fresh is what is left of a profile that is forgotten: a new one, and the count.
func (e *Engine) fresh(p *Profile) Profile {
	next := e.New(p.Customer)
	next.Forgotten = p.Forgotten + 1
	next.Outcomes, next.Erased, next.links = p.Outcomes, p.Erased, p.links
	return next
}

// Unknown reports whether p is of a customer of whom nothing is known: new, or forgotten.
func (p *Profile) Unknown() bool { return p.AsOf == 0 }
