package model_test

import (
	"strings"
	"testing"

	"tidemark/internal/model"
)

func withSegments(text string) []byte { return append(model.Default(), "\nsegments:\n"+text...) }

func TestSegments(t *testing.T) {
	m, err := model.Parse(withSegments(`
  - name: slipping_best
    rule:
      and:
        - {entry: tier, is: [HIGH, POTENTIAL]}
        - {entry: recency_days, at_least: 30, margin: 5}
        - not: {entry: industry, is: retail}
  - name: asked_again
    rule: {or: [{entry: nps, below: 7}, {not: {entry: nps, known: true}}, {and: [{entry: spend_365d, above: 99.5}, {entry: r, at_most: 2}]}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"tier is HIGH or POTENTIAL and recency_days at least 30 (margin 5) and not industry is retail",
		"nps below 7 or not nps is known or (spend_365d above 99.5 and r at most 2)",
	} {
		if got := m.Segments[i].Rule.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestBadSegments(t *testing.T) {
	one := func(rule string) string { return "  - {name: a, rule: " + rule + "}\n" }
	many := func(n int, rule string) string { return "[" + strings.Repeat(rule+", ", n-1) + rule + "]" }
	var crowd strings.Builder
	for i := range 33 {
		crowd.WriteString("  - {name: a" + strings.Repeat("b", i) + ", rule: {entry: r, at_least: 2}}\n")
	}
	for _, c := range []struct{ name, text, want string }{
		{"name", "  - {name: Best, rule: {entry: r, at_least: 2}}\n", "a name has 1 to 40 lower-case letters"},
		{"twice", one("{entry: r, at_least: 2}") + one("{entry: r, at_least: 3}"), "there are two of that name"},
		{"no rule", "  - {name: a}\n", "this one is 0 of them"},
		{"two rules", one("{entry: r, at_least: 2, not: {entry: f, at_least: 2}}"), "this one is 2 of them"},
		{"empty", one("{and: []}"), "of nothing"},
		{"two ops", one("{entry: r, at_least: 2, at_most: 4}"), "this one has 2 of them"},
		{"no entry", one("{at_least: 2}"), "needs an entry"},
		{"unknown entry", one("{entry: fame, at_least: 2}"), "tidemark indicators lists all"},
		{"unknown key", one("{entry: r, more: 2}"), "field more not found"},
		{"unknown false", one("{entry: nps, known: false}"), "not: {entry: nps, known: true}"},
		{"tier", one("{entry: tier, is: GOLD}"), `"GOLD" is none of LOW, GENERAL, POTENTIAL, HIGH`},
		{"word", one("{entry: industry, at_least: 2}"), "it is a word"},
		{"number", one("{entry: r, is: high}"), "it is a number"},
		{"moves", one("{entry: p_no_purchase, at_least: 0.5}"), "silence may raise it and may lower it"},
		{"to and fro", one("{entry: segment, is: Champions}"), "compare r, f and m"},
		{"instant", one("{entry: last_purchase, at_least: 2}"), "compare the days since"},
		{"rare", one("{entry: clv_to_cac, at_least: 2}"), "facts that no search in silence looks at"},
		{"itself", one("{entry: segments, is: a}"), "of a label or of what only a view knows"},
		{"id", one("{entry: customer_id, is: ann}"), "it names the customer"},
		{"margin", one("{entry: r, at_least: 2, margin: -1}"), "no number from 0 on"},
		{"margin of a word", one("{entry: tier, is: LOW, margin: 1}"), "only numbers have a margin"},
		{"infinite", one("{entry: r, at_least: .inf}"), "not a finite number"},
		{"comparisons", one("{and: " + many(9, "{entry: r, at_least: 2}") + "}"), "9 comparisons, at most 8"},
		{"deep", one(strings.Repeat("{not: ", 9) + "{entry: r, at_least: 2}" + strings.Repeat("}", 9)), "more than 8 deep"},
		{"segments", crowd.String(), "33 segments: at most 32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := model.Parse(withSegments(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}
