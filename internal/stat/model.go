package stat

// PurchaseModel is what a score asks of a purchase model; BGNBD, MBGNBD and ParetoNBD
// answer it. h is a Rhythm, and the model one, that Validate accepts. Spans
// and horizons are times from h.T on, in [0, MaxSpan].
type PurchaseModel interface {
	// Alive is P(alive): the probability, in [0, 1], that the customer has not
	// left for good. It falls in silence, that is, as h.T grows alone.
	Alive(h Rhythm) float64
	// AliveCrossing is the age T from which on Alive is theta or less, in
	// silence. See BGNBD.AliveCrossing.
	AliveCrossing(h Rhythm, theta float64) float64
	// NoPurchase is the probability, in [0, 1], of no purchase within the
	// horizon: the one whose truth can be seen. It rises in silence.
	NoPurchase(h Rhythm, horizon float64) float64
	// Expected is the mean number of purchases in (h.T, h.T+span], 0 or more.
	Expected(h Rhythm, span float64) float64
	// Discounted is the mean number of purchases over the months to come, each
	// brought to today. See BGNBD.Discounted.
	Discounted(h Rhythm, months int, monthLength, rate float64) float64
	// NextWithin is the probability, in [0, 1], that somebody who is still
	// there buys within the span.
	NextWithin(h Rhythm, span float64) float64
	// NextGapQuantile is the time from now within which somebody who is still
	// there buys with probability q. See BGNBD.NextGapQuantile.
	NextGapQuantile(h Rhythm, q float64) float64
}

var (
	_ PurchaseModel = BGNBD{}
	_ PurchaseModel = MBGNBD{}
	_ PurchaseModel = ParetoNBD{}
)
