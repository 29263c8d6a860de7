package score

import "tidemark/internal/event"

// Transition is something worth telling about a customer. The set is closed: *TierChanged, *ChurnAlert and *WonBack.
//
//sumtype:decl
type Transition interface {
	// Common returns the part that all transitions share.
	Common() *Stamp
	sealed()
}

// Stamp is what every transition carries.
type Stamp struct {
	// ID is the hex of the first 16 bytes of SHA-256 over the Avro record with its own and its episode's id empty.
	ID       string
	Customer string
	// AsOf is the instant at which the label changed.
	AsOf         event.Instant
	Cause        Cause
	CauseEventID string
	ModelVersion string
	// ScorecardHash names the scorecard's numbers, PopulationVersion the cut points in force ("fixed" where they are fixed).
	ScorecardHash     string
	PopulationVersion string
	// ControlGroup marks the customers that outreach leaves alone, so that its effect can be measured.
	ControlGroup bool
	// Sequence counts this customer's transitions from 1. It travels as a header, outside the id.
	Sequence int64
}

// Common returns s itself, so that embedding a Stamp is enough.
func (s *Stamp) Common() *Stamp { return s }

// Cause is why a label changed.
type Cause uint8

// The causes, in the order of the Avro symbols; UNKNOWN is never emitted.
const (
	UnknownCause Cause = iota
	ByEvent
	ByTime
	ByPopulation
	ByModel
	ByCorrection
)

var causes = [...]string{"UNKNOWN", "EVENT", "TIME", "POPULATION", "MODEL", "CORRECTION"}

func (c Cause) String() string { return causes[c] }

// Points are hundredths of a point of the composite score, 0..10000; a contribution may be negative.
type Points = int32

// TierChanged says that a customer entered, left or changed tier.
type TierChanged struct {
	Stamp
	// Previous is tier.None on ENTRY, Tier is tier.None on EXIT.
	Previous, Tier Tier
	Direction      Direction
	DaysInPrevious int32
	// Before is the score at the last event or transition, After the one now.
	Before, After Points
	// LineCrossed is the score that had to be passed to change, in Points.
	LineCrossed Points
	// Coverage is the share of the scorecard's weight whose indicators are known, in [0, 1].
	Coverage float64
	// Corrects is the id of an earlier TierChanged that a late event has proved wrong.
	Corrects      string
	Contributions []Contribution
	// CurrentValue is the predicted value of the horizon, Spend365 the net spend of the trailing 365 days, in minor units.
	CurrentValue, Spend365 int64
	Currency               event.Currency
	ChurnLevel             Level
	// KeepBy is what keeps the tier.
	KeepBy              KeepBy
	PreferredChannel    string
	ContactableChannels []string
	TopCategory         string
	Playbook            Playbook
}

func (*TierChanged) sealed() {}

// Contribution is one indicator's part in a change of score. Over all contributions of a transition the points add up to
// After − Before exactly.
type Contribution struct {
	Indicator string
	// Cause is TIME for what silence did since the last event or transition, then POPULATION, MODEL, EVENT.
	Cause Cause
	// RawBefore and RawAfter are NaN where there is no value: a missing answer, a customer without purchases.
	RawBefore, RawAfter float64
	// NormalisedBefore and NormalisedAfter are in [0, 1], 0 where the raw value is NaN.
	NormalisedBefore, NormalisedAfter float64
	// Weight is the indicator's share of the scorecard, in [0, 1], before missing ones are left out.
	Weight float64
	Points Points
	// Capped says that RawAfter lies outside the scorecard's bounds, Missing that a customer who has a score has no RawAfter.
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

// ChurnAlert is one step of a churn episode.
type ChurnAlert struct {
	Stamp
	// EpisodeID is the id of the episode's RAISED (its own id there).
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
}

func (*ChurnAlert) sealed() {}

// Factor is one factor's part in the log-odds of the risk. The first is the reference customer's; over all factors
// LogOdds adds up to the log-odds of Risk, in thousandths, exactly.
type Factor struct {
	Name    string
	LogOdds int32
	Raw     float64
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
)

var episodeStates = [...]string{"UNKNOWN", "RAISED", "ESCALATED", "EASED", "RESOLVED", "RETRACTED"}

func (s EpisodeState) String() string { return episodeStates[s] }

// ResolveReason is why an episode ended.
type ResolveReason uint8

// The reasons, in the order of the Avro symbols; UnknownReason where the episode goes on.
const (
	UnknownReason ResolveReason = iota
	ByPurchase
	ByLapse
	ByCorrected
	ByNewModel
	ByRelief
)

var resolveReasons = [...]string{"UNKNOWN", "PURCHASE", "LAPSED", "CORRECTION", "MODEL", "RELIEF"}

func (r ResolveReason) String() string { return resolveReasons[r] }

// AlertKind is what an episode is about.
type AlertKind uint8

// The kinds, in the order of the Avro symbols.
const (
	UnknownAlert AlertKind = iota
	Churn
	SecondOrderWindow
)

var alertKinds = [...]string{"UNKNOWN", "CHURN", "SECOND_ORDER_WINDOW"}

func (k AlertKind) String() string { return alertKinds[k] }

// Playbook is what the tier's owner is advised to do.
type Playbook struct {
	ID      string
	Actions []Action
}

// Action is one advised step. Owner is SALES, SERVICE or MARKETING.
type Action struct {
	Code     string
	Text     string
	Owner    string
	DueHours int32
	// Cost is what an answer to an alert costs, in minor units of the base currency.
	Cost event.OptionalMinor
}
