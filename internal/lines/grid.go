package lines

import "tidemark/internal/score/churn"

// The lines that are tried: every combination of a floor, a rise, a minimum silence and a number of purchase days. The grid is fixed and does
// not depend on the base, so that a fit over its own result finds the same lines.
var (
	// floors are probabilities.
	floors = [...]churn.Risk{
		.02, .05,
		.10, .15, .20, .25, .30, .35, .40, .45, .50, .525, .55, .575, .60, .625, .65, .675, .70, .725, .75, .775, .80, .825, .85, .875, .90, .925, .95, .975,
	}
	// rises are in thousandths of log-odds.
	rises = [...]int32{50, 100, 150, 200, 300, 500, 800, 1000, 1200, 1400, 1600, 2000, 2500}
	// silences are in days. The first that serves as well as another is taken, so the usual one comes first. None is longer than half of the
	// usual horizon: an alert after a horizon of silence tells what everybody sees. On CDNOW such lines looked best and then found 3 of 1,000.
	silences = [...]int{14, 7, 21, 30, 45}
)

const (
	// ease is how far the rise may fall back before a level is left, in thousandths of log-odds: the hysteresis of the default lines. Half of a
	// small rise is less than ease, and is taken then: a level that is never left below is no valid line.
	ease = 200
	// usualFloor and usualRise are the least of the usual combinations. The lower ones serve where the risk hardly moves before a long silence:
	// where the purchase model stands alone, and where the risk is 1 - P(alive). See usual.
	usualFloor churn.Risk = .10
	usualRise  int32      = 300
	// rhythm is the fewest purchase days that make a rhythm. Where too few customers have a rhythm, scarce makes one.
	rhythm, scarce = 3, 2
	// morePurchases is how many more purchase days than the fewest are tried.
	morePurchases = 3
)

// spot is a combination of the grid, by places. Its purchases count from the fewest.
type spot struct{ purchases, silence, floor, rise int }

// spots is the number of combinations.
const spots = morePurchases * len(silences) * len(floors) * len(rises)

// place is the place of a combination in a list of all.
func (s spot) place() int {
	return ((s.purchases*len(silences)+s.silence)*len(floors)+s.floor)*len(rises) + s.rise
}

// spotAt is the inverse of place.
func spotAt(place int) (s spot) {
	s.rise, place = place%len(rises), place/len(rises)
	s.floor, place = place%len(floors), place/len(floors)
	s.silence, s.purchases = place%len(silences), place/len(silences)
	return s
}

// usual reports whether the combination is a usual one. One that is not is WATCH only where it is better than the usual ones for certain: a low
// line raises alerts about more customers than the past showed, should the risk move more later on.
func (s spot) usual() bool { return floors[s.floor] >= usualFloor && rises[s.rise] >= usualRise }

// line is the line of the combination.
func (s spot) line() churn.Line {
	up := rises[s.rise]
	return churn.Line{Up: up, Down: downOf(up), Floor: floors[s.floor]}
}

// downOf is the rise below which a line is left that is entered at a rise.
func downOf(up int32) int32 { return up - min(ease, up/2) }
