package history

import (
	"cmp"
	"slices"

	"tidemark/internal/event"
)

var touchLimits = limits{perDay: 64, total: 64 * (repeats + 1)}

// touch is one interaction of the newest 7 days.
type touch struct {
	stamp
	cost    int64 // minor units of the base currency
	weight  int32
	kind    event.InteractionKind
	channel uint8 // as order.channel
	// named says that a REFERRAL_MADE names a buyer: the pair stands for it.
	named bool
}

// touchDay holds the counts of a day's interactions of one kind. Summary.days is sorted by (day, kind).
type touchDay struct {
	day      event.Day
	kind     event.InteractionKind
	n        uint32
	channels uint32 // bit i for Summary.channels[i]
	weight   int64
}

func (s *Summary) interaction(x *event.Interaction, f stamp, r Referral) bool {
	changed := s.refer(r, 0)
	if x.Kind == event.Unsubscribe || x.Kind == event.ConsentChanged {
		changed = s.consent(x, f) || changed
	}
	if x.Kind == event.Attributes {
		changed = s.describe(x, f) || changed
	}
	t := touch{stamp: f, kind: x.Kind, weight: x.Depth(), named: r.Named}
	if x.Cost.Known {
		t.cost = x.Cost.Minor
	}
	var learned bool
	t.channel, learned = s.channel(x.Channel)
	changed = changed || learned
	if t.day <= s.newest-repeats {
		s.fold([]touch{t})
		return true
	}
	touches, became := admit(s.touches, t, f, touchLimits, func(old *touch) bool { return s.greaterTouch(&t, old) })
	switch became {
	case known:
		return changed
	case full:
		s.spilled++
		s.fold([]touch{t})
	case added:
		s.touches = touches
	}
	return true
}

func (s *Summary) greaterTouch(t, u *touch) bool {
	return cmp.Or(
		cmp.Compare(t.at, u.at),
		cmp.Compare(t.kind, u.kind),
		cmp.Compare(t.weight, u.weight),
		cmp.Compare(t.cost, u.cost),
		cmp.Compare(bit(t.named, 1), bit(u.named, 1)),
		cmp.Compare(s.channelName(t.channel), s.channelName(u.channel)),
	) > 0
}

// foldTouches adds the interactions that are older than 7 days to the counts of their days, and the days that leave the
// window to the past.
func (s *Summary) foldTouches() {
	old := 0
	for old < len(s.touches) && s.touches[old].day <= s.newest-repeats {
		old++
	}
	if old > 0 {
		folded := s.touches[:old]
		s.touches = s.touches[old:]
		s.fold(folded)
	}
	old = 0
	for old < len(s.days) && s.days[old].day <= s.newest-touchWindow-margin {
		old++
	}
	if old > 0 {
		past := s.past.clone()
		for i := range s.days[:old] {
			past.touches[s.days[i].kind] += s.days[i].n
		}
		s.days, s.past = s.days[old:], past
	}
}

// fold adds interactions to the counts of their days, channels and costs.
func (s *Summary) fold(touches []touch) {
	days := slices.Grow(slices.Clone(s.days), len(touches))
	channels, past := s.channels, s.past
	named := int64(0)
	for i := range touches {
		t := &touches[i]
		named += int64(bit(t.named, 1))
		day := touchDay{day: t.day, kind: t.kind}
		place, found := slices.BinarySearchFunc(days, day, compareTouchDays)
		if !found {
			days = slices.Insert(days, place, day)
		}
		days[place].n++
		days[place].weight += int64(t.weight)
		if t.channel > 0 {
			if &channels[0] == &s.channels[0] {
				channels = slices.Clone(channels)
			}
			days[place].channels |= 1 << (t.channel - 1)
			channels[t.channel-1].touches++
		}
		if t.cost > 0 {
			if past == s.past {
				past = past.told(s.newest).clone()
			}
			past.addCost(t.day, t.cost)
		}
	}
	s.days, s.channels, s.past = days, channels, past
	if named > 0 {
		s.replaced(named)
	}
}

func compareTouchDays(a, b touchDay) int {
	if a.day != b.day {
		return cmp.Compare(a.day, b.day)
	}
	return cmp.Compare(a.kind, b.kind)
}
