package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score/clv"
)

// remember gives p an empty memory under a mixture of regularities, whose answers are dear. The looks of one call of Apply, Review, Schedule or
// Score share the memory, for nearly all of them are at the same purchases. The call drops the memory in the end: two callers may look at one
// profile at a time. It also recognizes p's own ids among the pairs of referrer and buyer.
func (e *Engine) remember(p *Profile) {
	e.recognize(p)
	if p.memory == nil && e.Mixed() {
		p.memory = new(clv.Memory)
	}
}

// pattern is Pattern for a customer with a memory.
func (e *Engine) pattern(p *Profile, f *history.Facts, at event.Instant) clv.Pattern {
	pattern := e.Pattern(f, at)
	pattern.Memory = p.memory
	return pattern
}
