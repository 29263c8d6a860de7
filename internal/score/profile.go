package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/churn"
	"tidemark/internal/score/clv"
	"tidemark/internal/score/tier"
)

type (
	// Tier is a customer's tier.
	Tier = tier.Tier
	// Level is a customer's churn level.
	Level = churn.Level
)

// Profile is all that is kept of one customer: the history, and the memory of the labels. An instant that is zero, and an id that
// is empty, stands for what has not been.
type Profile struct {
	Customer string
	// History is the customer's own history; Whole is what the labels are read from.
	History history.Summary
	// AsOf is the instant up to which the customer has been evaluated.
	AsOf event.Instant
	// LastChange is the instant of the last event or transition. The next change of score is explained from there.
	LastChange event.Instant
	// Due is the instant of the next review. It is Unscheduled until Schedule sets it, and event.Never where no review is to
	// come.
	Due event.Instant
	// Sequence counts the transitions so far.
	Sequence int64
	// Erased is the instant of the customer's last erasure. Events from before it are swallowed. It is all that is known of a customer who
	// was erased and has not come back.
	Erased event.Instant
	// Model is the hash of the model of the last evaluation.
	Model    string
	Standing Standing
	// Taken is what the tier is explained from when it changes; nil where the model does not ask for it, or nothing is remembered.
	Taken   *Taken
	Episode Episode
	// Muted says that the current or last episode was not published; see Publish.
	Muted bool
	// Shop says that the id behaved like a shop when it was last evaluated; see Model.Shop. Test says that the customer was a test account
	// then.
	Shop, Test bool
	// Uncontactable says that no channel was left on which the customer may be met when the newest event was counted in.
	Uncontactable bool
	Second        SecondOrder
	Update        Update
	Lapse         Lapse
	// Notice is nil where none stands, but where Publish must still hear that the last one was muted.
	Notice   *Notice
	Outreach Outreach
	// Trail holds the ends of the last months.
	Trail   Trail
	Drop    DropEpisode
	Unhappy UnhappyEpisode
	// Segments are the segments that the customer is in; nil where none is, and nothing else is remembered of them.
	Segments *Segments
	// Forecasts are the frozen risks that wait for their outcomes, the open ones first.
	Forecasts [2]Forecast
	// Former is what the model before the last switch says of the customer; nil where that model cannot come back any more.
	Former *Former
	// Outcomes are the outcomes of forecasts that nobody has taken yet. Apply and Review append to Outcomes; the encoding leaves
	// Outcomes out. A caller who stores p takes the outcomes off and counts them in the same commit.
	Outcomes []Outcome
	// Forgotten counts how often the customer was forgotten as a prospect, until a caller takes the count off. The encoding leaves it out.
	Forgotten int
	// LeftOut counts the histories of other ids for which there was no room, until a caller takes the count off. The encoding leaves it out.
	LeftOut int
	// links are the customer's links to other ids; nil where there are none. together is what Whole returns, if that is not History.
	links    *links
	together *history.Summary
	// seen is kept within a batch: Schedule drops it, and the encoding leaves it out.
	seen *seen
	// memory is kept within a call of the engine; nil between calls.
	memory *clv.Memory
	// rest holds the sections of newer versions as they are.
	rest []byte
}

// Unscheduled is the Due of a profile whose next review has not been computed since it changed.
const Unscheduled event.Instant = 0

// Standing is the memory of the tier.
type Standing struct {
	Tier  Tier
	Since event.Instant
	// LastID is the id of the TierChanged that set the tier.
	LastID string
}

// Episode is the memory of the churn level.
type Episode struct {
	Level Level
	// Since is the instant at which the level was reached, RaisedAt the instant at which the episode began.
	Since, RaisedAt event.Instant
	// ID is the id of the episode's RAISED, LastID the id of its last alert. Both are empty outside an episode.
	ID, LastID string
}

// Verdict says what became of an event.
type Verdict uint8

// The verdicts. The refusals go to the dead letters. Swallowed is an event from before the customer's erasure. RefusedPart is a
// message of links whose part is no history that this program can read.
const (
	Accepted Verdict = iota
	Repeated
	RefusedTooLate
	RefusedCurrency
	RefusedTooOld
	Swallowed
	RefusedPart
)

var verdicts = [...]string{"applied", "duplicate", "late", "invalid", "too_old", "erased", "unreadable"}

// String is the verdict's label in metrics.
func (v Verdict) String() string { return verdicts[v] }
