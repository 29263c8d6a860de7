package history

import (
	"math"
	"math/bits"
	"slices"

	"tidemark/internal/event"
)

// decays are round(1e6 · 2^(−age/30)) by the age in days.
var decays = slices.Collect(func(yield func(int64) bool) {
	for age := range touchWindow {
		if !yield(int64(math.RoundToEven(1e6 * math.Exp2(-float64(age)/30)))) {
			return
		}
	}
})

// touched adds up the interactions. It comes after byDay, and before byOrder.
func (v *view) touched(m *More) {
	var sum touchSum
	if v.past != nil {
		for kind, n := range v.past.touches {
			m.counts(event.InteractionKind(kind), int(n))
		}
	}
	for i := range v.touches {
		if t := &v.touches[i]; t.at <= v.at {
			m.counts(t.kind, 1)
			v.touch(&sum, m, &touchDay{day: t.day, kind: t.kind, n: 1, channels: uint32(1) << t.channel >> 1, weight: int64(t.weight)})
		}
	}
	for i := range v.days {
		if d := &v.days[i]; d.day <= v.today {
			m.counts(d.kind, int(d.n))
			v.touch(&sum, m, d)
		}
	}
	t := &m.Touched
	t.Decayed, t.Channels = float64(sum.decayed)/1e6, bits.OnesCount32(sum.channels)
	for age, touched := range sum.on {
		if !touched {
			continue
		}
		t.Days++
		if v.bought[age] || age > 0 && v.bought[age-1] {
			t.Followed++
		}
	}
}

// touchSum is what Touched is gathered with.
type touchSum struct {
	decayed  int64 // in millionths
	channels uint32
	on       [touchWindow]bool // by age
}

// counts counts interactions over life.
func (m *More) counts(kind event.InteractionKind, n int) {
	if kind.Weight() > 0 {
		m.Engagements += n
	}
	switch kind { //nolint:exhaustive // the others are not told apart
	case event.OutreachSent:
		m.Sent += n
	case event.OfferRedeemed:
		m.Redeemed += n
	}
}

// touch adds the interactions of one kind on one day, if it lies in the window.
func (v *view) touch(sum *touchSum, m *More, d *touchDay) {
	if v.today-d.day >= touchWindow {
		return
	}
	age := v.age(d.day)
	v.touchedOn[age] |= d.channels
	if d.kind.Weight() == 0 {
		return
	}
	t := &m.Touched
	t.Count += int(d.n)
	t.Weight += d.weight
	t.DoubledWeight += d.weight
	if d.kind == event.CartAdd || d.kind == event.CheckoutStart {
		t.DoubledWeight += d.weight
	}
	sum.decayed += int64(d.n) * decays[age]
	sum.channels |= d.channels
	sum.on[age] = true
}

// outreach adds up what interactions of the window cost.
func (v *view) outreach(m *More) {
	cost, known := v.past.told(v.newest).outreachOf(v.today)
	if !known && v.past.touches == [event.InteractionKinds]uint32{} && len(v.days) > 0 && v.today-v.days[0].day < window {
		cost, known = v.past.outreach, true // of a former format: all of it lies in the window
	}
	if m.OutreachKnown = known; !known {
		return
	}
	m.OutreachCost = cost
	for i := range v.touches {
		if t := &v.touches[i]; v.inYear(&t.stamp) {
			m.OutreachCost += t.cost
		}
	}
}
