package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

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
	tidemark(t, "indicators", "shoe_size").says(t, 1, `no indicator "shoe_size"`)
}

// A Chinese title takes two columns of a terminal a character, and the column after it begins where that of an English one does.
func TestColumnsOfATerminal(t *testing.T) {
	t.Parallel()
	got := aligned([][]string{{"name", "title", "unit"}, {"aov", "平均订单金额", "money"}, {"r", "R 等级", ""}})
	want := []string{"name  title         unit", "aov   平均订单金额  money", "r     R 等级"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
