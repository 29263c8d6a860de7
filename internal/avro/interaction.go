package avro

import (
	"fmt"
	"maps"
	"math"
	"slices"

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

// weight refuses an explicit zero, which in an event.Interaction would mean the weight of the kind.
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

// interaction appends the record of an interaction.
func (w *wire) interaction(i *event.Interaction) {
	w.text(i.ID)
	w.text(i.Customer)
	w.int(int64(i.OccurredAt))
	w.int(int64(i.Kind))
	w.maybeText(i.OtherCustomer)
	w.maybeText(i.Name)
	w.maybeText(i.Channel)
	w.maybeText(i.Session)
	w.maybeInt(int64(i.Weight), i.Weight != 0)
	w.maybeMinor(i.Cost)
	w.maybeText(i.Alert)
	w.maybeInt(int64(i.Disposition), i.Disposition != event.UnknownDisposition)
	if w.some(len(i.Attributes) > 0) {
		keys := slices.Sorted(maps.Keys(i.Attributes)) // equal events are equal bytes
		w.list(len(keys), func(n int) {
			w.text(keys[n])
			w.text(i.Attributes[keys[n]])
		})
	}
}
