package pipeline

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
)

// backfillAfter is the age from which a transition is called a backfill.
const backfillAfter = time.Hour

// backfill is the header that tells subscribers whether to act at once.
func backfill(c Clock, age time.Duration) event.Header {
	value := "false"
	if c == EventClock || age > backfillAfter {
		value = "true"
	}
	return event.Header{Key: "backfill", Value: []byte(value)}
}

// ageOf is how long ago at was; zero where that is unknown or still to come.
func ageOf(at, present event.Instant) time.Duration {
	if present == unknown || at >= present {
		return 0
	}
	return present.Sub(at)
}

// mute decides whether a transition is recorded without being published: a backfill must not page anyone. Alerts are muted
// by whole episodes, by the age of their RAISED; a young ESCALATED brings the episode to light.
func (l *Lane) mute(k *known, t score.Transition, age time.Duration) bool {
	old := l.cfg.AlertMaxAge > 0 && age > l.cfg.AlertMaxAge
	switch t := t.(type) {
	case *score.TierChanged:
		return old
	case *score.ChurnAlert:
		switch t.State {
		case score.Raised:
			k.muted = old
		case score.Escalated:
			k.muted = k.muted && old
		case score.Eased, score.UnknownState:
		case score.Resolved, score.Retracted:
			muted := k.muted
			k.muted = false
			return muted
		}
		return k.muted
	}
	return false
}

func kindOf(t score.Transition) string {
	switch t := t.(type) {
	case *score.TierChanged:
		return "TIER_" + t.Direction.String()
	case *score.ChurnAlert:
		return "CHURN_" + t.State.String()
	}
	return "UNKNOWN"
}
