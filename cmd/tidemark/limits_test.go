package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// limit is a row of the table of limits and defaults.
type limit struct{ what, value, where string }

// limits reads the table of limits and defaults.
func limits(t *testing.T) []limit {
	t.Helper()
	text, err := os.ReadFile("../../deploy/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "## Limits and defaults\n")
	section, _, ends := strings.Cut(section, "\n## ")
	if !found || !ends {
		t.Fatal("there is no section of limits and defaults")
	}
	var rows []limit
	for line := range strings.Lines(section) {
		cells := strings.Split(strings.TrimSpace(line), " | ")
		if len(cells) != 3 || cells[1] == "" || cells[1] == "value" {
			continue
		}
		rows = append(rows, limit{strings.TrimPrefix(cells[0], "| "), strings.Trim(cells[1], "`"), strings.TrimSuffix(cells[2], " |")})
	}
	return rows
}

// defaults returns the default of each flag, by the command and the flag: run --shards. Demo and bench are for trials; their help says all.
func defaults(t *testing.T) map[string]string {
	t.Helper()
	parser, err := kong.New(new(cli), kong.DefaultEnvars("TIDEMARK"))
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	var walk func(node *kong.Node, path []string)
	walk = func(node *kong.Node, path []string) {
		for _, flag := range node.Flags {
			if flag.HasDefault && flag.Default != "" {
				found[strings.Join(append(slices.Clone(path), "--"+flag.Name), " ")] = flag.Default
			}
		}
		for _, child := range node.Children {
			if child.Name != "demo" && child.Name != "bench" {
				walk(child, append(slices.Clone(path), child.Name))
			}
		}
	}
	walk(parser.Model.Node, nil)
	return found
}

// The defaults of flags in the table are those of the flags, and no flag that has a default is left out.
func TestTheTableHoldsTheDefaultsOfFlags(t *testing.T) {
	told := map[string]string{}
	flag := regexp.MustCompile("^`([a-z ]*--[a-z-]+)`$")
	for _, row := range limits(t) {
		if name := flag.FindStringSubmatch(row.where); name != nil {
			told[name[1]] = row.value
		}
	}
	used := map[string]bool{}
	for name, want := range defaults(t) {
		short := name[strings.Index(name, "--"):]
		got, ok := told[name]
		if ok {
			used[name] = true
		} else {
			got, ok = told[short]
			used[short] = true
		}
		if !ok {
			t.Errorf("%s has the default %q, and no row", name, want)
			continue
		}
		if got != want {
			t.Errorf("%s: the table says %q, want %q", name, got, want)
		}
	}
	for name := range told {
		if !used[name] {
			t.Errorf("the table has a row for %s, which is no flag with a default", name)
		}
	}
}

// Each other row names the place in the code of its number: the file, and what stands there.
func TestTheTableHoldsTheLimitsOfTheCode(t *testing.T) {
	place := regexp.MustCompile("`([a-z/]+\\.go)`: ((?:`[^`]+`(?:, )?)+)")
	quoted := regexp.MustCompile("`([^`]+)`")
	spaces := regexp.MustCompile(`[ \t]+`)
	checked := 0
	for _, row := range limits(t) {
		if strings.Contains(row.where, "--") {
			continue
		}
		places := place.FindAllStringSubmatch(row.where, -1)
		if len(places) == 0 {
			t.Errorf("%s: neither a flag nor a place in the code: %s", row.what, row.where)
		}
		for _, p := range places {
			source, err := os.ReadFile(filepath.Join("../..", p[1]))
			if err != nil {
				t.Errorf("%s: %v", row.what, err)
				continue
			}
			text := spaces.ReplaceAllString(string(source), " ")
			for _, words := range quoted.FindAllStringSubmatch(p[2], -1) {
				checked++
				if !strings.Contains(text, words[1]) {
					t.Errorf("%s: %s does not hold %q any more: change the row with the code", row.what, p[1], words[1])
				}
			}
		}
	}
	if checked < 50 {
		t.Errorf("%d places checked, want at least 50: the table is not read right", checked)
	}
}
