package score

import "tidemark/internal/event"

// Transition is a change of a customer's labels. The pipeline publishes it. The set is closed: *TierChanged, *ChurnAlert,
// *WonBack, *TierWillChange and *SegmentChanged.
//
//sumtype:decl
type Transition interface {
	// Common returns the part that all transitions share.
	Common() *Stamp
	sealed()
}

// Stamp is what every transition carries.
type Stamp struct {
	// ID is the hex of the first 16 bytes of SHA-256 over the Avro record, in which the transition's id and its episode's id are
	// empty.
	ID       string
	Customer string
	// AsOf is the instant at which the label changed.
	AsOf         event.Instant
	Cause        Cause
	CauseEventID string
	ModelVersion string
	// ScorecardHash names the numbers of the scorecard. PopulationVersion names the cut points in force ("fixed" where they are
	// fixed).
	ScorecardHash     string
	PopulationVersion string
	// ControlGroup marks the customers whom outreach leaves alone, so that the effect of outreach can be measured.
	ControlGroup bool
	// Unannounced says that the transition is an alert of the control group under a model that keeps these from the topics. It is no part of
	// the record.
	Unannounced bool
	// Sequence counts this customer's transitions from 1. It travels as a header, outside the id.
	Sequence int64
}

// fixedPopulation is the PopulationVersion of cut points that are fixed.
const fixedPopulation = "fixed"

// Common returns s itself, so that embedding a Stamp is enough.
func (s *Stamp) Common() *Stamp { return s }

// Cause is why a label changed.
type Cause uint8

// The causes, in the order of the Avro symbols. UNKNOWN is emitted in a SinceTaken only: of what events and silence have done together.
const (
	UnknownCause Cause = iota
	ByEvent
	ByTime
	ByPopulation
	ByModel
	ByCorrection
	ByErasure
	ByMerge
)

var causes = [...]string{"UNKNOWN", "EVENT", "TIME", "POPULATION", "MODEL", "CORRECTION", "ERASED", "MERGED"}

func (c Cause) String() string { return causes[c] }

// Points are hundredths of a point of the composite score, 0..10000. A contribution may be negative.
type Points = int32

// TierChanged says that a customer entered, left or changed tier.
type TierChanged struct {
	Stamp
	// Previous is tier.None on ENTRY, Tier is tier.None on EXIT.
	Previous, Tier Tier
	Direction      Direction
	DaysInPrevious int32
	// Before is the score at the last event or transition, After the score now.
	Before, After Points
	// LineCrossed is the score that the customer passed with this change, in Points.
	LineCrossed Points
	// Coverage is the share of the scorecard's weight whose indicators are known, in [0, 1].
	Coverage float64
	// Corrects is the id of an earlier TierChanged that a late event proves wrong.
	Corrects      string
	Contributions []Contribution
	// SinceTaken explains the change from the instant at which the tier that ends was taken; nil where that is not known. See Taken.
	SinceTaken *SinceTaken
	// CurrentValue is the predicted value of the horizon, Spend365 the net spend of the trailing 365 days. Both are in minor
	// units of the base currency.
	CurrentValue, Spend365 int64
	Currency               event.Currency
	ChurnLevel             Level
	// KeepBy says what keeps the new tier.
	KeepBy              KeepBy
	PreferredChannel    string
	ContactableChannels []string
	// OrderChannels are the channels of the orders of the trailing 365 days, the most used first; nil where none is known, or the model does not
	// ask for consent: then ContactableChannels are these too.
	OrderChannels []string
	TopCategory   string
	Playbook      Playbook
	// NoticeID is the id of the notice that told of this fall; empty where none did.
	NoticeID string
}

func (*TierChanged) sealed() {}

// Contribution is the part of one indicator in a change of score. The points of all contributions of a transition add up to After
// − Before exactly.
type Contribution struct {
	Indicator string
	// Cause is TIME for the effect of silence since the last event or transition. POPULATION, MODEL and EVENT follow, in this
	// order.
	Cause Cause
	// RawBefore and RawAfter are NaN where there is no value: for a missing answer, and for a customer without purchases.
	RawBefore, RawAfter float64
	// NormalisedBefore and NormalisedAfter are in [0, 1], 0 where the raw value is NaN.
	NormalisedBefore, NormalisedAfter float64
	// Weight is the share of the indicator in the scorecard, in [0, 1], before missing indicators are left out.
	Weight float64
	Points Points
	// Capped says that RawAfter lies outside the bounds of the scorecard. Missing says that a customer who has a score has no
	// RawAfter.
	Capped, Missing bool
}

// Direction is which way a tier changed.
type Direction uint8

// The directions, in the order of the Avro symbols.
const (
	UnknownDirection Direction = iota
	Entry
	Up
	Down
	Exit
)

var directions = [...]string{"UNKNOWN", "ENTRY", "UP", "DOWN", "EXIT"}

func (d Direction) String() string { return directions[d] }

// ChurnAlert is one step of a churn episode, or of the window for a second order. Risks are probabilities in [0, 1], values are
// in minor units of Currency.
type ChurnAlert struct {
	Stamp
	// EpisodeID is the id of the episode's RAISED. The RAISED bears its own id here.
	EpisodeID       string
	State           EpisodeState
	Resolve         ResolveReason
	Kind            AlertKind
	LevelBefore     Level
	Level           Level
	RiskBefore      float64
	Risk            float64
	RiskNormal      float64
	HorizonDays     int32
	LastPurchaseAt  event.Instant
	DaysSilent      float64
	UsualGapDays    float64
	ExpectedNextP50 event.Instant
	ExpectedNextP90 event.Instant
	Tier            Tier
	ValueAtStake    int64
	Currency        event.Currency
	Factors         []Factor
	OpenComplaints  int32
	Action          Action
	WayBack
	Contactable []string
	Owner       string
	Corrects    string
	// Reasons are those of kinds FEEDBACK and VALUE_DROP. Measured is what a VALUE_DROP is about, ValueReasons are those of its current value.
	Reasons, ValueReasons []Reason
	Measured              Measured
}

func (*ChurnAlert) sealed() {}

// Reason is one reason of an alert of kind FEEDBACK or VALUE_DROP. The weights of a FEEDBACK are thousandths, and add up to 1000. Those of a
// VALUE_DROP are hundredths of a point, and add up to the change of the score since the reference exactly. Those of ValueReasons are minor units, and
// add up to the change of the current value exactly.
type Reason struct {
	Name string
	// Cause is UNKNOWN in a FEEDBACK.
	Cause Cause
	// Before and After are the number that the reason is about; NaN where there is none.
	Before, After float64
	Weight        int64
	// EventID is the id of the feedback, if it is kept, At its instant; empty and zero in a VALUE_DROP.
	EventID string
	At      event.Instant
}

// Measured is what a drop of value is measured by: the end of the month that it is measured from, the score then and now, and the current
// value then and now in minor units. It is zero for other kinds, and where the reference is gone.
type Measured struct {
	Since                   event.Instant
	ScoreBefore, ScoreAfter Points
	ValueBefore, ValueAfter int64
}

// Factor is the part of one factor in the log-odds of the risk. The first factor is the reference customer. The LogOdds of all
// factors add up to the log-odds of Risk exactly; they are in thousandths. Capped says that Raw lies outside what the churn stack was
// fitted to: LogOdds is then that of the edge.
type Factor struct {
	Name    string
	LogOdds int32
	Raw     float64
	Capped  bool
}

// EpisodeState is what happened to an episode.
type EpisodeState uint8

// The episode states, in the order of the Avro symbols.
const (
	UnknownState EpisodeState = iota
	Raised
	Escalated
	Eased
	Resolved
	Retracted
	// Updated says that the likely cause, or the number of open complaints, is another. The level stays.
	Updated
)

var episodeStates = [...]string{"UNKNOWN", "RAISED", "ESCALATED", "EASED", "RESOLVED", "RETRACTED", "UPDATED"}

func (s EpisodeState) String() string { return episodeStates[s] }

// ResolveReason is why an episode ended.
type ResolveReason uint8

// The reasons, in the order of the Avro symbols. UnknownReason stands where the episode goes on.
const (
	UnknownReason ResolveReason = iota
	ByPurchase
	ByLapse
	ByCorrected
	ByNewModel
	ByRelief
	ByErased
	ByMerged
	// ByFalseAlarm is never emitted.
	ByFalseAlarm
	// ByTierChange ends a drop of value: the tier tells of it now. ByContent and ByExpiry end an episode of kind FEEDBACK: by a content answer
	// or the resolution of the complaint, and because it is too long ago.
	ByTierChange
	ByContent
	ByExpiry
)

var resolveReasons = [...]string{
	"UNKNOWN", "PURCHASE", "LAPSED", "CORRECTION", "MODEL", "RELIEF", "ERASED", "MERGED", "FALSE_ALARM", "TIER_CHANGE", "CONTENT", "EXPIRED",
}

func (r ResolveReason) String() string { return resolveReasons[r] }

// AlertKind is what an episode is about.
type AlertKind uint8

// The kinds, in the order of the Avro symbols.
const (
	UnknownAlert AlertKind = iota
	Churn
	SecondOrderWindow
	// FeedbackAlert is about what an unhappy customer said, ValueDrop about a score or a value that fell within the tier.
	FeedbackAlert
	ValueDrop
)

var alertKinds = [...]string{"UNKNOWN", "CHURN", "SECOND_ORDER_WINDOW", "FEEDBACK", "VALUE_DROP"}

func (k AlertKind) String() string { return alertKinds[k] }

// Action is one advised step. Owner is SALES, SERVICE or MARKETING.
type Action struct {
	Code  string
	Text  string
	Owner string
	// DueHours is the number of hours after the transition by which the step is to be taken; on an alert never later than its ActBy. 0 on an
	// alert says that nothing is due, or that less than an hour is left.
	DueHours int32
	// Cost is what an answer to an alert costs, in minor units of the base currency.
	Cost event.OptionalMinor
}
