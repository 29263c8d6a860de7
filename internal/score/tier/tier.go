// Package tier ranks customers by their composite score, with a memory that keeps them from flapping.
package tier

// Tier is a customer's place in the ranking.
type Tier uint8

// The tiers, from none to the best. NONE is a customer without purchases.
const (
	None Tier = iota
	Low
	General
	Potential
	High
)

var names = [...]string{"NONE", "LOW", "GENERAL", "POTENTIAL", "HIGH"}

func (t Tier) String() string { return names[t] }
