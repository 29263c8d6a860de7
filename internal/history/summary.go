package history

import (
	"math"

	"tidemark/internal/event"
)

// Distances from H, in days. An event on day d is too late once d <= H-window (an interaction: d <= H-touchWindow).
const (
	window      = 365 // of purchases and feedback, of their lateness, and the reach of a link
	touchWindow = 90
	monthWindow = 30 // of the interactions that are lately
	repeats     = 7  // how long the repetition of an interaction is recognised

	// margin keeps the facts of the windows that end the day before H: an event may be stamped up to 5 minutes after its
	// record time, and so may have moved H to tomorrow.
	margin = 1

	sealAfter       = 2 * window
	sealOrphanAfter = 3 * window
)

// Summary is what is remembered of one customer. The zero value remembers nothing. Summary is copy-on-write: no method
// modifies its receiver, nor memory that another Summary shares. So it is safe for concurrent use.
type Summary struct {
	newest event.Day
	seen   bool

	orders    orderList
	refunds   []refund
	links     []uint16 // see link
	payments  []payment
	feedbacks []feedback
	touches   []touch
	days      []touchDay
	past      *past      // nil: nothing is sealed
	referrals *referrals // nil: no pair with a buyer

	channels   []channel
	categories []string // that an order names, and perhaps some that none does any more
	consents   []consent
	attributes []attribute
	spilled    int64
}

// Verdict is what became of an event.
type Verdict uint8

// The verdicts.
const (
	// Accepted says that the summary has changed.
	Accepted Verdict = iota
	// Repeated says that the event is known already, or is overruled by a known event. Nothing has changed.
	Repeated
	// TooLate says that the event falls on a day whose events are no longer told apart. Nothing has changed.
	TooLate
)

// Amounts are what an event comes to under a model. All are zero where they do not apply. The amounts of a purchase are in minor units of the
// base currency.
type Amounts struct {
	Amount                                         int64
	Margin, Discount, ServiceCost, AcquisitionCost event.OptionalMinor
	// Said is the amount as the event says it, if its currency is not the base currency; else the zero value.
	Said event.Money
	// Referral is whom a REFERRAL_MADE names, and who has bought by a message of links.
	Referral Referral
}

// Newest is the newest day on which any accepted event happened, or was revised: H. For the zero value it is the least Day.
func (s *Summary) Newest() event.Day {
	if !s.seen {
		return math.MinInt32
	}
	return s.newest
}

// Spilled counts the facts beyond the caps. Less is known of such a fact; see the package comment.
func (s *Summary) Spilled() int64 { return s.spilled }

// Observe returns s with the event x counted in, and what became of x. a holds the amounts of x, converted into the base
// currency. The calendar must be the same for all events of a customer.
func (s Summary) Observe(x event.Event, a Amounts, c event.Calendar) (Summary, Verdict) {
	head := x.Common()
	f := stamp{at: head.OccurredAt, event: hash(head.ID), day: c.Day(head.OccurredAt), n: 1}
	late := event.Day(window)
	if x.Topic() == event.Interactions {
		late = touchWindow
	}
	day := f.day // on which the event is stated: the version of an order on the day of its revision
	if at := x.StatedAt(); at != f.at {
		day = c.Day(at)
	}
	if x.Topic() != event.Links && (s.seen && f.day <= s.newest-late || f.day <= day-late) {
		return s, TooLate
	}
	next := s
	if x.Topic() == event.Links && !a.Referral.Named { // is nothing that the customer did
		return s, Repeated
	}
	changed := next.advance(day)
	switch x := x.(type) {
	case *event.Purchase:
		changed = next.purchase(x, f, a, c) || changed
	case *event.Interaction:
		changed = next.interaction(x, f, a.Referral) || changed
	case *event.Feedback:
		changed = next.feedback(x, f) || changed
	case *event.Link:
		changed = next.refer(a.Referral, bought) || changed
	}
	if !changed {
		return s, Repeated
	}
	return next, Accepted
}

// advance moves H up to a day and drops what is then too old. It reports whether H has moved.
func (s *Summary) advance(day event.Day) bool {
	if s.seen && day <= s.newest {
		return false
	}
	s.past = s.past.told(s.newest)
	s.newest, s.seen = day, true
	s.forget()
	return true
}

// forget drops what is too old for H, or adds it to the totals.
func (s *Summary) forget() {
	s.forgetOverruled()
	s.seal()
	s.payments = since(s.payments, s.newest-window-margin+1)
	s.feedbacks = since(s.feedbacks, s.newest-window-margin+1)
	s.foldTouches()
	s.forgetCosts()
}

func (s *Summary) purchase(x *event.Purchase, f stamp, a Amounts, c event.Calendar) bool {
	switch x.Kind {
	case event.Order:
		return s.order(x, f, a, c)
	case event.Cancel:
		return s.version(order{stamp: f, order: hash(x.OrderID), cancel: true}, x, c)
	case event.Refund, event.Chargeback:
		r := refund{stamp: f, amount: a.Amount, said: saidOf(&a), chargeback: x.Kind == event.Chargeback}
		if x.OrderID != "" {
			r.order = hash(x.OrderID)
		}
		return s.refund(r, c)
	case event.PaymentFailed, event.PaymentOverdue, event.Paid:
		return s.payment(payment{stamp: f, kind: x.Kind, amount: a.Amount}, c)
	case event.UnknownPurchase:
	}
	return false
}
