package score

import (
	"time"

	"tidemark/internal/event"
)

// Publish decides which of the transitions that p has just been through are published when they are committed at an instant,
// and remembers it. Those older than maxAge are not (a backfill must not page anyone; 0 never mutes), by whole episodes: the
// further steps of an episode follow its beginning, except that an escalation that is young enough is told in any case.
func (p *Profile) Publish(told []Transition, now event.Instant, maxAge time.Duration) []bool {
	published := make([]bool, len(told))
	for i, t := range told {
		young := maxAge == 0 || now.Sub(t.Common().AsOf) <= maxAge
		switch t := t.(type) {
		case *TierChanged, *WonBack:
			published[i] = young
		case *ChurnAlert:
			muted := &p.Muted
			if t.Kind == SecondOrderWindow {
				muted = &p.Second.Muted
			}
			switch t.State {
			case Raised:
				*muted = !young
			case Escalated:
				*muted = *muted && !young
			case Eased, Resolved, Retracted, UnknownState:
			}
			published[i] = !*muted
		}
	}
	return published
}
