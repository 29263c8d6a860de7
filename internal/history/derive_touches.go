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
		f.lifetimeTouch(t.kind, int(bit(!t.named, 1)), t.cost)
		if !inWindow {
			continue
		}
		h.touchLeaves = min(h.touchLeaves, f.lately(h, t.day, int64(t.weight)))
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
		h.touchLeaves = min(h.touchLeaves, f.lately(h, d.day, d.weight))
		f.Interactions90[d.kind] += d.weight
		f.Touches90[d.kind] += int32(d.n)
		channels |= d.channels
	}
	f.Channels90 = bits.OnesCount32(channels)
}

// lately counts an interaction of a weight if it falls in the last 30 days. It returns the day on which the interaction
// leaves the next window that shows it.
func (f *Facts) lately(h *horizon, day event.Day, weight int64) event.Day {
	if weight == 0 || h.today-day >= monthWindow {
		return day + touchWindow
	}
	f.Interactions30 += weight
	return day + monthWindow
}

func (f *Facts) lifetimeTouch(kind event.InteractionKind, n int, cost int64) {
	f.OutreachCost += cost
	if kind == event.ReferralMade {
		f.Referrals += n
	}
}
