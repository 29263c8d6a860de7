package main

import (
	"fmt"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/panel"
	"tidemark/internal/score"
	"tidemark/internal/terminal"
)

// refusedWords says which events of a log no history takes, in a line for each way on; nothing where there are none. noRate counts those without
// a rate.
func refusedWords(refused int, noRate map[event.Currency]int, engine *score.Engine) string {
	var b strings.Builder
	unrated := map[string]int{}
	for currency, n := range noRate {
		unrated[engine.Unrated(currency)] = n
		refused -= n
	}
	if len(unrated) > 0 {
		fmt.Fprintf(&b, "left out: events without a rate: %s; add these currencies under rates in the model file, with a rate from a date on\n", terminal.Counts(unrated))
	}
	if refused > 0 {
		fmt.Fprintf(&b, "left out: %d events, too old for the model, or too late\n", refused)
	}
	return b.String()
}

// refusedOf says which of some events no history takes, whatever it holds.
func refusedOf(engine *score.Engine, events []event.Event) string {
	refused, noRate := panel.Refused(engine, events)
	return refusedWords(refused, noRate, engine)
}
