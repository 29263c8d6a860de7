package event

import "math"

// Pieces returns a quantity as a number of pieces. One that is not whole, such as 1.5 kg, is the next whole number away from zero. What
// no int64 holds exactly is the nearest of ±2^53; what is not a number is 0. An order is never refused for the quantity of a line: see Item.
func Pieces(quantity float64) int64 {
	const exact = 1 << 53
	if math.IsNaN(quantity) {
		return 0
	}
	away := math.Copysign(math.Ceil(math.Abs(quantity)), quantity)
	return int64(max(-exact, min(exact, away)))
}
