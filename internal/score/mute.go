package score

import (
	"time"

	"tidemark/internal/event"
)

// Publish decides which of p's newest transitions are published when they are committed at an instant, and remembers the decision
// in p. A transition older than maxAge is not published: a backfill must not page anyone. A maxAge of 0 publishes all. An episode
// is published or muted as a whole: its further alerts follow its first. One exception: an escalation no older than maxAge is
// always published, and with it the rest of the episode. Where a model is taken back, an episode that goes on as before stays as it was:
// muted if nobody has heard of it. What an erasure ends is published however old the erasure is.
//
// A notice is published or muted as a whole, too. Where a notice was muted and the fall moves, who was not told of the notice is told of the fall.
//
// An alert that is Unannounced begins a muted episode, and no escalation of it is published. An episode that was published before the model
// came into force which keeps it back goes on as it was: who was told of a risk is told of its end.
func (p *Profile) Publish(newest []Transition, now event.Instant, maxAge time.Duration) []bool {
	published := make([]bool, len(newest))
	for i, t := range newest {
		young := maxAge == 0 || now.Sub(t.Common().AsOf) <= maxAge || t.Common().Cause == ByErasure
		switch t := t.(type) {
		case *TierChanged, *WonBack, *SegmentChanged:
			published[i] = young
		case *TierWillChange:
			switch t.State {
			case Given:
				p.Notice = p.Notice.asMuted(t.Unannounced || !young)
			case Moved:
				p.Notice = p.Notice.asMuted(p.Notice.muted() && (t.Unannounced || !young))
			case Withdrawn, UnknownNotice:
			}
			published[i] = !p.Notice.muted()
		case *ChurnAlert:
			muted := &p.Muted
			switch t.Kind {
			case SecondOrderWindow:
				muted = &p.Second.Muted
			case ValueDrop:
				muted = &p.Drop.Muted
			case FeedbackAlert:
				muted = &p.Unhappy.Muted
			case Churn, UnknownAlert:
			}
			again := t.Cause == ByModel && t.Corrects != "" // as before the switch that is taken back
			switch t.State {
			case Raised:
				*muted = *muted && again || !again && t.Unannounced || !young
			case Escalated:
				*muted = *muted && (again || t.Unannounced || !young)
			case Eased, Updated, Resolved, Retracted, UnknownState:
			}
			published[i] = !*muted
		}
	}
	return published
}
