package main

import (
	"path/filepath"
	"strings"
	"testing"

	"tidemark/internal/model"
)

const survey = "from,to,count\nours,ours,70\nours,theirs,30\ntheirs,ours,20\ntheirs,theirs,80\n"

// A survey becomes a section that a model file takes.
func TestSwitchingOfASurvey(t *testing.T) {
	t.Parallel()
	got := tidemark(t, "clv", "switching", file(t, survey), "--own", "ours", "--volume", "20", "--margin", "0.5", "--frequency", "12")
	got.says(t, 0, "0.698 (0.605-0.783)", "standard error", "with one point more of the own buyers stay", "with one point more of the buyers of theirs come", "with a margin a tenth greater")
	m := parsed(t, string(model.Default())+"\n"+got.out)
	s := m.Switching
	if s == nil || s.Brands[0] != "ours" || s.Brands[1] != "theirs" || s.Frequency != 12 || s.Years != 3 || s.Cases[0] != 101 {
		t.Fatalf("got %+v", s)
	}
	within(t, "ours to ours", s.Matrix[0][0], 70.5/101, 1e-6)
	dir := t.TempDir()
	out := filepath.Join(dir, "section.yaml")
	must(t, "clv", "switching", file(t, survey), "--own", "ours", "--volume", "20", "--margin", "0.5", "--frequency", "12", "--out", out)
	tidemark(t, "model", "check", file(t, string(model.Default())+"\n"+got.out)).says(t, 0, "methods switching among 2 brands")
}

// A panel says how often customers buy too. The order of its rows does not matter.
func TestSwitchingOfAPanel(t *testing.T) {
	t.Parallel()
	rows := []string{"ann,2025-01-01,ours", "ann,2025-07-02,theirs", "ann,2026-01-01,ours", "bob,2025-01-01T10:00:00Z,ours", "bob,2026-01-01T10:00:00Z,ours", "eve,2025-01-01,theirs"}
	args := func(rows []string) []string {
		return []string{"clv", "switching", file(t, "customer,at,brand\n"+strings.Join(rows, "\n")+"\n"), "--own", "ours", "--volume", "20"}
	}
	got := must(t, args(rows)...)
	s := parsed(t, string(model.Default())+"\n"+got).Switching
	within(t, "purchases a year", s.Frequency, 1.5, 1e-9) // three after another, in two years of two customers
	within(t, "ours to ours", s.Matrix[0][0], 1.5/3, 1e-9)
	within(t, "theirs to ours", s.Matrix[1][0], 1.5/2, 1e-9)
	rows[0], rows[2], rows[5] = rows[2], rows[5], rows[0]
	if again := must(t, args(rows)...); again != got {
		t.Errorf("in another order:\n%s\nwant\n%s", again, got)
	}
}

func TestSwitchingRefuses(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		why, table string
		args       []string
		code       int
		says       []string
	}{
		{"no such brand", survey, []string{"--own", "mine", "--volume", "2", "--frequency", "1"}, 1, []string{`no brand "mine"`, "ours, theirs"}},
		{"a survey does not say how often", survey, []string{"--own", "ours", "--volume", "2"}, 1, []string{"--frequency is needed"}},
		{"another table", "a,b\n1,2\n", []string{"--own", "ours", "--volume", "2"}, 1, []string{"a survey has the columns from and to", "a, b"}},
		{"lines at fault", "from,to,count\nours,ours,x\n,ours,2\nours,ours,1\n", []string{"--own", "ours", "--volume", "2", "--frequency", "1"}, 1, []string{`line 2: count "x"`, "line 3: a brand is missing"}},
		{"a time that is none", "customer,at,brand\nann,monday,ours\n", []string{"--own", "ours", "--volume", "2"}, 1, []string{`line 2: "monday"`}},
		{"one brand", "from,to\nours,ours\n", []string{"--own", "ours", "--volume", "2", "--frequency", "1"}, 1, []string{"1 brands, want 2"}},
		{"no margin", survey, []string{"--own", "ours", "--volume", "2", "--margin", "3", "--frequency", "1"}, 1, []string{"margin 3"}},
		{"no prior", survey, []string{"--own", "ours", "--volume", "2", "--alpha", "0", "--frequency", "1"}, 2, []string{"--alpha 0"}},
		{"nothing", "", []string{"--own", "ours", "--volume", "2"}, 1, []string{"header"}},
	} {
		got := tidemark(t, append([]string{"clv", "switching", file(t, row.table)}, row.args...)...)
		if got.out != "" {
			t.Errorf("%s: %q on standard output, want nothing", row.why, got.out)
		}
		got.says(t, row.code, row.says...)
	}
}
