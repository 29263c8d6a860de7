package dataset

import (
	"cmp"
	"fmt"
	"slices"

	"tidemark/internal/event"
)

// Log is what was read.
type Log struct {
	// Events are in the order in which they were read. Each has RecordedAt = OccurredAt, unless a line of JSON says
	// otherwise.
	Events []event.Event
	// Lines is the number of lines of data in all files: neither headers nor blank lines.
	Lines int
	// Rejected says what became no event, one entry a reason, ordered by reason.
	Rejected []Rejection
}

// Rejection counts the lines that became no event for one reason.
type Rejection struct {
	// Reason is one of event.Validate's, or of those below.
	Reason event.Reason
	// Lines is how many lines were left out. Those of an invoice are counted singly, an order of Olist is one.
	Lines int
	// Examples are the first few.
	Examples []Example
}

// Example is a place at which lines were rejected. It holds no customer id.
type Example struct {
	File   string
	Line   int
	Detail string
}

func (e Example) String() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Detail) }

// The reasons that are the formats' own.
const (
	NoCustomer    event.Reason = "NO_CUSTOMER"    // nobody to count it for
	BadDebt       event.Reason = "BAD_DEBT"       // an A-invoice of Online Retail: bookkeeping, not a purchase
	NegativeTotal event.Reason = "NEGATIVE_TOTAL" // an invoice of Online Retail below nothing that is no cancellation
	Canceled      event.Reason = "CANCELED"       // an order of Olist with this status
	Unavailable   event.Reason = "UNAVAILABLE"    // an order of Olist that was never fulfilled
	NoPayment     event.Reason = "NO_PAYMENT"     // an order of Olist whose amount nobody knows
	NoOrder       event.Reason = "NO_ORDER"       // a review of Olist without its order, so without its customer
)

const maxExamples = 3

// place is where something was read. Lines count from 1.
type place struct {
	file string
	line int
}

// malformed is the error of a line that is not of its format.
func malformed(at place, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", at.file, at.line, fmt.Errorf(format, args...))
}

// collector gathers a Log.
type collector struct {
	events   []event.Event
	lines    int
	rejected map[event.Reason]*Rejection
}

// accept takes an event that was made of that many lines, if it is valid.
func (c *collector) accept(e event.Event, at place, lines int) {
	if err := event.Validate(e); err != nil {
		c.reject(event.ReasonOf(err), at, lines, err.Error())
		return
	}
	c.events = append(c.events, e)
}

func (c *collector) reject(reason event.Reason, at place, lines int, detail string) {
	r := c.rejected[reason]
	if r == nil {
		if c.rejected == nil {
			c.rejected = map[event.Reason]*Rejection{}
		}
		r = &Rejection{Reason: reason}
		c.rejected[reason] = r
	}
	r.Lines += lines
	if len(r.Examples) < maxExamples {
		r.Examples = append(r.Examples, Example{at.file, at.line, detail})
	}
}

func (c *collector) log() Log {
	log := Log{Events: c.events, Lines: c.lines}
	for _, r := range c.rejected {
		log.Rejected = append(log.Rejected, *r)
	}
	slices.SortFunc(log.Rejected, func(a, b Rejection) int { return cmp.Compare(a.Reason, b.Reason) })
	return log
}
