package shop

import (
	"math/rand/v2"

	"gonum.org/v1/gonum/stat/distuv"

	"tidemark/internal/event"
)

// life is the purchase process of one customer: the MBG/NBD. The customer buys at random at the customer's own rate. After each
// purchase, the first included, the customer leaves for good with the customer's own probability.
//
// A purchase of the model is a purchase day. If two purchases fall on one day, the second moves to the next day. So the number
// of purchase days is the model's number of purchases.
//
// A life has its own source of randomness. It does not depend on anything else in the shop, and a copy of it can be simulated
// in advance.
type life struct {
	source  rand.PCG
	rate    float64 // purchases a week
	dropout float64 // probability of leaving after a purchase
	shape   float64 // the shape of the spend per purchase day
	scale   float64 // the inverse scale of the spend, one over major units
	clock   weeks   // the time of the next purchase
	day     event.Day
	left    bool
}

// purchase is one purchase day of a life.
type purchase struct {
	at    event.Instant
	spend float64 // major units of the shop's currency
	last  bool    // the customer leaves after it
}

// draw returns the life of a customer of the population who joins at a time.
func (p Population) draw(seed1, seed2 uint64, joined weeks) life {
	l := life{source: *rand.NewPCG(seed1, seed2), shape: p.Spend.P, clock: joined}
	l.rate = distuv.Gamma{Alpha: p.Purchases.R, Beta: p.Purchases.Alpha, Src: &l.source}.Rand()
	l.dropout = distuv.Beta{Alpha: p.Purchases.A, Beta: p.Purchases.B, Src: &l.source}.Rand()
	l.scale = distuv.Gamma{Alpha: p.Spend.Q, Beta: p.Spend.V, Src: &l.source}.Rand()
	return l
}

// next moves on to the next purchase before an end. It is false if there is none.
func (l *life) next(s *season, end event.Instant) (purchase, bool) {
	if l.left || l.clock >= s.weeks(end) { // a clock far in the future has no instant
		return purchase{}, false
	}
	at, calendar := s.instant(l.clock), event.Calendar{}
	for calendar.Day(at) <= l.day {
		at = at.Add(oneDay)
	}
	if at >= end {
		return purchase{}, false
	}
	random := rand.New(&l.source)
	l.day = calendar.Day(at)
	l.clock += weeks(random.ExpFloat64() / l.rate)
	l.left = random.Float64() < l.dropout
	spend := distuv.Gamma{Alpha: l.shape, Beta: l.scale, Src: &l.source}.Rand()
	return purchase{at, spend, l.left}, true
}
