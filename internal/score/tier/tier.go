// Package tier ranks customers by their composite score. It remembers a customer's tier, so that the tier does not change
// back and forth.
package tier

// Tier is a customer's place in the ranking.
type Tier uint8

// The tiers, from none to the best. NONE is a customer without purchases. Profiles store the numbers.
const (
	None Tier = iota
	Low
	General
	Potential
	High

	// Tiers is the number of tiers, NONE included. It stands last, so it moves with every tier that is appended.
	Tiers int = iota
)

var names = [...]string{"NONE", "LOW", "GENERAL", "POTENTIAL", "HIGH"}

func (t Tier) String() string { return names[t] }
