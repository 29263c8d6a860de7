package dataset

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"tidemark/internal/event"
)

// WriteJSONL writes events as lines of JSON. Read makes equal events of these lines. recorded_at is written only if it differs
// from the time that the event states (StatedAt), and null fields are left out. The events must be valid by event.Validate, and before the year 10000.
// Errors: a later time, and those of the writer.
func WriteJSONL(w io.Writer, events []event.Event) error {
	out := bufio.NewWriterSize(w, 64<<10)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for _, e := range events {
		h := e.Common()
		line := envelope[body]{Topic: string(e.Topic()), Event: bodyOf(e)}
		if h.RecordedAt != e.StatedAt() {
			line.RecordedAt = momentOf(h.RecordedAt)
		}
		if err := encoder.Encode(line); err != nil {
			return fmt.Errorf("write event %s: %w", h.ID, err)
		}
	}
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

func bodyOf(e event.Event) body {
	common := e.Common()
	h := head{ID: common.ID, Customer: common.Customer, OccurredAt: momentOf(common.OccurredAt)}
	switch e := e.(type) {
	case *event.Purchase:
		return purchaseOf(h, e)
	case *event.Interaction:
		return interactionOf(h, e)
	case *event.Feedback:
		return feedbackOf(h, e)
	case *event.Link: // stands in no data set: whoever replays the words makes the messages anew
	}
	panic(fmt.Sprintf("dataset: no form for %T", e))
}

func purchaseOf(h head, e *event.Purchase) *purchase {
	p := &purchase{
		head:            h,
		Order:           e.OrderID,
		Kind:            e.Kind.String(),
		Amount:          &e.Amount.Minor,
		Currency:        string(e.Amount.Currency),
		Margin:          known(&e.Margin),
		Discount:        known(&e.Discount),
		ServiceCost:     known(&e.ServiceCost),
		AcquisitionCost: known(&e.AcquisitionCost),
		Channel:         e.Channel,
		Session:         e.Session,
		Referrer:        e.Referrer,
	}
	for _, i := range e.Items {
		p.Items.items = append(p.Items.items, item{SKU: i.SKU, Category: i.Category, Quantity: pieces(i.Quantity), Amount: i.AmountMinor})
	}
	if e.DueAt != 0 {
		p.DueAt = momentOf(e.DueAt)
	}
	if e.RevisedAt != 0 {
		p.RevisedAt = momentOf(e.RevisedAt)
	}
	return p
}

func interactionOf(h head, e *event.Interaction) *interaction {
	i := &interaction{
		head:          h,
		Kind:          e.Kind.String(),
		OtherCustomer: e.OtherCustomer,
		Name:          e.Name,
		Channel:       e.Channel,
		Session:       e.Session,
		Weight:        e.Weight,
		Cost:          known(&e.Cost),
		Alert:         e.Alert,
		Attributes:    e.Attributes,
	}
	if e.Disposition != event.UnknownDisposition {
		i.Disposition = e.Disposition.String()
	}
	return i
}

func feedbackOf(h head, e *event.Feedback) *feedback {
	f := &feedback{head: h, Kind: e.Kind.String(), Order: e.OrderID}
	if e.Scored {
		f.Score, f.Min, f.Max = &e.Score, &e.Min, &e.Max
	}
	if e.About != event.UnknownSubject {
		f.About = e.About.String()
	}
	return f
}

func known(n *event.OptionalMinor) *int64 {
	if !n.Known {
		return nil
	}
	return &n.Minor
}

func momentOf(i event.Instant) *date { return &date{moment: moment(i)} }
