package avro

import (
	"fmt"
	"math"

	"tidemark/internal/event"
)

var interactionSetters = map[string]setter[event.Interaction]{
	"event_id":          func(i *event.Interaction, v value) error { return v.text(&i.ID) },
	"customer_id":       func(i *event.Interaction, v value) error { return v.text(&i.Customer) },
	"occurred_at":       func(i *event.Interaction, v value) error { return v.instant(&i.OccurredAt) },
	"kind":              func(i *event.Interaction, v value) error { return parsed(v, &i.Kind, event.ParseInteractionKind) },
	"other_customer_id": func(i *event.Interaction, v value) error { return v.text(&i.OtherCustomer) },
	"name":              func(i *event.Interaction, v value) error { return v.text(&i.Name) },
	"channel":           func(i *event.Interaction, v value) error { return v.text(&i.Channel) },
	"session_id":        func(i *event.Interaction, v value) error { return v.text(&i.Session) },
	"weight":            weight,
	"cost_minor":        func(i *event.Interaction, v value) error { return v.minor(&i.Cost) },
	"alert_id":          func(i *event.Interaction, v value) error { return v.text(&i.Alert) },
	"disposition":       func(i *event.Interaction, v value) error { return parsed(v, &i.Disposition, event.ParseDisposition) },
	"attributes":        func(i *event.Interaction, v value) error { return v.texts(&i.Attributes) },
}

// weight refuses a zero that was written out: in an event.Interaction it would mean the kind's own weight.
func weight(i *event.Interaction, v value) error {
	var n int64
	if err := v.whole(&n); err != nil {
		return err
	}
	if n < 1 || n > math.MaxInt32 {
		return fmt.Errorf("%d is not a positive 32-bit integer", n)
	}
	i.Weight = int32(n)
	return nil
}

func interactionRecord(i *event.Interaction) map[string]any {
	attributes := make(map[string]any, len(i.Attributes))
	for key, attribute := range i.Attributes {
		attributes[key] = attribute
	}
	return map[string]any{
		"event_id":          i.ID,
		"customer_id":       i.Customer,
		"occurred_at":       int64(i.OccurredAt),
		"kind":              i.Kind.String(),
		"other_customer_id": text(i.OtherCustomer),
		"name":              text(i.Name),
		"channel":           text(i.Channel),
		"session_id":        text(i.Session),
		"weight":            some("int", i.Weight, i.Weight != 0),
		"cost_minor":        minor(i.Cost),
		"alert_id":          text(i.Alert),
		"disposition":       some(space+"Disposition", i.Disposition.String(), i.Disposition != event.UnknownDisposition),
		"attributes":        some("map", attributes, len(attributes) > 0),
	}
}
