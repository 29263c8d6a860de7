package main

import (
	"fmt"

	"tidemark/internal/event"
	facts "tidemark/internal/history"
	"tidemark/internal/score"
)

// heldLinks are what is held of the customer's other ids.
type heldLinks struct {
	// Into is the id under which the customer is scored, or which leads there; empty for who is scored under the own id.
	Into string `json:"merged_into,omitempty"`
	// From are the other ids whose histories the labels are read from.
	From []string `json:"merged_ids,omitempty"`
	// Words are what events said of the id's link.
	Words []heldWord `json:"words,omitempty"`
	// Parts are the histories of other ids that are held here.
	Parts []heldPart `json:"histories_of_other_ids,omitempty"`
}

type heldWord struct {
	At   string `json:"at"`
	ID   string `json:"event_id"`
	Into string `json:"other_customer_id"`
}

type heldPart struct {
	Origin string `json:"customer_id"`
	// Over are the ids over which the history has come.
	Over    []string     `json:"over"`
	History *heldHistory `json:"history,omitempty"`
}

// linksFor writes down the links of a profile; nil where there are none.
func linksFor(p *score.Profile, base event.Currency) *heldLinks {
	s := p.Links()
	if s.Bare() {
		return nil
	}
	held := &heldLinks{Into: p.MergedInto(), From: p.Origins()}
	for _, w := range s.Words() {
		held.Words = append(held.Words, heldWord{when(w.At), w.Event, w.Target})
	}
	for _, part := range s.Parts() {
		one := heldPart{Origin: part.Origin, Over: part.Path}
		if h, err := facts.Decode(part.Content); err == nil {
			told := historyFor(h.Held(), base)
			one.History = &told
		}
		held.Parts = append(held.Parts, one)
	}
	return held
}

// merged says of whom else the customer is; empty for who has one id.
func merged(p *score.Profile) string {
	if into := p.MergedInto(); into != "" {
		return fmt.Sprintf("merged into %s: no tier, score or alert under this id; ask for %s", into, into) + tooLong(len(p.History.Append(nil)), into)
	}
	if from := p.Origins(); len(from) > 0 {
		text := fmt.Sprintf("read together with %s, merged into this id: %s", numbered(len(from), "other id"), firstOf(from))
		if p.Crowded() {
			text += fmt.Sprintf("; there may be no room for more (at most %d, %d MiB): further ids that are merged into it are not read",
				score.MaxOrigins, score.MaxOriginBytes>>20)
		}
		return text
	}
	return ""
}

// tooLong says that a history of so many bytes cannot be sent to the id that it is merged into; empty if it can.
func tooLong(n int, into string) string {
	if n <= event.MaxLinkContent {
		return ""
	}
	return fmt.Sprintf("; the history of this id has %d bytes, more than the %d that a message takes: %s is read from an older one", n, event.MaxLinkContent, into)
}
