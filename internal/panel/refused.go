package panel

import (
	"tidemark/internal/event"
	"tidemark/internal/history"
	"tidemark/internal/score"
)

// Refused counts the events that no history takes, whatever it holds: those that are too old, and those without a rate, which noRate counts
// by currency. An event that is too late for its history is not among these: Look counts it.
func Refused(e *score.Engine, events []event.Event) (refused int, noRate map[event.Currency]int) {
	noRate = map[event.Currency]int{}
	for _, x := range events {
		_, verdict := e.Observe(history.Summary{}, x)
		if verdict != score.RefusedCurrency && verdict != score.RefusedTooOld {
			continue
		}
		refused++
		if bought, ok := x.(*event.Purchase); ok && verdict == score.RefusedCurrency {
			noRate[bought.Amount.Currency]++
		}
	}
	return refused, noRate
}
