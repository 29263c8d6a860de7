package model_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/model"
	"tidemark/internal/season"
)

func year(entries int) season.Index {
	x := make(season.Index, entries)
	for i := range x {
		x[i] = 800 + 10*i
	}
	return x
}

// listed is an index as YAML writes a list.
func listed(x season.Index) string { return strings.ReplaceAll(fmt.Sprint([]int(x)), " ", ", ") }

func TestSeasonOfAFile(t *testing.T) {
	weeks, months := year(season.Weeks), year(season.Months)
	dead := slices.Clone(months)
	dead[2] = season.Least - 1
	flat := slices.Repeat(season.Index{1000}, season.Weeks)
	for _, row := range []struct {
		why, section string
		want         season.Index
		fails        string
	}{
		{"no section: no season", "", nil, ""},
		{"weeks", "season: {weeks: " + listed(weeks) + "}\n", weeks, ""},
		{"months", "season:\n  months: " + listed(months) + "\n", months, ""},
		{"all equal: no season, and the cost of none", "season: {weeks: " + listed(flat) + "}\n", nil, ""},
		{"both", "season: {weeks: " + listed(weeks) + ", months: " + listed(months) + "}\n", nil, "instead of each other"},
		{"twelve weeks", "season: {weeks: " + listed(months) + "}\n", nil, "weeks have 52 entries"},
		{"an empty section", "season: {}\n", nil, "0 entries"},
		{"a month in which time stands still", "season: {months: " + listed(dead) + "}\n", nil, "entry 3 is 49 thousandths"},
		{"no whole number", "season: {months: " + strings.Replace(listed(months), "[800", "[800.5", 1) + "}\n", nil, "entry 1 is 800.5"},
		{"no number", "season: {months: [much]}\n", nil, "cannot unmarshal"},
		{"quarters", "season: {quarters: [1]}\n", nil, "quarters"},
	} {
		m, err := model.Parse(append(model.Default(), row.section...))
		if row.fails != "" {
			if err == nil || !strings.Contains(err.Error(), row.fails) {
				t.Errorf("%s: got the error %v, want one that says %q", row.why, err, row.fails)
			}
			continue
		}
		if err != nil || !slices.Equal(m.Season.Index(), row.want) || (m.Season == nil) != (row.want == nil) {
			t.Errorf("%s: got %v, %v, want %v", row.why, m.Season.Index(), err, row.want)
		}
	}
}

// A fit adds a season, replaces one, keeps one and takes one away. No other byte changes.
func TestRefitWritesTheSeason(t *testing.T) {
	weeks, months, none := year(season.Weeks), year(season.Months), season.Index(nil)
	refit := func(base []byte, x *season.Index) []byte {
		t.Helper()
		f := fitOf(fittedBG)
		f.Season = x
		out, err := model.Refit(base, f)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	says := func(raw []byte, want season.Index) {
		t.Helper()
		m, err := model.Parse(raw)
		if err != nil || !slices.Equal(m.Season.Index(), want) {
			t.Fatalf("got %v, %v, want %v in\n%s", m.Season.Index(), err, want, raw)
		}
	}
	plain := refit(model.Default(), nil)
	added := refit(plain, &weeks)
	says(added, weeks)
	if rest, ok := bytes.CutPrefix(added, bytes.TrimRight(plain, "\n")); !ok || bytes.Count(rest, []byte("\n")) != 4 {
		t.Errorf("a season was added, and the file changed besides: got\n%s", added)
	}
	says(refit(added, nil), weeks)
	if twice := refit(added, &weeks); !bytes.Equal(twice, added) {
		t.Errorf("the same season written again: got\n%s\nwant\n%s", twice, added)
	}
	replaced := refit(added, &months)
	says(replaced, months)
	gone := refit(replaced, &none)
	says(gone, nil)
	if !bytes.Equal(bytes.TrimRight(gone, "\n"), bytes.TrimRight(plain, "\n")) {
		t.Errorf("a season came and went: got\n%s\nwant\n%s", gone, plain)
	}
	middle := bytes.Replace(model.Default(), []byte("\nvalue:\n"), []byte("\nseason: # ours\n  weeks: "+listed(weeks)+"\n\nvalue:\n"), 1)
	says(refit(middle, &months), months)
	flow := append(model.Default(), "\nseason: {months: &all "+listed(weeks[:12])+"}\n"...)
	says(refit(flow, &weeks), weeks)
}
