// Package event says what a customer can do: purchase, interact, give feedback. It holds the vocabulary, the units and
// the rules that make an event acceptable, and nothing that depends on a wire format.
package event

import "cmp"

// Event is one thing that a customer did. The set is closed: *Purchase, *Interaction and *Feedback.
//
//sumtype:decl
type Event interface {
	// Common returns the part that all events share.
	Common() *Head
	// Topic is the input topic that carries events of this type.
	Topic() Topic
	sealed()
}

// Head is what every event carries.
type Head struct {
	// ID names the event for ever; the same ID twice is the same event.
	ID string
	// Customer is the customer's id, the key of the message.
	Customer string
	// OccurredAt is when it happened, as its source says.
	OccurredAt Instant
	// RecordedAt is the record time of the message that carried it (the producer's send time).
	RecordedAt Instant
}

// Common returns h itself, so that embedding a Head is enough.
func (h *Head) Common() *Head { return h }

// At is the instant at which the event counts: when it happened, but never later than it was recorded.
func (h *Head) At() Instant { return min(h.OccurredAt, h.RecordedAt) }

// Topic is the name of an input topic.
type Topic string

// The three input topics. Their alphabetical order is part of the canonical order of events.
const (
	Feedbacks    Topic = "customer.feedback.v1"
	Interactions Topic = "customer.interactions.v1"
	Purchases    Topic = "customer.purchases.v1"
)

// Topics lists the input topics in canonical order.
func Topics() []Topic { return []Topic{Feedbacks, Interactions, Purchases} }

// Compare orders events canonically: by occurred_at, topic, event_id. It returns a negative number when a comes first.
func Compare(a, b Event) int {
	x, y := a.Common(), b.Common()
	return cmp.Or(cmp.Compare(x.OccurredAt, y.OccurredAt), cmp.Compare(a.Topic(), b.Topic()), cmp.Compare(x.ID, y.ID))
}

// Purchase is a fact about money: an order, or something that happened to one.
type Purchase struct {
	Head
	Kind PurchaseKind
	// OrderID is empty only for an unlinked REFUND.
	OrderID string
	// Amount is never negative: the kind gives the sign.
	Amount Money
	// Margin, Discount, ServiceCost and AcquisitionCost are in the currency of Amount.
	Margin, Discount, ServiceCost, AcquisitionCost OptionalMinor
	Items                                          []Item
	Channel, Session, Referrer                     string
	// DueAt is when payment is due; zero when not said.
	DueAt Instant
}

// Item is one line of an order.
type Item struct {
	SKU, Category string
	Quantity      int64
	// AmountMinor is the line's total in the currency of the order.
	AmountMinor int64
}

// Topic is Purchases.
func (*Purchase) Topic() Topic { return Purchases }
func (*Purchase) sealed()      {}

// Interaction is a touch between the customer and the business that moves no money.
type Interaction struct {
	Head
	Kind InteractionKind
	// OtherCustomer is the surviving id of MERGED_INTO.
	OtherCustomer string
	Name          string
	Channel       string
	Session       string
	// Weight is the depth of the touch, a positive integer; zero means the kind's own.
	Weight int32
	// Cost is what an outreach cost, in minor units of the base currency.
	Cost OptionalMinor
	// Alert is the churn alert that an outreach or offer answers.
	Alert       string
	Disposition Disposition
	// Attributes are facts about the customer: industry, size, region, credit_grade, test_account and the like.
	Attributes map[string]string
}

// Topic is Interactions.
func (*Interaction) Topic() Topic { return Interactions }
func (*Interaction) sealed()      {}

// Depth is the weight that counts: the event's own, or its kind's where it says none.
func (i *Interaction) Depth() int32 {
	if i.Weight > 0 {
		return i.Weight
	}
	return i.Kind.Weight()
}

// Feedback is what the customer says of us: an answer on a scale, a review, a complaint.
type Feedback struct {
	Head
	Kind FeedbackKind
	// Score lies in [Min, Max] when Scored is true; NPS is always on 0–10.
	Score, Min, Max float64
	Scored          bool
	About           Subject
	OrderID         string
}

// Topic is Feedbacks.
func (*Feedback) Topic() Topic { return Feedbacks }
func (*Feedback) sealed()      {}

// Share is the answer's place on its own scale, in [0, 1].
func (f *Feedback) Share() float64 { return (f.Score - f.Min) / (f.Max - f.Min) }
