package stat

// PurchaseModel is what a score asks of a purchase model; BGNBD, MBGNBD and
// ParetoNBD answer it. Validate accepts both h and the model. Spans and horizons
// are times from h.T on, in [0, MaxSpan].
type PurchaseModel interface {
	// Alive is P(alive), in [0, 1]: the probability that the customer has not
	// left for good. It falls in silence, that is, as h.T alone grows.
	Alive(h Rhythm) float64
	// AliveCrossing is the least age T at which Alive is theta or less, in
	// silence. See BGNBD.AliveCrossing.
	AliveCrossing(h Rhythm, theta float64) float64
	// NoPurchase is the probability of no purchase within the horizon, in [0,
	// 1]. Unlike Alive it can be checked against what happens. It rises in
	// silence.
	NoPurchase(h Rhythm, horizon float64) float64
	// Expected is the mean number of purchases in (h.T, h.T+span], 0 or more.
	Expected(h Rhythm, span float64) float64
	// Discounted is the mean number of purchases over the next months, each
	// discounted to today. See BGNBD.Discounted.
	Discounted(h Rhythm, months int, monthLength, rate float64) float64
	// NextWithin is the probability that a customer who is still there buys
	// within the span, in [0, 1].
	NextWithin(h Rhythm, span float64) float64
	// NextGapQuantile is the time from now within which a customer who is still
	// there buys with probability q. See BGNBD.NextGapQuantile.
	NextGapQuantile(h Rhythm, q float64) float64
}

// Stayed is a PurchaseModel that can say what is to come of a customer who is
// still there.
type Stayed interface {
	PurchaseModel
	// Stayed is Discounted over Alive, by which it must be multiplied to be
	// Discounted to the last bit. h.TX plays no part: so it is the same for all
	// customers of an age with as many purchases.
	Stayed(h Rhythm, months int, monthLength, rate float64) float64
}

var (
	_ PurchaseModel = BGNBD{}
	_ PurchaseModel = MBGNBD{}
	_ PurchaseModel = ParetoNBD{}
)
