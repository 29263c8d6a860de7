package dataset

import (
	"fmt"
	"strings"
	"testing"

	"tidemark/internal/event"
)

// An order of a message of 1 MiB, with as many items as an event holds, is one line.
func TestLargeOrderIsOneLine(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"topic": "customer.purchases.v1", "event": {"event_id": "e", "customer_id": "c", "order_id": "o", "occurred_at": "2026-01-02T10:00:00Z", "kind": "ORDER", "amount_minor": 4992, "currency": "USD", "items": [`)
	for i := range event.MaxItems {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"sku": "article %05d", "category": "tools for the %05d. trade", "quantity": 12, "amount_minor": 1999}`, i, i)
	}
	b.WriteString("]}}")
	line := b.String()
	log := mustReadFrom(t, JSONL, text("e.jsonl", line))
	if len(line) < 2<<20 || len(log.Events) != 1 {
		t.Fatalf("%d events of a line of %d bytes, want one of a line of at least 2 MiB", len(log.Events), len(line))
	}
	if got := len(log.Events[0].(*event.Purchase).Items); got != event.MaxItems {
		t.Errorf("%d items, want %d", got, event.MaxItems)
	}
}
