package history

import (
	"math/bits"

	"tidemark/internal/event"
)

func (s *Summary) deriveTouches(f *Facts, h *horizon, c event.Calendar) {
	var channels uint32
	for j := range s.touches {
		t := &s.touches[j]
		inWindow := h.has(&t.stamp, touchWindow)
		if t.at > h.at {
			continue
		}
		f.lifetimeTouch(t.kind, 1, t.cost)
		if !inWindow {
			continue
		}
		h.leaves = min(h.leaves, t.day+touchWindow)
		f.Interactions90[t.kind] += int64(t.weight)
		f.Touches90[t.kind]++
		channels |= uint32(1) << t.channel >> 1
	}
	for j := range s.days {
		d := &s.days[j]
		if d.day > h.today {
			h.ahead = min(h.ahead, c.Start(d.day))
			continue
		}
		f.lifetimeTouch(d.kind, int(d.n), 0)
		if h.today-d.day >= touchWindow {
			continue
		}
		h.leaves = min(h.leaves, d.day+touchWindow)
		f.Interactions90[d.kind] += d.weight
		f.Touches90[d.kind] += int32(d.n)
		channels |= d.channels
	}
	f.Channels90 = bits.OnesCount32(channels)
}

func (f *Facts) lifetimeTouch(kind event.InteractionKind, n int, cost int64) {
	f.OutreachCost += cost
	if kind == event.ReferralMade {
		f.Referrals += n
	}
}
