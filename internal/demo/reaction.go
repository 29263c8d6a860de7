package demo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"tidemark/internal/score"
)

// reaction is what an alert about an unhappy customer or a drop of value says, in a few words.
func reaction(t *score.ChurnAlert) (tone, string) {
	what := "unhappy"
	if t.Kind == score.ValueDrop {
		what = "value drops"
	}
	switch t.State {
	case score.Raised:
		return warning, "! " + what
	case score.Updated:
		return warning, "! " + what + ", news"
	case score.Resolved, score.Retracted:
		return good, "✓ " + what + ": " + strings.ToLower(t.State.String())
	case score.UnknownState, score.Escalated, score.Eased:
	}
	return plain, what
}

// reasons says, in words, why a customer is unhappy, or how far the value dropped, or why that is over.
func reasons(t *score.ChurnAlert) string {
	if t.State == score.Resolved || t.State == score.Retracted {
		return wordsOf(t.Resolve.String())
	}
	all := slices.Clone(t.Reasons)
	slices.SortStableFunc(all, func(a, b score.Reason) int { return cmp.Compare(max(b.Weight, -b.Weight), max(a.Weight, -a.Weight)) })
	var words []string
	for _, r := range all[:min(3, len(all))] {
		if word := wordsOf(r.Name); t.Kind == score.ValueDrop {
			words = append(words, fmt.Sprintf("%s %+.1f", strings.ToLower(r.Name), float64(r.Weight)/100)) // an indicator, called as in the other rows
		} else if !slices.Contains(words, word) {
			words = append(words, word)
		}
	}
	stake := fmt.Sprintf("at stake %.0f %s", t.Currency.Major(t.ValueAtStake), t.Currency)
	if m := t.Measured; t.Kind == score.ValueDrop {
		return fmt.Sprintf("since %s: score %.1f to %.1f, value %.0f to %.0f %s: %s; %s", m.Since.Time().UTC().Format("2 Jan"), float64(m.ScoreBefore)/100,
			float64(m.ScoreAfter)/100, t.Currency.Major(m.ValueBefore), t.Currency.Major(m.ValueAfter), t.Currency, strings.Join(words, ", "), stake)
	}
	return strings.Join(words, ", ") + "; " + stake
}

func wordsOf(symbol string) string { return strings.ReplaceAll(strings.ToLower(symbol), "_", " ") }
