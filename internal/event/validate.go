package event

import (
	"errors"
	"fmt"
	"math"
	"time"
	"unicode"
	"unicode/utf8"
)

// Reason is why an input is refused. It is the code on the dead letter and the label of the metric.
type Reason string

// The reasons of dead letters.
const (
	TooLarge        Reason = "TOO_LARGE"        // longer than the size limit
	Empty           Reason = "EMPTY"            // no value: nothing to decode
	BadFraming      Reason = "BAD_FRAMING"      // not a Confluent frame
	UnknownSchema   Reason = "UNKNOWN_SCHEMA"   // schema id not known, or not one of this topic
	Malformed       Reason = "MALFORMED"        // bytes do not decode under their schema
	TrailingBytes   Reason = "TRAILING_BYTES"   // more bytes than the schema says
	BadField        Reason = "BAD_FIELD"        // a field is missing or out of its range
	BadID           Reason = "BAD_ID"           // an id is empty, too long, or holds control or hidden characters
	BadKey          Reason = "BAD_KEY"          // the message key is not the customer id
	UnknownCurrency Reason = "UNKNOWN_CURRENCY" // not a currency, or one without a rate
	FromTheFuture   Reason = "FROM_THE_FUTURE"  // occurred_at or revised_at too far ahead of the record time
	TooOld          Reason = "TOO_OLD"          // a time before the oldest that the model takes, or before 1970
	TooLate         Reason = "TOO_LATE"         // on a day that is sealed already
	Crash           Reason = "CRASH"            // decoding it panicked
)

// Reasons returns all reasons.
func Reasons() []Reason {
	return []Reason{
		TooLarge, Empty, BadFraming, UnknownSchema, Malformed, TrailingBytes, BadField, BadID, BadKey, UnknownCurrency, FromTheFuture, TooOld, TooLate,
		Crash,
	}
}

// Invalid is the error of an input that is refused.
type Invalid struct {
	Reason Reason
	Detail string
}

func (e *Invalid) Error() string { return string(e.Reason) + ": " + e.Detail }

// Invalidf returns an *Invalid.
func Invalidf(reason Reason, format string, args ...any) error {
	return &Invalid{reason, fmt.Sprintf(format, args...)}
}

// ReasonOf returns the reason in err's chain; Malformed where the chain has none.
func ReasonOf(err error) Reason {
	if invalid, ok := errors.AsType[*Invalid](err); ok {
		return invalid.Reason
	}
	return Malformed
}

const (
	// MaxID is the longest id in bytes.
	MaxID = 128
	// Tolerance is how far occurred_at may lie after the record time.
	Tolerance = 5 * time.Minute
	// maxText bounds the channel, the category, an attribute and the like, in bytes.
	maxText = 256
	// MaxItems bounds the items of one order: what a message of 1 MiB holds at 32 bytes an item.
	MaxItems = 32_768
	// maxAttributes bounds the attributes of one interaction.
	maxAttributes = 1000
	// maxWeight bounds the weight of an interaction.
	maxWeight = 1_000_000
	// lastInstant is the last instant that RFC 3339 can write: 9999-12-31T23:59:59.999Z.
	lastInstant Instant = 253_402_300_799_999
)

// Validate returns nil for an event that can be accepted, else an *Invalid that says why not.
func Validate(e Event) error {
	if err := validateHead(e.Common()); err != nil {
		return err
	}
	switch e := e.(type) {
	case *Purchase:
		return e.validate()
	case *Interaction:
		return e.validate()
	case *Feedback:
		return e.validate()
	case *Link:
		if err := e.bounded(); err != nil { // first: validate compares each id of the path with each other
			return err
		}
		return e.validate()
	}
	panic(fmt.Sprintf("event: no rule for %T", e))
}

func validateHead(h *Head) error {
	if err := validID("event_id", h.ID); err != nil {
		return err
	}
	if err := validID("customer_id", h.Customer); err != nil {
		return err
	}
	return h.validTime("occurred_at", h.OccurredAt)
}

// validTime holds a time at which something happened to 1970, to the record time and to the year 9999.
func (h *Head) validTime(field string, at Instant) error {
	if at < 0 {
		return Invalidf(TooOld, "%s %s lies before 1970", field, written(at))
	}
	if at.Add(-Tolerance) > h.RecordedAt {
		return Invalidf(FromTheFuture, "%s %d is ahead of the record time %d", field, int64(at), int64(h.RecordedAt))
	}
	if at > lastInstant {
		return Invalidf(BadField, "%s %d lies beyond the year 9999", field, int64(at))
	}
	return nil
}

func (p *Purchase) validate() error {
	if p.Kind == UnknownPurchase || int(p.Kind) >= len(purchaseKinds) {
		return Invalidf(BadField, "kind is unknown")
	}
	if p.revisable() {
		if err := p.validTime("revised_at", p.RevisedAt); err != nil {
			return err
		}
	}
	if p.OrderID != "" || p.Kind != Refund {
		if err := validID("order_id", p.OrderID); err != nil {
			return err
		}
	}
	if p.Amount.Minor < 0 || p.Amount.Minor > MaxMinor {
		return Invalidf(BadField, "amount_minor %d is not in 0..%d", p.Amount.Minor, int64(MaxMinor))
	}
	if p.DueAt < 0 {
		return Invalidf(TooOld, "due_at %s lies before 1970", written(p.DueAt))
	}
	if !p.Amount.Currency.WellFormed() {
		return Invalidf(UnknownCurrency, "%.8q is not an ISO 4217 code", string(p.Amount.Currency))
	}
	for _, part := range []OptionalMinor{p.Margin, p.Discount, p.ServiceCost, p.AcquisitionCost} {
		if part.Minor < -MaxMinor || part.Minor > MaxMinor {
			return Invalidf(BadField, "an amount of %d minor units is out of range", part.Minor)
		}
	}
	if len(p.Items) > MaxItems {
		return Invalidf(BadField, "%d items, at most %d", len(p.Items), MaxItems)
	}
	for _, item := range p.Items {
		if item.AmountMinor < -MaxMinor || item.AmountMinor > MaxMinor {
			return Invalidf(BadField, "an item is out of range")
		}
		if err := validTexts(item.SKU, item.Category); err != nil {
			return err
		}
	}
	if p.Referrer != "" {
		if err := validID("referrer_id", p.Referrer); err != nil {
			return err
		}
	}
	return validTexts(p.Channel, p.Session)
}

func (i *Interaction) validate() error {
	if i.Kind == UnknownInteraction || int(i.Kind) >= InteractionKinds {
		return Invalidf(BadField, "kind is unknown")
	}
	if i.Weight < 0 || i.Weight > maxWeight {
		return Invalidf(BadField, "weight %d is not in 0..%d", i.Weight, maxWeight)
	}
	if i.Cost.Minor < 0 || i.Cost.Minor > MaxMinor {
		return Invalidf(BadField, "cost_minor %d is not in 0..%d", i.Cost.Minor, int64(MaxMinor))
	}
	if i.Kind == MergedInto {
		if err := validID("other_customer_id", i.OtherCustomer); err != nil {
			return err
		}
	}
	if len(i.Attributes) > maxAttributes {
		return Invalidf(BadField, "%d attributes, at most %d", len(i.Attributes), maxAttributes)
	}
	for key, value := range i.Attributes {
		if err := validTexts(key, value); err != nil {
			return err
		}
	}
	return validTexts(i.Name, i.Channel, i.Session, i.Alert, i.OtherCustomer)
}

func (f *Feedback) validate() error {
	switch f.Kind {
	case UnknownFeedback:
		return Invalidf(BadField, "kind is unknown")
	case NPS:
		if !f.Scored || f.Min != 0 || f.Max != 10 {
			return Invalidf(BadField, "NPS needs a score on 0–10")
		}
	case CSAT, Review:
		if !f.Scored {
			return Invalidf(BadField, "%s needs a score and its scale", f.Kind)
		}
	case Complaint, ComplaintResolved:
	default:
		return Invalidf(BadField, "kind %d is unknown", f.Kind)
	}
	if f.Scored {
		if !finite(f.Score) || !finite(f.Min) || !finite(f.Max) || !finite(f.Max-f.Min) {
			return Invalidf(BadField, "score or scale is not a finite number")
		}
		if f.Min >= f.Max || f.Score < f.Min || f.Score > f.Max {
			return Invalidf(BadField, "score %g is not on its scale %g–%g", f.Score, f.Min, f.Max)
		}
	}
	if f.OrderID != "" {
		return validID("order_id", f.OrderID)
	}
	return nil
}

func validID(field, id string) error {
	if id == "" || len(id) > MaxID {
		return Invalidf(BadID, "%s has %d bytes, not 1–%d", field, len(id), MaxID)
	}
	if !plain(id) {
		return Invalidf(BadID, "%s is not UTF-8 without control characters", field)
	}
	if r, found := firstHidden(id); found {
		return Invalidf(BadID, "%s holds %U, which nobody sees, or which turns text around", field, r)
	}
	return nil
}

func validTexts(texts ...string) error {
	for _, text := range texts {
		if len(text) > maxText || !plain(text) {
			return Invalidf(BadField, "a text is not plain UTF-8 of at most %d bytes", maxText)
		}
	}
	return nil
}

func plain(s string) bool {
	for i, r := range s {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
				return false
			}
		}
		if unicode.IsControl(r) {
			return false
		}
	}
	return true
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }
