package dataset

import (
	"tidemark/internal/event"
)

// envelope is one line of JSON.
type envelope[E any] struct {
	Topic      string `json:"topic"`
	RecordedAt *date  `json:"recorded_at,omitempty"`
	Event      E      `json:"event"`
}

// body is an event in JSON. Reading and writing use the same form.
type body interface {
	// event returns the event. Dates are days of a calendar.
	event(days event.Calendar) (event.Event, error)
}

type head struct {
	ID         string `json:"event_id"`
	Customer   string `json:"customer_id"`
	OccurredAt *date  `json:"occurred_at"`
}

type purchase struct {
	head
	Order           string `json:"order_id,omitempty"`
	Kind            string `json:"kind"`
	Amount          *int64 `json:"amount_minor"`
	Currency        string `json:"currency"`
	Margin          *int64 `json:"margin_minor,omitempty"`
	Discount        *int64 `json:"discount_minor,omitempty"`
	ServiceCost     *int64 `json:"service_cost_minor,omitempty"`
	AcquisitionCost *int64 `json:"acquisition_cost_minor,omitempty"`
	Items           basket `json:"items,omitzero"`
	Channel         string `json:"channel,omitempty"`
	Session         string `json:"session_id,omitempty"`
	Referrer        string `json:"referrer_id,omitempty"`
	DueAt           *date  `json:"due_at,omitempty"`
	RevisedAt       *date  `json:"revised_at,omitempty"`
}

type item struct {
	SKU      string `json:"sku"`
	Category string `json:"category"`
	Quantity pieces `json:"quantity"`
	Amount   int64  `json:"amount_minor"`
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

func (h head) common(days event.Calendar) (event.Head, error) {
	if h.OccurredAt == nil {
		return event.Head{}, event.Invalidf(event.BadField, "occurred_at is missing")
	}
	return event.Head{ID: h.ID, Customer: h.Customer, OccurredAt: h.OccurredAt.in(days)}, nil
}

func (p *purchase) event(days event.Calendar) (event.Event, error) {
	common, err := p.common(days)
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
	for _, i := range p.Items.items {
		e.Items = append(e.Items, event.Item{SKU: i.SKU, Category: i.Category, Quantity: int64(i.Quantity), AmountMinor: i.Amount})
	}
	if p.DueAt != nil {
		e.DueAt = p.DueAt.in(days)
	}
	if p.RevisedAt != nil {
		e.RevisedAt = p.RevisedAt.in(days)
	}
	return e, nil
}

func (i *interaction) event(days event.Calendar) (event.Event, error) {
	common, err := i.common(days)
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

func (f *feedback) event(days event.Calendar) (event.Event, error) {
	common, err := f.common(days)
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
