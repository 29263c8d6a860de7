package standing

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
)

// InteractionParams weigh the four parts of the interaction value. The weights add up to 1. The frequency counts half at HalfFrequency, the
// breadth is full at so many channels.
type InteractionParams struct {
	Frequency, Depth, Breadth, Effect float64
	HalfFrequency, FullBreadth        float64
}

// greatestWeight is the greatest weight of the kinds of interactions.
var greatestWeight = func() (most float64) {
	for kind := range event.InteractionKind(event.InteractionKinds) {
		most = max(most, float64(kind.Weight()))
	}
	return most
}()

// Frequency is the decayed count of the interactions of 90 days: Σ 2^(−age/30). It is false for who has never interacted.
func Frequency(m *history.More) (float64, bool) { return m.Touched.Decayed, m.Engagements > 0 }

// Depth is the mean weight of the interactions of 90 days over the greatest weight of the kinds, at most 1; false without an interaction.
func Depth(m *history.More) (float64, bool) {
	mean, known := share(float64(m.Touched.Weight), float64(m.Touched.Count))
	return min(1, mean/greatestWeight), known
}

// deepened is Depth with carts and checkouts taken twice.
func deepened(m *history.More) float64 {
	mean, _ := share(float64(m.Touched.DoubledWeight), float64(m.Touched.Count))
	return min(1, mean/greatestWeight)
}

// Breadth is the number of distinct channels of the interactions of 90 days. It is false for who has never interacted.
func Breadth(m *history.More) (float64, bool) { return float64(m.Touched.Channels), m.Engagements > 0 }

// Effect is the share of the days with an interaction that a purchase followed on that day or the next, towards 1 of 4: (followed + 1) / (days + 4).
func Effect(m *history.More) float64 {
	return float64(m.Touched.Followed+1) / float64(m.Touched.Days+4)
}

// Value is the interaction value in 0..100. It is false for who has never interacted. Who did, but not in 90 days, has a depth of 0.
func (p *InteractionParams) Value(m *history.More) (float64, bool) {
	depth, _ := Depth(m)
	return p.value(m, depth), m.Engagements > 0
}

func (p *InteractionParams) value(m *history.More, depth float64) float64 {
	f := m.Touched.Decayed
	return 100 * (p.Frequency*f/(f+p.HalfFrequency) + p.Depth*depth + p.Breadth*min(1, float64(m.Touched.Channels)/p.FullBreadth) + p.Effect*Effect(m))
}

// Prospect is the score of who has not bought, in 0..100: the interaction value with the depth of carts and checkouts doubled. It is false for a
// buyer, and for who has never interacted.
func (p *InteractionParams) Prospect(f *history.Facts, m *history.More) (float64, bool) {
	if f.PurchaseDays > 0 || m.Engagements == 0 {
		return 0, false
	}
	return p.value(m, deepened(m)), true
}

// Participation is the share of the outreach that was answered by an offer redeemed, over life, towards 1 of 4, at most 1:
// (OFFER_REDEEMED + 1) / (OUTREACH_SENT + 4).
func Participation(m *history.More) float64 { return min(1, float64(m.Redeemed+1)/float64(m.Sent+4)) }
