package score

import "tidemark/internal/event"

// point is what a search for a crossing sees at one instant.
type point struct {
	at      event.Instant
	crossed bool
	// ahead is how far off the crossing is: above 0 before it, falling with the time, below 0 after it. It only guides the search.
	ahead float64
}

// firstCrossed returns the first instant in (lo.at, hi.at] that has crossed, given that hi has and lo has not. It looks at few instants, for a
// look is dear; the last look that has crossed is at the answer, or is hi.
//
// The search steps by secants: first a guess, then a second guess as far beyond the first as the first was wrong, which closes the bracket.
// Where two guesses do not halve the bracket, the search bisects; so it does throughout if not steady, when ahead guides nobody. The bracket is
// narrowed by crossed alone, so the answer is that of a bisection.
func firstCrossed(lo, hi point, steady bool, look func(at event.Instant) point) event.Instant {
	narrow := func(at event.Instant) {
		if at <= lo.at || at >= hi.at {
			return
		}
		if p := look(at); p.crossed {
			hi = p
		} else {
			lo = p
		}
	}
	for hi.at-lo.at > 1 {
		width := hi.at - lo.at
		if slope := (lo.ahead - hi.ahead) / float64(width); steady && slope > 0 {
			guess := lo.at + event.Instant(lo.ahead/slope)
			narrow(guess)
			if lo.at == guess {
				narrow(guess + 1 + event.Instant(2*max(lo.ahead, 0)/slope))
			}
			if hi.at == guess {
				narrow(guess - 1 - event.Instant(2*max(-hi.ahead, 0)/slope))
			}
		}
		if hi.at-lo.at > width/2 {
			narrow(lo.at + (hi.at-lo.at)/2)
		}
	}
	return hi.at
}
