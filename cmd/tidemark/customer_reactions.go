package main

import (
	"fmt"
	"strings"

	"tidemark/internal/event"
	"tidemark/internal/score"
	"tidemark/internal/score/tier"
)

// heldMonth is a customer at the end of a month.
type heldMonth struct {
	Month string  `json:"month"`
	Tier  string  `json:"tier"`
	Score float64 `json:"value_score"`
	Risk  float64 `json:"churn_risk"`
	// Value is the current value, rounded to whole units of the currency.
	Value string `json:"current_value"`
}

// heldReaction is an open episode of a drop of value, or of an unhappy customer.
type heldReaction struct {
	RaisedAt string   `json:"began_at"`
	ID       string   `json:"episode_id"`
	LastID   string   `json:"latest_event_id"`
	LastAt   string   `json:"latest_event_at"`
	Told     []string `json:"told"`
	// Newest is the instant of the newest word that has been told of.
	Newest string `json:"newest_word_at,omitempty"`
	Muted  bool   `json:"not_published,omitempty"`
}

// trailFor writes down the ends of months, the newest first.
func trailFor(trail *score.Trail, base event.Currency) (all []heldMonth) {
	for i := len(trail.Samples) - 1; i >= 0; i-- {
		s := &trail.Samples[i]
		if s.Tier == tier.None {
			continue
		}
		month := trail.Month - len(trail.Samples) + 1 + i
		all = append(all, heldMonth{fmt.Sprintf("%d-%02d", 1970+month/12, month%12+1), s.Tier.String(), float64(s.Points) / 100, float64(s.Risk) / 1000, fmt.Sprintf("%d %s", s.Value, base)})
	}
	return all
}

func dropFor(d *score.DropEpisode) *heldReaction {
	if !d.Open() {
		return nil
	}
	return &heldReaction{when(d.RaisedAt), d.ID, d.LastID, when(d.LastAt), d.What(), "", d.Muted}
}

func unhappyFor(u *score.UnhappyEpisode) *heldReaction {
	if !u.Open() {
		return nil
	}
	return &heldReaction{when(u.RaisedAt), u.ID, u.LastID, when(u.LastAt), u.What(), when(u.Newest), u.Muted}
}

// monthsInWords is how many ends of months customer show --explain tells of.
const monthsInWords = 6

// reactions says whether the value has dropped and what the customer is unhappy about, and how the score went at the ends of the last months.
func (s subject) reactions(e *score.Engine) (lines []string) {
	p := &s.profile
	if d := &p.Drop; d.Open() {
		lines = append(lines, fmt.Sprintf("The value dropped within the tier, told at %s: %s.%s", when(d.RaisedAt), strings.Join(d.What(), " and "), s.silent(d.Muted, e)))
	}
	if u := &p.Unhappy; u.Open() {
		said := strings.ReplaceAll(strings.Join(u.What(), ", "), "_", " ")
		lines = append(lines, fmt.Sprintf("The customer is unhappy, told at %s: %s.%s", when(u.RaisedAt), said, s.silent(u.Muted, e)))
	}
	var months []string
	for _, m := range trailFor(&p.Trail, e.Model().Base) {
		if len(months) < monthsInWords {
			months = append(months, fmt.Sprintf("%s %.2f (%s)", m.Month, m.Score, m.Tier))
		}
	}
	if len(months) > 0 {
		lines = append(lines, fmt.Sprintf("The value score at the ends of the last months: %s.", strings.Join(months, ", ")))
	}
	return lines
}

// silent says that an alert was not published.
func (s subject) silent(muted bool, e *score.Engine) string {
	if !muted {
		return ""
	}
	return fmt.Sprintf(" The alert was recorded, not published: %s.", s.keptBack(e))
}
