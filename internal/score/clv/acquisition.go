package clv

// ToCost is (historic + current) / cost of acquisition; false where the cost is not positive. 3 is the usual bar. On the base
// Contribution the historic value has lost the cost already.
func ToCost(historic, current, acquisition float64) (float64, bool) {
	if !(acquisition > 0) {
		return 0, false
	}
	return (historic + current) / acquisition, true
}
