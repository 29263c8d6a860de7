// Package rfm grades customers by recency, frequency and monetary value, each 1 (worst) to 5 (best), and names the segment.
package rfm

import "fmt"

// Digits are the three grades, 1..5 each; the zero value is a customer without purchases.
type Digits struct{ R, F, M uint8 }

// Cuts are the lines between the grades.
type Cuts struct {
	// Recency holds the most days since the last purchase for the grades 5, 4, 3 and 2, ascending.
	Recency [4]float64
	// Frequency holds the fewest orders in 365 days for the grades 2, 3, 4 and 5, ascending.
	Frequency [4]int
	// Monetary holds the least net spend of 365 days for the grades 2, 3, 4 and 5, ascending, in minor units.
	Monetary [4]int64
}

// Check returns an error where the cuts do not ascend; nil where c is valid.
func (c Cuts) Check() error {
	for i := 1; i < 4; i++ {
		if !(c.Recency[i] > c.Recency[i-1]) || c.Frequency[i] <= c.Frequency[i-1] || c.Monetary[i] <= c.Monetary[i-1] {
			return fmt.Errorf("rfm cuts must ascend: recency %v, frequency %v, monetary %v", c.Recency, c.Frequency, c.Monetary)
		}
	}
	return nil
}

// Score grades a customer who has bought: by the days since the last purchase, and by the orders and the net spend (in minor
// units) of the trailing 365 days.
func (c Cuts) Score(recencyDays float64, orders int, spend int64) Digits {
	d := Digits{R: 1, F: 1, M: 1}
	for i := range 4 {
		if recencyDays <= c.Recency[i] {
			d.R++
		}
		if orders >= c.Frequency[i] {
			d.F++
		}
		if spend >= c.Monetary[i] {
			d.M++
		}
	}
	return d
}

// The eleven segments.
const (
	Champions         = "Champions"
	Loyal             = "Loyal"
	PotentialLoyalist = "Potential Loyalist"
	New               = "New"
	Promising         = "Promising"
	NeedsAttention    = "Needs Attention"
	AboutToSleep      = "About to Sleep"
	AtRisk            = "At Risk"
	CannotLose        = "Cannot Lose"
	Hibernating       = "Hibernating"
	Lost              = "Lost"
)

// grid holds the segments, by R (rows, 1 first) and F (columns, 1 first).
var grid = [5][5]string{
	{Lost, Hibernating, AtRisk, AtRisk, CannotLose},
	{Hibernating, Hibernating, AtRisk, AtRisk, CannotLose},
	{AboutToSleep, AboutToSleep, NeedsAttention, Loyal, Loyal},
	{Promising, PotentialLoyalist, PotentialLoyalist, Loyal, Loyal},
	{New, PotentialLoyalist, PotentialLoyalist, Champions, Champions},
}

// Segment names the segment of d on the grid of R and F. It is empty for a customer without purchases.
func (d Digits) Segment() string {
	if d.R == 0 {
		return ""
	}
	return grid[d.R-1][d.F-1]
}
