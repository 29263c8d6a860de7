package learn

import (
	"fmt"
	"testing"
	"time"

	"tidemark/internal/avro"
	"tidemark/internal/event"
	"tidemark/internal/model"
	"tidemark/internal/score"
)

func panelEngine(t *testing.T) *score.Engine {
	t.Helper()
	m, err := model.Parse(model.Default())
	if err != nil {
		t.Fatal(err)
	}
	e, err := score.NewEngine(m, event.Calendar{}, avro.Identify, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// orders are the orders of some customers over so many days: the first customer buys every tenth day, each later one a little less often.
func orders(customers, days int) []event.Event {
	start := event.InstantOf(time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC))
	var all []event.Event
	for day := range days {
		for c := range customers {
			if (day-c%7)%(10+c) != 0 || day < c%7 {
				continue
			}
			at := start.Add(time.Duration(day) * 24 * time.Hour)
			id := fmt.Sprintf("c%02d-%d", c, day)
			all = append(all, &event.Purchase{
				Head: event.Head{ID: id, Customer: fmt.Sprintf("c%02d", c), OccurredAt: at, RecordedAt: at}, Kind: event.Order, OrderID: id,
				Amount: event.Money{Minor: 1000, Currency: "USD"},
			})
		}
	}
	return all
}
