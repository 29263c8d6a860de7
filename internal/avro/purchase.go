package avro

import (
	"maps"

	"tidemark/internal/event"
)

var purchaseSetters = map[string]setter[event.Purchase]{
	"event_id":               func(p *event.Purchase, v value) error { return v.text(&p.ID) },
	"customer_id":            func(p *event.Purchase, v value) error { return v.text(&p.Customer) },
	"order_id":               func(p *event.Purchase, v value) error { return v.text(&p.OrderID) },
	"occurred_at":            func(p *event.Purchase, v value) error { return v.instant(&p.OccurredAt) },
	"kind":                   func(p *event.Purchase, v value) error { return parsed(v, &p.Kind, event.ParsePurchaseKind) },
	"amount_minor":           func(p *event.Purchase, v value) error { return v.whole(&p.Amount.Minor) },
	"currency":               func(p *event.Purchase, v value) error { return v.text((*string)(&p.Amount.Currency)) },
	"margin_minor":           func(p *event.Purchase, v value) error { return v.minor(&p.Margin) },
	"discount_minor":         func(p *event.Purchase, v value) error { return v.minor(&p.Discount) },
	"service_cost_minor":     func(p *event.Purchase, v value) error { return v.minor(&p.ServiceCost) },
	"acquisition_cost_minor": func(p *event.Purchase, v value) error { return v.minor(&p.AcquisitionCost) },
	"channel":                func(p *event.Purchase, v value) error { return v.text(&p.Channel) },
	"session_id":             func(p *event.Purchase, v value) error { return v.text(&p.Session) },
	"referrer_id":            func(p *event.Purchase, v value) error { return v.text(&p.Referrer) },
	"due_at":                 func(p *event.Purchase, v value) error { return v.instant(&p.DueAt) },
	"revised_at":             func(p *event.Purchase, v value) error { return v.instant(&p.RevisedAt) },
}

var itemSetters = map[string]setter[event.Item]{
	"sku":          func(i *event.Item, v value) error { return v.text(&i.SKU) },
	"category":     func(i *event.Item, v value) error { return v.text(&i.Category) },
	"quantity":     func(i *event.Item, v value) error { return v.pieces(&i.Quantity) },
	"amount_minor": func(i *event.Item, v value) error { return v.whole(&i.AmountMinor) },
}

func planPurchase(writer, ours *schema) (plan[event.Purchase], error) {
	setters := maps.Clone(purchaseSetters)
	setters["items"] = func(*event.Purchase, value) error { return errNoList }
	if list := writer.field("items"); list != nil {
		if item := list.of.element(); item != nil {
			items, err := bind(item, ours.field("items").of.element(), itemSetters)
			if err != nil {
				return plan[event.Purchase]{}, err
			}
			setters["items"] = func(p *event.Purchase, v value) error { return items.list(&p.Items, v) }
		}
	}
	return bind(writer, ours, setters)
}

// purchase appends the record of a purchase.
func (w *wire) purchase(p *event.Purchase) {
	w.text(p.ID)
	w.text(p.Customer)
	w.maybeText(p.OrderID)
	w.int(int64(p.OccurredAt))
	w.int(int64(p.Kind))
	w.int(p.Amount.Minor)
	w.text(string(p.Amount.Currency))
	w.maybeMinor(p.Margin)
	w.maybeMinor(p.Discount)
	w.maybeMinor(p.ServiceCost)
	w.maybeMinor(p.AcquisitionCost)
	if w.some(len(p.Items) > 0) {
		w.list(len(p.Items), func(i int) { w.item(&p.Items[i]) })
	}
	w.maybeText(p.Channel)
	w.maybeText(p.Session)
	w.maybeText(p.Referrer)
	w.maybeInstant(p.DueAt)
	w.maybeInstant(p.RevisedAt)
}

func (w *wire) item(i *event.Item) {
	w.text(i.SKU)
	w.text(i.Category)
	w.int(i.Quantity)
	w.int(i.AmountMinor)
}
