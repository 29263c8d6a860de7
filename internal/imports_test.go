// Package internal_test checks rules about the whole tree: which package may import which, and what no file may contain.
package internal_test

import (
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	module = "tidemark"
	root   = ".." // the module's folder, relative to this package
)

// may lists, for each of our packages, which of our packages it may import. Facts flow one way:
//
//	event ──> history ──> score ──> pipeline ──> cmd
//
// A pattern that ends in /... names a package and all packages below it. Tests may import every package of ours but cmd.
var may = map[string][]string{
	"internal/event":   {},
	"internal/stat":    {},
	"internal/judge":   {},
	"internal/history": {"internal/event"},
	"internal/link":    {"internal/event"},
	"internal/season":  {"internal/event"},
	"internal/score":   {"internal/event", "internal/catalogue", "internal/history", "internal/link", "internal/season", "internal/stat", "internal/score/..."},

	// The table of all that is known of a customer. It reads the parts of a score, and score reads the table.
	"internal/catalogue": {
		"internal/event", "internal/history", "internal/score/churn", "internal/score/clv", "internal/score/rfm", "internal/score/segment", "internal/score/standing",
		"internal/score/tier", "internal/score/value",
	},

	// The parts of a score do not import each other. score combines them.
	"internal/score/rfm":   facts,
	"internal/score/clv":   facts,
	"internal/score/churn": facts,
	"internal/score/value": facts,
	"internal/score/tier":  facts,

	"internal/score/segment":  {},
	"internal/score/standing": facts,

	"internal/chunk":   {},
	"internal/fit":     {"internal/event", "internal/season", "internal/stat"}, // not core: it takes a context, and computes on all processors
	"internal/model":   {"internal/event", "internal/season", "internal/stat", "internal/score/..."},
	"internal/stream":  {"internal/event"},
	"internal/shard":   {"internal/event", "internal/stream"},
	"internal/dataset": {"internal/event"},
	"internal/shop":    {"internal/event", "internal/stat"},
	"internal/traffic": {"internal/event"},
	"internal/chart":   {},
	"internal/reach":   {},
	"internal/replay":  {"internal/event", "internal/history", "internal/score/...", "internal/dataset", "internal/shard", "internal/chunk"},
	"internal/panel":   {"internal/event", "internal/history", "internal/score/..."},
	"internal/learn":   {"internal/event", "internal/history", "internal/season", "internal/stat", "internal/score/...", "internal/fit", "internal/panel", "internal/judge"},
	"internal/lines":   {"internal/event", "internal/history", "internal/stat", "internal/score/...", "internal/fit", "internal/panel", "internal/learn", "internal/chunk"},
	"internal/watch":   {"internal/event", "internal/judge", "internal/score"}, // takes counters, returns figures: no I/O

	"internal/switchover":  {"internal/event", "internal/score/..."}, // takes profiles from whoever has them
	"internal/spreadsheet": {},

	"internal/backtest": {
		"internal/event", "internal/stat", "internal/score/...", "internal/fit", "internal/judge", "internal/panel", "internal/learn", "internal/chart",
		"internal/history", "internal/season", "internal/chunk",
	},

	// The adapters import neither each other nor the pipeline. They fulfil the pipeline's interfaces without importing them.
	// schemas is no adapter: it holds the names of the topics and the text of their schemas.
	"schemas":           {"internal/event"},
	"internal/avro":     {"schemas", "internal/event", "internal/score/...", "internal/shard", "internal/stream"},
	"internal/kafka":    {"schemas", "internal/event", "internal/shard", "internal/stream", "internal/reach"},
	"internal/redis":    {"internal/event", "internal/shard", "internal/reach"},
	"internal/pipeline": {"schemas", "internal/event", "internal/score/...", "internal/shard", "internal/stream", "internal/watch"},

	// The running scorer puts the adapters into the pipeline; the simulations and measurements run it.
	"internal/service": {
		"schemas", "internal/event", "internal/score", "internal/shard", "internal/stream", "internal/model", "internal/pipeline", "internal/avro", "internal/kafka",
		"internal/redis",
	},
	"internal/service/servicetest": {
		"schemas", "internal/event", "internal/score", "internal/shard", "internal/dataset", "internal/watch", "internal/avro", "internal/kafka",
		"internal/embed", "internal/servers",
	},
	"internal/demo": {
		"schemas", "internal/event", "internal/score", "internal/score/churn", "internal/score/tier", "internal/shard", "internal/shop", "internal/model",
		"internal/pipeline", "internal/avro", "internal/kafka", "internal/redis", "internal/embed", "internal/service", "internal/terminal",
	},
	"internal/bench": {
		"schemas", "internal/event", "internal/score", "internal/shard", "internal/stream", "internal/traffic", "internal/model", "internal/pipeline",
		"internal/avro", "internal/kafka", "internal/redis", "internal/embed", "internal/servers", "internal/service", "internal/terminal",
	},

	// For the demo and for tests: servers in this process, real data, and the tests that every store must pass.
	"internal/embed":     {},
	"internal/realdata":  {},
	"internal/release":   {"internal/event", "internal/dataset"},
	"internal/terminal":  {},
	"internal/storetest": {"schemas", "internal/event", "internal/shard", "internal/stream"},

	// Servers as processes: for tests, for benchmarks, and for people who try things by hand.
	"deploy":                       {},
	"deploy/servers":               {"internal/servers"},
	"internal/servers":             {"deploy"},
	"internal/servers/serverstest": {"internal/servers"},

	"internal":     {}, // this test
	"cmd/tidemark": {"..."},
}

var facts = []string{"internal/event", "internal/history", "internal/stat"}

// The core only computes. It has no clock, network, log, goroutine or context, and no library but gonum. coreNot are packages of
// the standard library that the core may not import.
var (
	core    = []string{"internal/event", "internal/history", "internal/link", "internal/season", "internal/stat", "internal/judge", "internal/catalogue", "internal/score/...", "internal/watch", "internal/chart"}
	coreNot = []string{
		"context/...", "crypto/rand", "database/...", "io/fs", "io/ioutil", "log/...", "math/rand/...", "net/...", "os/...",
		"plugin", "runtime/...", "sync/...", "syscall", "testing/...",
	}
)

func TestImports(t *testing.T) {
	for _, file := range goFiles(t) {
		dir, test := path.Dir(file), strings.HasSuffix(file, "_test.go")
		allowed, ok := may[dir]
		if !ok {
			t.Errorf("%s: package %s is not in the table of imports_test.go: add it there with the fewest imports it can live with", file, dir)
			continue
		}
		for _, imported := range imports(t, file) {
			ours, isOurs := strings.CutPrefix(imported, module+"/")
			switch {
			case isOurs && test && !matches(ours, []string{"cmd/..."}):
			case isOurs && ours == dir: // a test in package x_test imports x
			case isOurs && !matches(ours, allowed):
				t.Errorf("%s imports %s; %s may import %v: move the idea, or change the table of imports_test.go and say why", file, imported, dir, allowed)
			case !isOurs && !test && matches(dir, core) && !coreMay(imported):
				t.Errorf("%s imports %s; the core takes the standard library without I/O, time and concurrency, and gonum: let the caller pass in what is needed", file, imported)
			}
		}
	}
}

// TestNoRowForNothing finds rows for packages that do not exist, in the table here and in .golangci.yml.
// Such a row misleads the reader.
func TestNoRowForNothing(t *testing.T) {
	exists := map[string]bool{}
	for _, file := range goFiles(t) {
		exists[path.Dir(file)] = true
	}
	wanted := map[string]string{}
	for dir, imported := range may {
		for _, pattern := range append([]string{dir}, imported...) {
			wanted[strings.TrimSuffix(strings.TrimSuffix(pattern, "..."), "/")] = "imports_test.go"
		}
	}
	for _, pattern := range core {
		wanted[strings.TrimSuffix(pattern, "/...")] = "imports_test.go"
	}
	linter, err := os.ReadFile(filepath.Join(root, ".golangci.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, named := range regexp.MustCompile(`(?:\*\*/|tidemark/)((?:internal|cmd)/[a-z/]*[a-z])`).FindAllSubmatch(linter, -1) {
		wanted[string(named[1])] = ".golangci.yml"
	}
	delete(wanted, "") // from the pattern "..."
	for dir, where := range wanted {
		if !exists[dir] {
			t.Errorf("%s has a row for %s, which has no Go file: remove the row", where, dir)
		}
	}
}

// TestNoMachinePaths finds absolute paths of the machine on which a file was written, for example in a pasted log.
func TestNoMachinePaths(t *testing.T) {
	// Untracked files count too: somebody is about to commit them.
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil && os.Getenv("TIDEMARK_STRICT") == "1" {
		t.Fatalf("git does not list the files of this tree, and TIDEMARK_STRICT is set: %v", err)
	}
	if err != nil {
		t.Skipf("git does not list the files of this tree: %v", err)
	}
	// The path is absolute: no character before it makes it the end of a longer path.
	machine := regexp.MustCompile(`(^|[^\w./~$})-])/(work|root)/`)
	for name := range strings.SplitSeq(strings.TrimRight(string(names), "\x00"), "\x00") {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil || bytes.IndexByte(text, 0) >= 0 {
			continue // deleted, a link to a folder, or not text
		}
		for n, line := range bytes.Split(text, []byte("\n")) {
			if found := machine.Find(line); found != nil {
				t.Errorf("%s:%d contains %q, a path of one machine: make it relative, or read it from the environment", name, n+1, found)
			}
		}
	}
}

// goFiles returns the Go files of the module, with any build tags, as paths relative to root.
func goFiles(t *testing.T) []string {
	var files []string
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		base := entry.Name()
		if entry.IsDir() && name != "." && (strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata") {
			return fs.SkipDir
		}
		if !entry.IsDir() && path.Ext(name) == ".go" {
			files = append(files, name)
		}
		return nil
	})
	if err != nil {
		t.Fatalf("walk the module: %v", err)
	}
	return files
}

func imports(t *testing.T, file string) []string {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	var paths []string
	for _, spec := range parsed.Imports {
		unquoted, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatalf("%s: import %s: %v", file, spec.Path.Value, err)
		}
		paths = append(paths, unquoted)
	}
	return paths
}

func coreMay(imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	if strings.Contains(host, ".") { // the path begins with a host name: not the standard library
		return matches(imported, []string{"gonum.org/v1/gonum/..."})
	}
	return !matches(imported, coreNot)
}

// matches reports whether one of the patterns names the package. Patterns are as in the go command.
func matches(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		above, below := strings.CutSuffix(pattern, "...")
		return pkg == strings.TrimSuffix(above, "/") || below && strings.HasPrefix(pkg, above)
	})
}
