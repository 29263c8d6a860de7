package dataset

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"tidemark/internal/event"
)

// envelope is one line of JSON.
type envelope[E any] struct {
	Topic      string  `json:"topic"`
	RecordedAt *moment `json:"recorded_at,omitempty"`
	Event      E       `json:"event"`
}

// body is an event in JSON. Reading and writing use the same form.
type body interface {
	event() (event.Event, error)
}

type head struct {
	ID         string  `json:"event_id"`
	Customer   string  `json:"customer_id"`
	OccurredAt *moment `json:"occurred_at"`
}

type purchase struct {
	head
	Order           string  `json:"order_id,omitempty"`
	Kind            string  `json:"kind"`
	Amount          *int64  `json:"amount_minor"`
	Currency        string  `json:"currency"`
	Margin          *int64  `json:"margin_minor,omitempty"`
	Discount        *int64  `json:"discount_minor,omitempty"`
	ServiceCost     *int64  `json:"service_cost_minor,omitempty"`
	AcquisitionCost *int64  `json:"acquisition_cost_minor,omitempty"`
	Items           []item  `json:"items,omitempty"`
	Channel         string  `json:"channel,omitempty"`
	Session         string  `json:"session_id,omitempty"`
	Referrer        string  `json:"referrer_id,omitempty"`
	DueAt           *moment `json:"due_at,omitempty"`
	RevisedAt       *moment `json:"revised_at,omitempty"`
}

type item struct {
	SKU      string `json:"sku"`
	Category string `json:"category"`
	Quantity pieces `json:"quantity"`
	Amount   int64  `json:"amount_minor"`
}

// pieces is a quantity. One that is not whole, as 1.5 kg, is the next whole number: nothing is scored by it.
type pieces int64

// UnmarshalJSON reads a number.
func (p *pieces) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		return nil
	}
	if whole, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		*p = pieces(whole)
		return nil
	}
	n, err := strconv.ParseFloat(string(b), 64)
	if err != nil || math.Abs(n) > 1<<53 {
		return fmt.Errorf("quantity %.40s is not a number that can be counted", b)
	}
	*p = pieces(math.Ceil(n))
	return nil
}

type interaction struct {
	head
	Kind          string            `json:"kind"`
	OtherCustomer string            `json:"other_customer_id,omitempty"`
	Name          string            `json:"name,omitempty"`
	Channel       string            `json:"channel,omitempty"`
	Session       string            `json:"session_id,omitempty"`
	Weight        int32             `json:"weight,omitempty"`
	Cost          *int64            `json:"cost_minor,omitempty"`
	Alert         string            `json:"alert_id,omitempty"`
	Disposition   string            `json:"disposition,omitempty"`
	Attributes    map[string]string `json:"attributes,omitempty"`
}

type feedback struct {
	head
	Kind  string   `json:"kind"`
	Score *float64 `json:"score,omitempty"`
	Min   *float64 `json:"scale_min,omitempty"`
	Max   *float64 `json:"scale_max,omitempty"`
	About string   `json:"topic,omitempty"`
	Order string   `json:"order_id,omitempty"`
}

func (h head) common() (event.Head, error) {
	if h.OccurredAt == nil {
		return event.Head{}, event.Invalidf(event.BadField, "occurred_at is missing")
	}
	return event.Head{ID: h.ID, Customer: h.Customer, OccurredAt: event.Instant(*h.OccurredAt)}, nil
}

func (p *purchase) event() (event.Event, error) {
	common, err := p.common()
	if err != nil {
		return nil, err
	}
	if p.Amount == nil {
		return nil, event.Invalidf(event.BadField, "amount_minor is missing")
	}
	e := &event.Purchase{
		Head:            common,
		Kind:            event.ParsePurchaseKind(p.Kind),
		OrderID:         p.Order,
		Amount:          event.Money{Minor: *p.Amount, Currency: event.Currency(p.Currency)},
		Margin:          optional(p.Margin),
		Discount:        optional(p.Discount),
		ServiceCost:     optional(p.ServiceCost),
		AcquisitionCost: optional(p.AcquisitionCost),
		Channel:         p.Channel,
		Session:         p.Session,
		Referrer:        p.Referrer,
	}
	for _, i := range p.Items {
		e.Items = append(e.Items, event.Item{SKU: i.SKU, Category: i.Category, Quantity: int64(i.Quantity), AmountMinor: i.Amount})
	}
	if p.DueAt != nil {
		e.DueAt = event.Instant(*p.DueAt)
	}
	if p.RevisedAt != nil {
		e.RevisedAt = event.Instant(*p.RevisedAt)
	}
	return e, nil
}

func (i *interaction) event() (event.Event, error) {
	common, err := i.common()
	if err != nil {
		return nil, err
	}
	return &event.Interaction{
		Head:          common,
		Kind:          event.ParseInteractionKind(i.Kind),
		OtherCustomer: i.OtherCustomer,
		Name:          i.Name,
		Channel:       i.Channel,
		Session:       i.Session,
		Weight:        i.Weight,
		Cost:          optional(i.Cost),
		Alert:         i.Alert,
		Disposition:   event.ParseDisposition(i.Disposition),
		Attributes:    i.Attributes,
	}, nil
}

func (f *feedback) event() (event.Event, error) {
	common, err := f.common()
	if err != nil {
		return nil, err
	}
	e := &event.Feedback{
		Head: common, Kind: event.ParseFeedbackKind(f.Kind), About: event.ParseSubject(f.About), OrderID: f.Order,
	}
	if f.Score == nil {
		return e, nil
	}
	e.Scored, e.Score = true, *f.Score
	if e.Kind == event.NPS {
		e.Max = 10
	}
	if f.Min != nil {
		e.Min = *f.Min
	}
	if f.Max != nil {
		e.Max = *f.Max
	}
	return e, nil
}

func optional(n *int64) event.OptionalMinor {
	if n == nil {
		return event.OptionalMinor{}
	}
	return event.Minor(*n)
}

// moment is an instant in JSON.
type moment event.Instant

// UnmarshalJSON reads RFC 3339, cut to the millisecond, or a bare date as 00:00 UTC.
func (m *moment) UnmarshalJSON(b []byte) error {
	s, err := strconv.Unquote(string(b))
	if err != nil {
		return notATime(b)
	}
	layout := time.RFC3339
	if len(s) == len(time.DateOnly) {
		layout = time.DateOnly
	}
	t, err := time.Parse(layout, s)
	if err != nil || !writable(t.UTC()) {
		return notATime(b)
	}
	*m = moment(event.InstantOf(t))
	return nil
}

func notATime(b []byte) error {
	return fmt.Errorf("%s is not a time such as 2026-03-01T12:00:00Z, nor a date such as 2026-03-01", b)
}

// MarshalJSON writes RFC 3339 in UTC.
func (m moment) MarshalJSON() ([]byte, error) {
	at := event.Instant(m)
	if !writable(at.Time()) {
		return nil, fmt.Errorf("the time %d ms lies beyond the years 0 to 9999", int64(at))
	}
	return strconv.AppendQuote(nil, at.String()), nil
}

// writable reports whether RFC 3339 can write an instant: the year must have four digits.
func writable(utc time.Time) bool { return utc.Year() >= 0 && utc.Year() <= 9999 }
