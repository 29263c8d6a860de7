package clv

import "tidemark/internal/stat"

// Memory remembers what a mixture of regularities believes of one customer, from one look at the customer to the next: of the last two histories
// that were asked for, for a search looks at a customer with and without one more purchase. The answers are the same without a memory, but for
// the time. The zero Memory is empty. A Memory belongs to one goroutine.
type Memory struct {
	recent  [2]belief
	entered int // the place of the belief that was entered last
}

// belief is what a mixture believes of a customer until the next purchase.
type belief struct {
	stat.Belief
	of known
	// ahead is the answer to Coming for an outlook; the zero Outlook is no answer.
	outlook stat.Outlook
	ahead   float64
}

// known is what a belief depends on: the mixture, and what a Pattern says of the purchases. Silence is no part of it.
type known struct {
	by                       *stat.Regular
	unitDays                 float64
	repeats                  int
	last, lastShift, logGaps float64
}

// believe is what the mixture of m believes of a customer, from the memory of p; without a memory, it is own. The gaps of p are known.
func (m *Model) believe(p *Pattern, own *belief) *belief {
	of := known{m.Regular, m.UnitDays, p.Repeats, p.Last, p.LastShift, p.LogGaps}
	b := own
	if c := p.Memory; c != nil {
		for i := range c.recent {
			if c.recent[i].of == of {
				return &c.recent[i]
			}
		}
		c.entered = 1 - c.entered
		b = &c.recent[c.entered]
	}
	h, _ := p.Paced(m.UnitDays)
	b.of, b.Belief, b.outlook = of, m.Regular.Believe(h), stat.Outlook{}
	return b
}

// coming is the number of purchases in an outlook that was expected right after the last purchase, of a customer who stayed.
func (b *belief) coming(o stat.Outlook) float64 {
	if b.outlook != o {
		b.outlook, b.ahead = o, b.Coming(o)
	}
	return b.ahead
}

// Forgetful is p without its Memory. It copies each field by itself, so that the compiler sees that the memory goes nowhere: a caller's memory
// may then stay off the heap.
func (p *Pattern) Forgetful() Pattern {
	return Pattern{
		Repeats: p.Repeats, Last: p.Last, Age: p.Age, LastShift: p.LastShift, AgeShift: p.AgeShift, SpendDays: p.SpendDays, Spend: p.Spend,
		FreeDays: p.FreeDays, LogGaps: p.LogGaps, GapsKnown: p.GapsKnown, Margin: p.Margin, MarginKnown: p.MarginKnown,
	}
}
