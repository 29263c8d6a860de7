package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"tidemark/internal/service/servicetest"
)

func TestUsage(t *testing.T) {
	log := file(t, servicetest.SmallLog)
	for _, row := range []struct {
		why  string
		args []string
		code int
		says []string
	}{
		{"no such command", []string{"replya"}, 2, []string{"replya", "Try: tidemark --help"}},
		{"a group of commands alone", []string{"topics"}, 2, []string{`"create"`, `"check"`, "Try: tidemark topics --help"}},
		{"a flag misspelt", []string{"run", "--cock", "event"}, 2, []string{"--cock", "--clock", "Try: tidemark run --help"}},
		{"no format", []string{"replay", log}, 2, []string{"--format", "Try: tidemark replay --help"}},
		{"a format that is none", []string{"replay", log, "--format", "xml"}, 2, []string{`"xml"`, `"cdnow"`, `"online-retail"`, `"jsonl"`}},
		{"columns of a log that has none", []string{"replay", log, "--format", "jsonl", "--map", "customer=a,at=b,amount=c"}, 1, []string{"--map", "--format csv"}},
		{"a role that no column has", []string{"replay", log, "--format", "csv", "--map", "client=a"}, 2, []string{"--map", `"client"`, "customer=Email"}},
		{"a mark that is none", []string{"replay", log, "--format", "csv", "--decimal", "dot"}, 2, []string{"--decimal", "point"}},
		{"a table without a known header", []string{"replay", file(t, "a,b\n1,2\n"), "--format", "csv"}, 1, []string{"--map customer=Email", "the columns are: a, b"}},
		{"a currency that is none", []string{"replay", log, "--format", "csv", "--currency", "euro"}, 1, []string{"--currency", "ISO 4217"}},
		{"columns of the live histories", []string{"fit", "--from-redis", "--currency", "EUR"}, 2, []string{"--from-redis takes no log"}},
		{"no file", []string{"replay", "--format", "jsonl"}, 2, []string{"<file>"}},
		{"a date that is none", []string{"replay", log, "--format", "jsonl", "--as-of", "2026-13-01"}, 2, []string{"--as-of", "2026-13-01", "YYYY-MM-DD", "RFC 3339"}},
		{"a duration without a unit", []string{"replay", log, "--format", "jsonl", "--alert-max-age", "7"}, 2, []string{"--alert-max-age"}},
		{"two files on one output", []string{"replay", log, "--format", "jsonl", "--scores", "-", "--transitions", "-"}, 2, []string{"--scores", "--transitions", "same place"}},
		{"an event clock without an end", []string{"run", "--clock", "event"}, 2, []string{"--clock event needs --as-of"}},
		{"an end without an event clock", []string{"run", "--as-of", "2026-01-01"}, 2, []string{"--as-of goes with --clock event"}},
		{"several mistakes at once", []string{"run", "--clock", "event", "--batch-events", "0"}, 2, []string{"--as-of", "--batch-events"}},
		{"no such model", []string{"model", "check", "nosuch.yaml"}, 2, []string{"nosuch.yaml"}},

		{"a missing log", []string{"replay", "nosuch.txt", "--format", "cdnow"}, 1, []string{"nosuch.txt", "no such file"}},
		{"a log of another format", []string{"replay", log, "--format", "cdnow"}, 1, []string{log + ":1"}},
		{"an empty log", []string{"replay", file(t, ""), "--format", "cdnow"}, 1, []string{"no event"}},
		{"a zone that is none", []string{"replay", log, "--format", "jsonl", "--zone", "Europe/Atlantis"}, 1, []string{"zone", "Europe/Atlantis"}},
		{"a place that cannot be written", []string{"replay", log, "--format", "jsonl", "--scores", "/nosuch/scores.csv"}, 1, []string{"write scores", "/nosuch/scores.csv"}},
		{"a password file that is not there", []string{"topics", "check", "--kafka-password-file", "nosuch"}, 1, []string{"nosuch"}},
		{"a broker without a port", []string{"topics", "check", "--kafka-brokers", "localhost"}, 1, []string{`"localhost" is not host:port`}},
		{"another kind of URL", []string{"customer", "show", "ann", "--redis-url", "http://:secret@localhost"}, 1, []string{"redis URL"}},
	} {
		t.Run(row.why, func(t *testing.T) {
			got := tidemark(t, row.args...)
			if got.code != row.code || got.out != "" {
				t.Errorf("code %d with %q on standard output, want %d with nothing", got.code, got.out, row.code)
			}
			for _, word := range row.says {
				if !strings.Contains(got.err, word) {
					t.Errorf("it says\n%swant %q in it", got.err, word)
				}
			}
			if strings.Contains(got.err, "secret") {
				t.Errorf("it gives a password away: %s", got.err)
			}
		})
	}
}

func TestNothingAskedForIsHelp(t *testing.T) {
	got := tidemark(t)
	if got.code != 0 || !strings.Contains(got.out, "Usage: tidemark") || !strings.Contains(got.out, "replay") {
		t.Errorf("code %d, saying\n%s\nwant the help", got.code, got.out)
	}
}

// TestHelp reads the help of every command. No line is wider than a terminal of 80 characters. Every flag has a sentence, and shows its
// default.
func TestHelp(t *testing.T) {
	parser, err := kong.New(&cli{}, kong.DefaultEnvars("TIDEMARK"))
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(true) {
		path := strings.Fields(leaf.Path())
		for i, word := range path {
			if strings.HasPrefix(word, "<") {
				path = path[:i]
				break
			}
		}
		help := must(t, append(path, "--help")...)
		for line := range strings.Lines(help) {
			if len(line) > 81 {
				t.Errorf("%s --help: %d characters in %q, want at most 80", path, len(line)-1, line)
			}
		}
		for _, group := range leaf.AllFlags(true) {
			for _, flag := range group {
				if flag.Help == "" || !strings.HasSuffix(flag.Help, ".") {
					t.Errorf("%s --%s: help %q, want a sentence", path, flag.Name, flag.Help)
				}
				if flag.HasDefault && flag.Default != "" && !flag.IsBool() && !strings.Contains(help, strings.Trim(flag.Default, `"`)) {
					t.Errorf("%s --%s: the help does not show the default %q", path, flag.Name, flag.Default)
				}
				want := "TIDEMARK_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
				if flag.Name == "strict" { // TIDEMARK_STRICT says that no test may be skipped
					want = "TIDEMARK_STRICT_LINES"
				}
				if flag.Name != "help" && (len(flag.Envs) != 1 || flag.Envs[0] != want) {
					t.Errorf("%s --%s is variable %v, want %s", path, flag.Name, flag.Envs, want)
				}
			}
		}
	}
}

func TestVariablesAreFlags(t *testing.T) {
	t.Setenv("TIDEMARK_FORMAT", "jsonl")
	t.Setenv("TIDEMARK_AS_OF", "2026-03-02")
	t.Setenv("TIDEMARK_JSON", "true")
	log := file(t, servicetest.SmallLog)
	var got summary
	if err := json.Unmarshal([]byte(must(t, "replay", log)), &got); err != nil {
		t.Fatal(err)
	}
	if got.AsOf != "2026-03-02T00:00:00Z" {
		t.Errorf("as of %s, want that of the variable", got.AsOf)
	}
	if err := json.Unmarshal([]byte(must(t, "replay", log, "--as-of", "2026-03-03")), &got); err != nil {
		t.Fatal(err)
	}
	if got.AsOf != "2026-03-03T00:00:00Z" {
		t.Errorf("as of %s, want that of the flag: it comes before the variable", got.AsOf)
	}
}

func TestPasswords(t *testing.T) {
	for _, row := range []struct {
		why, variable, file string
		want, wrong         string
	}{
		{"none", "", "", "", ""},
		{"from the variable", "s3cret", "", "s3cret", ""},
		{"from a file, without its line end", "", file(t, "s3cret\n"), "s3cret", ""},
		{"from both: which is meant?", "s3cret", file(t, "other"), "", "give one"},
	} {
		t.Run(row.why, func(t *testing.T) {
			t.Setenv("TIDEMARK_REDIS_PASSWORD", row.variable)
			got, err := secret("TIDEMARK_REDIS_PASSWORD", row.file)
			if got != row.want || (err == nil) != (row.wrong == "") || err != nil && !strings.Contains(err.Error(), row.wrong) {
				t.Errorf("got %q, %v, want %q, an error with %q", got, err, row.want, row.wrong)
			}
		})
	}
	got, err := withPassword("redis://ann@localhost:6379/2", "a/b@c")
	if want := "redis://ann:a%2Fb%40c@localhost:6379/2"; got != want || err != nil {
		t.Errorf("withPassword = %q, %v, want %q", got, err, want)
	}
}
