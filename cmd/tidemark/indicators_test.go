package main

import (
	"encoding/json"
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
			if !strings.Contains(text, "\n"+e.Name+" ") || !strings.Contains(text, e.Title.In(lang)) {
				t.Errorf("the table in %s has no row for %s", lang, e.Name)
			}
			if x := list[i]; x.Name != e.Name || x.Formula != e.Formula.In(lang) || len(x.Seen) == 0 {
				t.Errorf("the JSON in %s has %+v for %s", lang, x, e.Name)
			}
		}
	}
	tidemark(t, "indicators", "p_alive").says(t, 0, "p_alive", "Fader, Hardie & Lee 2005", "0 to 1", "falls", "tm:score", "weighed  rising")
	tidemark(t, "indicators", "shoe_size").says(t, 1, `no indicator "shoe_size"`)
}
