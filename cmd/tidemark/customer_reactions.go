package main

import (
	"cmp"
	"fmt"
	"strings"
	"time"

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
		lines = append(lines, fmt.Sprintf("Within the tier %s dropped, as was told on %s.%s", enumerated(worded(d.What())), s.day(d.RaisedAt), s.silent(d.Muted, e)))
	}
	if u := &p.Unhappy; u.Open() {
		lines = append(lines, fmt.Sprintf("The customer is unhappy, as was told on %s: %s.%s", s.day(u.RaisedAt), enumerated(worded(u.What())), s.silent(u.Muted, e)))
	}
	var months []string
	for _, m := range trailFor(&p.Trail, e.Model().Base) {
		if len(months) < monthsInWords {
			months = append(months, s.month(&m))
		}
	}
	if len(months) > 0 {
		lines = append(lines, fmt.Sprintf("The value score at the ends of the last months: %s.", strings.Join(months, ", ")))
	}
	return lines
}

// month is the score at the end of a month, and the tier where it is another than today's.
func (s subject) month(m *heldMonth) string {
	text := fmt.Sprintf("%s %.1f", m.Month, m.Score)
	if at, err := time.Parse("2006-01", m.Month); err == nil {
		text = fmt.Sprintf("%s %.1f", at.Format("January"), m.Score)
	}
	if m.Tier != s.profile.Standing.Tier.String() {
		text += " (" + m.Tier + ")"
	}
	return text
}

// reactionWords are what an alert about a drop of value or an unhappy customer names, as it is called in a sentence.
var reactionWords = map[string]string{
	"score": "the value score", "clv": "the value expected of the next year", "nps_falls": "the NPS answers fall", "csat_falls": "the CSAT answers fall",
	"promoter_turned_detractor": "a promoter has turned detractor", "detractor": "the last answer is a detractor's", "complaint": "there is a complaint",
	"complaint_open_too_long": "a complaint has been open for too long",
}

func worded(names []string) []string {
	words := make([]string, len(names))
	for i, name := range names {
		words[i] = cmp.Or(reactionWords[name], name)
	}
	return words
}

// silent says that an alert was not published.
func (s subject) silent(muted bool, e *score.Engine) string {
	if !muted {
		return ""
	}
	return fmt.Sprintf(" The alert was recorded, not published: %s.", s.keptBack(e))
}
