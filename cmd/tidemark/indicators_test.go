package main

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"tidemark/internal/catalogue"
)

// The reference names every entry, in both languages, as a table, as JSON and one by one.
func TestIndicators(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh"} {
		text := must(t, "indicators", "--lang", lang)
		var list []indicator
		if err := json.Unmarshal([]byte(must(t, "indicators", "--json", "--lang", lang)), &list); err != nil {
			t.Fatal(err)
		}
		if len(list) != len(catalogue.All()) {
			t.Fatalf("%d entries, want %d", len(list), len(catalogue.All()))
		}
		for i, e := range catalogue.All() {
			_, row, _ := strings.Cut(text, "\n"+e.Name+" ")
			row, under, _ := strings.Cut(row, "\n")
			under, _, _ = strings.Cut(under, "\n")
			if !strings.HasPrefix(strings.TrimSpace(row), e.Title.In(lang)) || !strings.HasPrefix(under, "    "+e.Formula.In(lang)) || !strings.Contains(under, e.Source) {
				t.Errorf("the table in %s has for %s: %s\n%s", lang, e.Name, row, under)
			}
			if x := list[i]; x.Name != e.Name || x.Formula != e.Formula.In(lang) || len(x.Seen) == 0 {
				t.Errorf("the JSON in %s has %+v for %s", lang, x, e.Name)
			}
		}
	}
	tidemark(t, "indicators", "p_alive").says(t, 0, "p_alive", "Fader, Hardie & Lee 2005", "0 to 1", "falls", "tm:score", "weighed  rising")
	tidemark(t, "indicators", "interaction_value").says(t, 0, "weighed  rising")
	tidemark(t, "indicators", "segment").says(t, 0, "weighed  no: it is a word, and a scorecard weighs numbers")
	tidemark(t, "indicators", "risk").says(t, 0, "weighed  no: silence may raise it and may lower it")
	tidemark(t, "indicators", "shoe_size").says(t, 1, `no indicator "shoe_size"`)
}

// In Chinese no word of the table is English but names, labels and sources.
func TestIndicatorsInChinese(t *testing.T) {
	t.Parallel()
	for _, e := range catalogue.All() {
		x := describe(&e, "zh")
		words := []string{x.unit("zh"), x.entry.Silence.In("zh"), x.entry.Better.In("zh"), x.entry.Kind.In("zh")}
		for _, word := range words {
			if !strings.ContainsFunc(word, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
				t.Errorf("%s: %q, want Chinese words", e.Name, words)
			}
		}
	}
	tidemark(t, "indicators", "--lang", "zh", "csat").says(t, 0, "范围    0 至 1", "方向    越大越好", "沉默时  阶变", "单位    占比", "见于    文件", "可加权  升")
}

// Where a terminal is narrower than the table, no line is wider than the terminal, and nothing is lost.
func TestIndicatorsInANarrowTerminal(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "zh"} {
		var list []indicator
		for _, e := range catalogue.All() {
			list = append(list, describe(&e, lang))
		}
		for _, width := range []int{80, 120} {
			var table, one strings.Builder
			if err := printIndicators(&table, list, lang, width); err != nil {
				t.Fatal(err)
			}
			for i := range list {
				if err := printIndicator(&one, list[i], lang, width); err != nil {
					t.Fatal(err)
				}
			}
			for line := range strings.Lines(table.String() + one.String()) {
				if terminalColumns(strings.TrimSuffix(line, "\n")) > width {
					t.Errorf("%s: a line is wider than %d: %s", lang, width, line)
				}
			}
			bare := func(text string) string { return strings.Join(strings.Fields(text), "") }
			for _, x := range list {
				for _, said := range []string{x.Name, x.Title, x.Formula, x.span(lang), strings.Join(x.entry.Seen.NamesIn(lang), ", ")} {
					if !strings.Contains(bare(table.String()), bare(said)) {
						t.Errorf("%s: at a width of %d the table lacks %q of %s", lang, width, said, x.Name)
					}
				}
			}
		}
	}
}
