// Package event says what a customer can do: purchase, interact, give feedback. It holds the vocabulary of events, their units,
// and the rules for an acceptable event. It knows no wire format.
package event

import "cmp"

// Event is one thing that a customer did. The set is closed: *Purchase, *Interaction and *Feedback, and *Link, which one
// customer tells another of what both did.
//
//sumtype:decl
type Event interface {
	// Common returns the part that all events share.
	Common() *Head
	// Topic is the input topic that carries events of this type.
	Topic() Topic
	// StatedAt is the instant that orders events: when the event happened; for a version of an order, when it was revised.
	StatedAt() Instant
	// At is the instant at which the event counts: StatedAt, but never later than its record time.
	At() Instant
	sealed()
}

// Head is what every event carries.
type Head struct {
	// ID names the event for ever: two events with one ID are one event.
	ID string
	// Customer is the customer's id, the key of the message.
	Customer string
	// OccurredAt is when the event happened, as its source says.
	OccurredAt Instant
	// RecordedAt is the record time of the message that carried the event (the producer's send time).
	RecordedAt Instant
}

// Common returns h itself, so that embedding a Head is enough.
func (h *Head) Common() *Head { return h }

// Topic is the name of an input topic.
type Topic string

// The topics of what customers do. Their alphabetical order is part of the canonical order of events.
const (
	Feedbacks    Topic = "customer.feedback.v1"
	Interactions Topic = "customer.interactions.v1"
	Purchases    Topic = "customer.purchases.v1"
)

// Links is the topic by which ids that mean one customer hear of each other. Its place in the canonical order is the alphabetical one.
const Links Topic = "customer.links.v1"

// Topics lists, in canonical order, the topics that carry what customers do. Producers write them.
func Topics() []Topic { return []Topic{Feedbacks, Interactions, Purchases} }

// Inputs lists, in canonical order, the topics that a lane reads: Topics, and Links, which lanes write for one another.
func Inputs() []Topic { return []Topic{Feedbacks, Interactions, Links, Purchases} }

// Compare orders events canonically: by StatedAt, topic, event_id. It is negative where a comes first, positive where b does.
func Compare(a, b Event) int {
	return cmp.Or(cmp.Compare(a.StatedAt(), b.StatedAt()), cmp.Compare(a.Topic(), b.Topic()), cmp.Compare(a.Common().ID, b.Common().ID))
}

// Purchase is a fact about money: an order, or what happened to an order.
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
	// DueAt is when payment is due; zero where the event does not say.
	DueAt Instant
	// RevisedAt is when the source wrote this version of its order; zero where the event does not say. Only an ORDER and a CANCEL
	// are versions of an order.
	RevisedAt Instant
}

// Item is one line of an order.
type Item struct {
	SKU, Category string
	// Quantity is the number of pieces, below zero for a line that is returned. Among the categories of an order that come to the same
	// amount, the one with the most pieces is the order's; nothing else depends on it.
	Quantity int64
	// AmountMinor is the line's total in the currency of the order.
	AmountMinor int64
}

// Topic is Purchases.
func (*Purchase) Topic() Topic { return Purchases }
func (*Purchase) sealed()      {}

// StatedAt is when a version of an order was revised; the revision of an order never lies before the order itself. Of other
// purchases it is when they happened.
func (p *Purchase) StatedAt() Instant {
	if p.RevisedAt != 0 && p.revisable() {
		return max(p.OccurredAt, p.RevisedAt)
	}
	return p.OccurredAt
}

// revisable reports whether p is a version of an order. Nobody reads the revised_at of other purchases.
func (p *Purchase) revisable() bool { return p.Kind == Order || p.Kind == Cancel }

// At is StatedAt, but never later than the record time.
func (p *Purchase) At() Instant { return min(p.StatedAt(), p.RecordedAt) }

// Interaction is a touch between the customer and the business that moves no money.
type Interaction struct {
	Head
	Kind InteractionKind
	// OtherCustomer is the surviving id of MERGED_INTO.
	OtherCustomer string
	Name          string
	Channel       string
	Session       string
	// Weight is the depth of the touch, a positive integer. Zero stands for the weight of the kind.
	Weight int32
	// Cost is what an outreach cost, in minor units of the base currency.
	Cost OptionalMinor
	// Alert is the id of the churn alert that an outreach or an offer answers.
	Alert       string
	Disposition Disposition
	// Attributes are facts about the customer: industry, size, region, credit_grade, test_account and the like.
	Attributes map[string]string
}

// Topic is Interactions.
func (*Interaction) Topic() Topic { return Interactions }
func (*Interaction) sealed()      {}

// StatedAt is when the interaction happened.
func (i *Interaction) StatedAt() Instant { return i.OccurredAt }

// At is StatedAt, but never later than the record time.
func (i *Interaction) At() Instant { return min(i.OccurredAt, i.RecordedAt) }

// Depth is the weight that counts: the event's own weight, or its kind's where the event gives none.
func (i *Interaction) Depth() int32 {
	if i.Weight > 0 {
		return i.Weight
	}
	return i.Kind.Weight()
}

// Feedback is what the customer says of the business: an answer on a scale, a review, a complaint.
type Feedback struct {
	Head
	Kind FeedbackKind
	// Score lies in [Min, Max] where Scored is true. The scale of NPS is always 0–10.
	Score, Min, Max float64
	Scored          bool
	About           Subject
	OrderID         string
}

// Topic is Feedbacks.
func (*Feedback) Topic() Topic { return Feedbacks }
func (*Feedback) sealed()      {}

// StatedAt is when the feedback was given.
func (f *Feedback) StatedAt() Instant { return f.OccurredAt }

// At is StatedAt, but never later than the record time.
func (f *Feedback) At() Instant { return min(f.OccurredAt, f.RecordedAt) }

// Share is the place of the answer on its own scale, in [0, 1]. It is meant for a Feedback that Validate accepts and that is
// Scored.
func (f *Feedback) Share() float64 { return (f.Score - f.Min) / (f.Max - f.Min) }
