package dataset

import (
	"cmp"
	"fmt"
	"slices"

	"tidemark/internal/event"
)

// Log is the result of reading.
type Log struct {
	// Events are in the order of reading. RecordedAt equals StatedAt, unless a line of JSON says otherwise.
	Events []event.Event
	// Lines is the number of data lines in all files, without headers and blank lines.
	Lines int
	// Rejected counts the lines that became no event: one entry for each reason, in order of the reason.
	Rejected []Rejection
	// Notes say what the reading assumed: sentences for people, in the order of reading.
	Notes []string
}

// Rejection counts the lines that one reason kept from becoming events.
type Rejection struct {
	// Reason is a reason of event.Validate, or one of those below.
	Reason event.Reason
	// Lines is the number of lines left out. The lines of an invoice count singly; an order of Olist counts as one. For BadItem it is the
	// number of items.
	Lines int
	// Examples are the first few.
	Examples []Example
}

// Example is the place of a rejected line. It holds no customer id.
type Example struct {
	File   string
	Line   int
	Detail string
}

func (e Example) String() string { return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Detail) }

// Reasons of the formats themselves.
const (
	NoCustomer    event.Reason = "NO_CUSTOMER"    // the line names no customer
	BadDebt       event.Reason = "BAD_DEBT"       // an A-invoice of Online Retail: bookkeeping, not a purchase
	NegativeTotal event.Reason = "NEGATIVE_TOTAL" // an order with a total below zero that is no cancellation
	Canceled      event.Reason = "CANCELED"       // an order of Olist with this status
	Unavailable   event.Reason = "UNAVAILABLE"    // an order of Olist that was never fulfilled
	NoPayment     event.Reason = "NO_PAYMENT"     // an order of Olist whose amount nobody knows
	NoOrder       event.Reason = "NO_ORDER"       // a review of Olist without its order, so without its customer
	BadItem       event.Reason = "BAD_ITEM"       // an item of an order that cannot be read: the order counts without the item
)

const maxExamples = 3

// place is where something was read. Lines count from 1.
type place struct {
	file string
	line int
}

// malformed makes the error of a line that is not of its format.
func malformed(at place, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", at.file, at.line, fmt.Errorf(format, args...))
}

// collector builds a Log.
type collector struct {
	Options
	events   []event.Event
	lines    int
	rejected map[event.Reason]*Rejection
	notes    []string
	// fault is the first line that is at fault, as an error. A strict reading ends with it.
	fault error
	// shaped says that a line had the shape of the format, unshaped is the first that had not, as an error.
	shaped   bool
	unshaped error
}

// accept adds an event if it is valid. The event was made of a number of lines.
func (c *collector) accept(e event.Event, at place, lines int) {
	if err := c.check(e); err != nil {
		c.reject(event.ReasonOf(err), at, lines, err.Error())
		return
	}
	c.events = append(c.events, e)
}

// check returns nil for an event that is valid, and no older than Options.Oldest.
func (c *collector) check(e event.Event) error {
	if err := event.Validate(e); err != nil {
		return err
	}
	if at := event.Earliest(e); at < c.Oldest {
		return event.Invalidf(event.TooOld, "%s lies before %s, the oldest time that the model takes", at, c.Oldest)
	}
	return nil
}

func (c *collector) reject(reason event.Reason, at place, lines int, detail string) {
	c.shaped = c.shaped || reason != event.Malformed
	if c.fault == nil && isFault(reason) {
		c.fault = malformed(at, "%s", detail)
	}
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

// leaveOut counts a line that cannot be read.
func (c *collector) leaveOut(at place, err error) {
	if c.unshaped == nil {
		c.unshaped = malformed(at, "%w", err)
	}
	c.reject(event.Malformed, at, 1, err.Error())
}

// verdict is the error that ends the reading: in a strict one the first fault, else the first line where no line has the shape of the
// format, as the files are of another format then.
func (c *collector) verdict() error {
	if c.Strict && c.fault != nil {
		return c.fault
	}
	if !c.shaped && len(c.events) == 0 {
		return c.unshaped
	}
	return nil
}

// isFault reports whether a line that is left out for this reason is one that ought to be mended. The others are lines that the format
// knows, and that are no event of a customer: the accounts of a shop, what was never sold, and guests.
func isFault(reason event.Reason) bool {
	return !slices.Contains([]event.Reason{NoCustomer, BadDebt, Canceled, Unavailable, NotASale, NoPayment, NoOrder}, reason)
}

func (c *collector) note(format string, args ...any) {
	c.notes = append(c.notes, fmt.Sprintf(format, args...))
}

func (c *collector) log() Log {
	log := Log{Events: c.events, Lines: c.lines, Notes: c.notes}
	for _, r := range c.rejected {
		log.Rejected = append(log.Rejected, *r)
	}
	slices.SortFunc(log.Rejected, func(a, b Rejection) int { return cmp.Compare(a.Reason, b.Reason) })
	return log
}
