package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// fileText reads a file of the module.
func fileText(t *testing.T, name string) string {
	t.Helper()
	raw, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestEveryAlertHasItsRunbookEntry: the runbook has an entry for each rule, with the severity of the rule, and none for another.
func TestEveryAlertHasItsRunbookEntry(t *testing.T) {
	runbook, rules := fileText(t, "deploy/README.md"), fileText(t, "deploy/prometheus/alerts.yml")
	severities := map[string]string{}
	for _, rule := range strings.Split(rules, "- alert: ")[1:] {
		severities[rule[:strings.IndexByte(rule, '\n')]] = regexp.MustCompile(`severity: (\w+)`).FindStringSubmatch(rule)[1]
	}
	if len(severities) < 20 {
		t.Fatalf("found %d rules, want more: is this test blind?", len(severities))
	}
	entries := map[string]bool{}
	for _, entry := range regexp.MustCompile(`(?m)^### (Tidemark\w+)\n(\w+)\. `).FindAllStringSubmatch(runbook, -1) {
		name, severity := entry[1], strings.ToLower(entry[2])
		entries[name] = true
		if severities[name] != severity {
			t.Errorf("the entry %s says %s, the rule %q", name, severity, severities[name])
		}
	}
	for name := range severities {
		if !entries[name] {
			t.Errorf("the runbook has no entry for %s", name)
		}
	}
	for _, link := range regexp.MustCompile(`\(#(tidemark\w+)\)`).FindAllStringSubmatch(runbook, -1) {
		found := false
		for name := range entries {
			found = found || strings.ToLower(name) == link[1]
		}
		if !found {
			t.Errorf("the runbook links to #%s, which does not exist", link[1])
		}
	}
}

// TestQuotedCommandsExist: each command that the documents and the alerts quote has its subcommand and its flags.
func TestQuotedCommandsExist(t *testing.T) {
	parser, err := kong.New(new(cli), kong.Name("tidemark"))
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]bool{}
	collect(parser.Model.Node, flags)
	commands := 0
	for _, name := range []string{"README.md", "deploy/README.md", "deploy/prometheus/alerts.yml"} {
		text := strings.ReplaceAll(fileText(t, name), "\\\n", " ")
		for _, quoted := range regexp.MustCompile("(?:`|(?m:^ *))(?:bin/)?tidemark ([a-z][^`#|]*?)(?:`|#|(?m:$))").FindAllStringSubmatch(text, -1) {
			commands++
			if wrong := unknown(parser.Model.Node, strings.Fields(quoted[1])); wrong != "" {
				t.Errorf("%s: tidemark %s: there is no %s", name, quoted[1], wrong)
			}
		}
		for _, flag := range regexp.MustCompile("`(--[a-z][a-z-]*)").FindAllStringSubmatch(text, -1) {
			if !flags[flag[1]] && !slices.Contains(notOurs, flag[1]) {
				t.Errorf("%s: no command has the flag %s", name, flag[1])
			}
		}
	}
	if commands < 30 {
		t.Fatalf("found %d commands, want more: is this test blind?", commands)
	}
}

// notOurs are flags that the documents name, of other programs.
var notOurs = []string{}

func collect(n *kong.Node, flags map[string]bool) {
	for _, f := range n.Flags {
		flags["--"+f.Name] = true
	}
	for _, child := range n.Children {
		collect(child, flags)
	}
}

// unknown returns the first word of a command line that is no subcommand, or no flag of the command; empty if there is none.
func unknown(n *kong.Node, words []string) string {
	flags := map[string]bool{"--help": true}
	for len(words) > 0 {
		word, _, _ := strings.Cut(strings.TrimRight(words[0], ",.;:"), "=")
		words = words[1:]
		if strings.HasPrefix(word, "--") {
			collect(n, flags)
			if !flags[word] {
				return word
			}
			continue
		}
		var next *kong.Node
		for _, child := range n.Children {
			if child.Name == word {
				next = child
			}
		}
		if next == nil && slices.ContainsFunc(n.Children, func(c *kong.Node) bool { return c.Type == kong.CommandNode }) {
			return word
		}
		if next != nil {
			n = next
		}
	}
	return ""
}

func TestUnknownWords(t *testing.T) {
	parser, err := kong.New(new(cli), kong.Name("tidemark"))
	if err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string]string{
		"topics create --partitions 12":      "",
		"topics remove":                      "remove",
		"doctor --members HOST:PORT":         "",
		"doctor --nonsense":                  "--nonsense",
		"run --sample 3":                     "--sample",
		"model activate fitted.yaml":         "",
		"heal":                               "heal",
		"replay log.jsonl --format jsonl --": "--",
	} {
		if got := unknown(parser.Model.Node, strings.Fields(line)); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}
