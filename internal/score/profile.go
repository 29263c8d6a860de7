package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/tier"
)

type (
	// Tier is a customer's tier.
	Tier = tier.Tier
	// Level is a customer's churn level.
	Level = churn.Level
)

// Profile is all that is kept of one customer: the history, and the memory of the labels.
type Profile struct {
	Customer string
	History  history.Summary
	// AsOf is the instant up to which the customer has been evaluated.
	AsOf event.Instant
	// Settled is the instant of the last event or transition: the base that the next change is explained against.
	Settled event.Instant
	// Due is the next review; Unscheduled until Schedule has set it, event.Never when none is to come.
	Due event.Instant
	// Sequence counts the transitions so far.
	Sequence int64
	// Model is the version of the model of the last evaluation.
	Model    string
	Standing Standing
	Episode  Episode
	// Muted says that the current or last episode was not published: see Publish.
	Muted    bool
	Second   SecondOrder
	Lapse    Lapse
	Outreach Outreach
	// Forecasts are the frozen risks that wait for what comes, the open ones first.
	Forecasts [2]Forecast
	// Outcomes are what became of forecasts since they were last taken: Apply and Review add to them, the encoding leaves them
	// out. Whoever keeps p takes them off, and counts them in the same step.
	Outcomes []Outcome
	// rest holds sections of newer versions, kept as they are.
	rest []byte
}

// Unscheduled is the Due of a profile whose next review has not been computed since it changed.
const Unscheduled event.Instant = 0

// Standing is the memory of the tier.
type Standing struct {
	Tier  Tier
	Since event.Instant
	// LastID is the id of the TierChanged that said so.
	LastID string
}

// Episode is the memory of the churn level.
type Episode struct {
	Level Level
	// Since is when the level was reached, RaisedAt when the episode began.
	Since, RaisedAt event.Instant
	// ID is the id of the episode's RAISED, LastID that of its last step. Both are empty outside an episode.
	ID, LastID string
}

// Verdict is what became of an event.
type Verdict uint8

// The verdicts. The last two go to the dead letters.
const (
	Accepted Verdict = iota
	Repeated
	RefusedTooLate
	RefusedCurrency
)

var verdicts = [...]string{"applied", "duplicate", "late", "invalid"}

// String is the verdict's metric label.
func (v Verdict) String() string { return verdicts[v] }
