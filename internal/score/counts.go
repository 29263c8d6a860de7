package score

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
)

// Who counts, and for what:
//
//	                    tier, scores   churn level, alerts,   counts, rankings,   alerts
//	                                   win-back               learning            published
//	a customer          yes            yes                    yes                 yes
//	the control group   yes            yes                    yes                 only where Model.AnnounceControl
//	a shop              yes            no                     yes                 -
//	a test account      no             no                     no                  -
//	who is merged       no             no                     no                  -
//	into another
//
// The history of everybody goes on, so that who counts again needs nothing but the word that says so. A customer who may not be contacted
// counts as all do: the transitions name the channels that are left.

// count notes in p what an evaluation says of who counts. What waits for the outcome of a test account, or of who is away, waits in vain:
// nobody comes back, and no forecast is judged.
func (p *Profile) count(v *evaluation) {
	p.Shop, p.Test = v.signs.Shop, v.signs.Test
	if p.Test || p.Away() {
		p.Forecasts, p.Lapse = [2]Forecast{}, Lapse{}
	}
}

// MarksTestAccount reports whether an event may mark a test account, or take the mark back.
func MarksTestAccount(x event.Event) bool {
	i, ok := x.(*event.Interaction)
	if !ok || i.Kind != event.Attributes {
		return false
	}
	_, given := i.Attributes[history.TestAccountKey]
	return given
}

// TestWord is the last word on whether the customer is a test account, the instant of the event that says so, and whether the word is
// understood; see history.SaysTestAccount. Without such an event the word is empty, and understood.
func (p *Profile) TestWord() (value string, at event.Instant, understood bool) {
	value, at = p.Whole().AttributeWord(history.TestAccountKey)
	_, understood = history.SaysTestAccount(value)
	return value, at, understood
}

// control reports whether a customer belongs to the control group: a fixed share of all customers, chosen by the hash of the id.
func (e *Engine) control(customer string) bool {
	const slots = 10_000
	return float64(event.Hash(customer)%slots) < e.model.Control*slots
}

// InControl reports whether a customer belongs to the control group, and whether the alerts of the control group are published.
func (e *Engine) InControl(customer string) (member, announced bool) {
	return e.control(customer), e.model.AnnounceControl
}

// The bits of how a profile is counted, besides Shop. They are stored, so that a census which is kept by difference takes off what it has
// put on, also for a profile that an older version of the program has written: only append.
const (
	countsTest = 1 << iota
	countsUncontactable
	countsEnd // all combinations of the bits lie below
)

func (p *Profile) appendCounts(b []byte) []byte {
	var bits byte
	if p.Test {
		bits |= countsTest
	}
	if p.Uncontactable {
		bits |= countsUncontactable
	}
	if bits == 0 {
		return b
	}
	return append(b, tagCounts, 1, bits)
}

func (p *Profile) readCounts(f *fields) {
	bits := f.uvarint(countsEnd - 1)
	p.Test, p.Uncontactable = bits&countsTest != 0, bits&countsUncontactable != 0
}
