package score

import (
	"math"

	"tidemark/internal/event"
	"tidemark/internal/score/churn"
)

// WayBack is what an alert says of how to win a customer back: the likely cause, by when to act, and at what price.
type WayBack struct {
	// LikelyCause is 0 where the model looks for no cause. Evidence lists the heaviest piece first.
	LikelyCause LikelyCause
	Evidence    []Evidence
	// MaxOffer is the most that an offer may cost, in minor units of the base currency.
	MaxOffer event.OptionalMinor
	// ActBy is the instant at which the episode escalates or lapses if nothing happens; event.Never where it does neither.
	ActBy event.Instant
}

// wayBack is the way back from p's episode as evaluated; nil outside an episode.
func (e *Engine) wayBack(p Profile, v *evaluation) *WayBack {
	if p.Episode.Level == churn.None {
		return nil
	}
	w := &WayBack{ActBy: e.actBy(p), MaxOffer: e.maxOffer(e.atStake(v), e.model.Actions[p.Episode.Level].Cost)}
	w.LikelyCause, w.Evidence = e.likelyCause(*p.Whole(), v.at)
	return w
}

// maxOffer is what the value at stake leaves for an offer: uplift × value − cost of the action, at least 0. A dearer offer loses
// money on average. maxOffer is unknown without an uplift; an unknown cost counts as zero.
func (e *Engine) maxOffer(atStake int64, cost event.OptionalMinor) event.OptionalMinor {
	if e.model.Uplift == 0 {
		return event.OptionalMinor{}
	}
	return event.Minor(max(0, int64(math.RoundToEven(e.model.Uplift*float64(atStake)))-cost.Minor))
}
