// Package churn says how likely it is that a customer has left, compared with what is normal for that customer.
package churn

// Level says how far the risk has risen above what is normal for the customer.
type Level uint8

// The levels, in order. Profiles store the numbers.
const (
	None Level = iota
	Watch
	AtRisk
	Critical

	// Levels is the number of levels, NONE included. It stands last, so it moves with every level that is appended.
	Levels int = iota
)

var names = [...]string{"NONE", "WATCH", "AT_RISK", "CRITICAL"}

func (l Level) String() string { return names[l] }
