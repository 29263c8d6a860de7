package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// WayBack is what an alert says of how to win a customer back: what seems to be behind it, by when to act, and at what price.
type WayBack struct {
	// LikelyCause is 0 where it is not sought, Evidence the heaviest first.
	LikelyCause LikelyCause
	Evidence    []Evidence
	// MaxOffer is the most that an offer is worth, in minor units.
	MaxOffer event.OptionalMinor
	// ActBy is when the episode escalates, or lapses, if nothing happens; event.Never where it does neither.
	ActBy event.Instant
}

// wayBack is that of p's episode as evaluated; nil where there is none.
func (e *Engine) wayBack(p Profile, v *evaluation) *WayBack {
	if p.Episode.Level == churn.None {
		return nil
	}
	w := &WayBack{ActBy: e.actBy(p), MaxOffer: e.maxOffer(e.atStake(v), e.model.Actions[p.Episode.Level].Cost)}
	w.LikelyCause, w.Evidence = e.likelyCause(p.History, v.at)
	return w
}

// maxOffer is what the value at stake leaves for an offer: uplift × value − cost of the action, and never less than nothing. Who
// offers more loses money on average. It is not known without an uplift; a cost that is not known counts as none.
func (e *Engine) maxOffer(atStake int64, cost event.OptionalMinor) event.OptionalMinor {
	if e.model.Uplift == 0 {
		return event.OptionalMinor{}
	}
	return event.Minor(max(0, int64(math.RoundToEven(e.model.Uplift*float64(atStake)))-cost.Minor))
}
