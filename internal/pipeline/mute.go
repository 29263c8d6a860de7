package pipeline

import (
	"time"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/stream"
)

// backfillAfter is the age from which a transition is called a backfill.
const backfillAfter = time.Hour

// backfill is the header that tells subscribers whether to act at once.
func backfill(c Clock, age time.Duration) stream.Header {
	value := "false"
	if c == EventClock || age > backfillAfter {
		value = "true"
	}
	return stream.Header{Key: "backfill", Value: []byte(value)}
}

// ageOf is how long ago at was; zero where that is unknown or still to come.
func ageOf(at, present event.Instant) time.Duration {
	if present == unknown || at >= present {
		return 0
	}
	return present.Sub(at)
}

// tell encodes transitions for the part's outbox, in order. What is too old is recorded without being published: score
// decides, and remembers it in the profile.
func (d *draft) tell(p *score.Profile, told []score.Transition) error {
	if len(told) == 0 {
		return nil
	}
	l := d.lane
	now := l.present()
	// Where no fetch has been answered yet, nothing is known to be old.
	public := p.Publish(told, max(now, 0), l.cfg.AlertMaxAge)
	for i, t := range told {
		o, err := l.announce(t, ageOf(t.Common().AsOf, now))
		if err != nil {
			return err
		}
		o.muted = !public[i]
		d.part.outputs = append(d.part.outputs, o)
	}
	return nil
}

func kindOf(t score.Transition) string {
	switch t := t.(type) {
	case *score.TierChanged:
		return "TIER_" + t.Direction.String()
	case *score.ChurnAlert:
		return t.Kind.String() + "_" + t.State.String()
	case *score.WonBack:
		return "WON_BACK"
	}
	return "UNKNOWN"
}
