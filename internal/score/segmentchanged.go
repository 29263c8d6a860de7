package score

import (
	"strconv"

	"tidemark/internal/event"
)

// SegmentChanged says that a customer entered or left a segment.
type SegmentChanged struct {
	Stamp
	Change SegmentChange
	// Segment is the name of the segment, Rule its rule in words; Rule is empty where the model in force lacks the segment.
	Segment, Rule string
	// EnteredID is the id of the SegmentChanged by which the customer entered, EnteredAt its instant: of a customer who leaves.
	EnteredID string
	EnteredAt event.Instant
	// Crossings are the comparisons of the rule that hold now and did not at the last event or transition, or the other way round. Where none is such,
	// they are all comparisons of the rule.
	Crossings []Crossing
	// Contributions are what moved the score since the last event or transition, where a comparison of the score has changed. Their points add up to
	// the change of the score exactly.
	Contributions []Contribution
	// Tier and ChurnLevel are the labels now; tier.None for who has no tier any more.
	Tier       Tier
	ChurnLevel Level
	// CurrentValue is the predicted value of the horizon, in minor units of Currency.
	CurrentValue        int64
	Currency            event.Currency
	PreferredChannel    string
	ContactableChannels []string
	Owner               string
	// Corrects is the id of the SegmentChanged by which the customer entered, where a late event proves it wrong.
	Corrects string
}

func (*SegmentChanged) sealed() {}

// Crossing is one comparison of a rule.
type Crossing struct {
	// Comparison is the comparison in words.
	Comparison string
	// Before and After are the number at the last event or transition and now; NaN where it is not known, and of a word. WordBefore and WordAfter
	// likewise; empty where the word is not known, and of a number.
	Before, After         float64
	WordBefore, WordAfter string
	// Held says that the comparison held then, Holds that it holds now.
	Held, Holds bool
}

// Reads says in words what the comparison is and what it compared: "recency_days at least 30 (margin 5): 12.4 to 30".
func (c *Crossing) Reads() string {
	side := func(x float64, word string) string {
		switch {
		case word != "":
			return word
		case x != x:
			return "not known"
		}
		return strconv.FormatFloat(x, 'g', 6, 64)
	}
	return c.Comparison + ": " + side(c.Before, c.WordBefore) + " to " + side(c.After, c.WordAfter)
}

// SegmentChange is what happened to a membership.
type SegmentChange uint8

// The changes, in the order of the Avro symbols.
const (
	UnknownChange SegmentChange = iota
	Entered
	Left
)

var segmentChanges = [...]string{"UNKNOWN", "ENTERED", "LEFT"}

func (c SegmentChange) String() string { return segmentChanges[c] }
