// Package internal_test holds the tree to its plan: who may import whom, and what no file may contain.
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
	root   = ".." // of the module, seen from here
)

// may says which packages of ours each of our packages may import: facts flow one way,
// event -> history -> score -> pipeline -> cmd. A pattern that ends in /... names a package and all below it.
// Tests may import anything of ours but cmd.
var may = map[string][]string{
	"internal/event":   {},
	"internal/stat":    {},
	"internal/judge":   {},
	"internal/history": {"internal/event"},
	"internal/score":   {"internal/event", "internal/history", "internal/stat", "internal/score/..."},

	// The parts of a score know nothing of each other; score combines them.
	"internal/score/rfm":   facts,
	"internal/score/clv":   facts,
	"internal/score/churn": facts,
	"internal/score/value": facts,
	"internal/score/tier":  facts,

	"internal/fit":     {"internal/stat"}, // beside the core: it has a context and adds up on all processors
	"internal/model":   {"internal/event", "internal/stat", "internal/score/..."},
	"internal/stream":  {"internal/event"},
	"internal/shard":   {"internal/event", "internal/stream"},
	"internal/dataset": {"internal/event"},
	"internal/shop":    {"internal/event", "internal/stat"},
	"internal/traffic": {"internal/event"},
	"internal/replay":  {"internal/event", "internal/history", "internal/score/...", "internal/dataset", "internal/shard"},
	"internal/panel":   {"internal/event", "internal/history", "internal/score/..."},
	"internal/learn":   {"internal/event", "internal/history", "internal/stat", "internal/score/...", "internal/fit", "internal/panel"},
	"internal/watch":   {"internal/event", "internal/judge", "internal/score"}, // counters in, figures out: no I/O
	"internal/backtest": {
		"internal/event", "internal/stat", "internal/score/...", "internal/fit", "internal/judge", "internal/panel", "internal/learn",
	},

	// The adapters see neither each other nor the pipeline; interfaces are met without an import.
	"schemas":           {},
	"internal/avro":     {"schemas", "internal/event", "internal/score/...", "internal/shard", "internal/stream"},
	"internal/kafka":    {"internal/event", "internal/shard", "internal/stream"},
	"internal/redis":    {"internal/event", "internal/shard"},
	"internal/pipeline": {"internal/event", "internal/score/...", "internal/shard", "internal/stream", "internal/watch"},

	// The running scorer puts the adapters into the pipeline; the simulations and measurements run it.
	"internal/service": {
		"internal/event", "internal/score", "internal/shard", "internal/model", "internal/pipeline", "internal/avro", "internal/kafka", "internal/redis",
	},
	"internal/service/servicetest": {
		"internal/event", "internal/score", "internal/shard", "internal/dataset", "internal/watch", "internal/avro", "internal/kafka",
		"internal/embed", "internal/servers",
	},
	"internal/demo": {
		"internal/event", "internal/score", "internal/score/churn", "internal/score/tier", "internal/shard", "internal/shop", "internal/model",
		"internal/pipeline", "internal/avro", "internal/kafka", "internal/redis", "internal/embed", "internal/service", "internal/terminal",
	},
	"internal/bench": {
		"internal/event", "internal/score", "internal/shard", "internal/stream", "internal/traffic", "internal/model", "internal/pipeline",
		"internal/avro", "internal/kafka", "internal/redis", "internal/embed", "internal/servers", "internal/service", "internal/terminal",
	},

	// Servers in this process, and what every store must pass: for the demo and for tests.
	"internal/embed":     {},
	"internal/realdata":  {},
	"internal/terminal":  {},
	"internal/storetest": {"internal/event", "internal/shard", "internal/stream"},

	// Servers as processes: for tests, benchmarks and work by hand.
	"deploy":                       {},
	"deploy/servers":               {"internal/servers"},
	"internal/servers":             {"deploy"},
	"internal/servers/serverstest": {"internal/servers"},

	"internal":     {}, // this test
	"cmd/tidemark": {"..."},
}

var facts = []string{"internal/event", "internal/history", "internal/stat"}

// The core computes: no clock, network, log, goroutine or context, and no library but gonum.
var (
	core    = []string{"internal/event", "internal/history", "internal/stat", "internal/judge", "internal/score/...", "internal/watch"}
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
			case isOurs && ours == dir: // a test outside its package
			case isOurs && !matches(ours, allowed):
				t.Errorf("%s imports %s; %s may import %v: move the idea, or change the table of imports_test.go and say why", file, imported, dir, allowed)
			case !isOurs && !test && matches(dir, core) && !coreMay(imported):
				t.Errorf("%s imports %s; the core takes the standard library without I/O, time and concurrency, and gonum: let the caller pass in what is needed", file, imported)
			}
		}
	}
}

// TestNoRowForNothing finds rows of the table, and of the linter's, for packages that do not exist: whoever reads them looks for
// the package.
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
	delete(wanted, "") // the pattern of everything
	for dir, where := range wanted {
		if !exists[dir] {
			t.Errorf("%s has a row for %s, which has no Go file: remove the row", where, dir)
		}
	}
}

// TestNoMachinePaths finds paths of the machine where a file was written, as in a pasted log.
func TestNoMachinePaths(t *testing.T) {
	// Untracked files count as well: they are about to be committed.
	list := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	names, err := list.Output()
	if err != nil && os.Getenv("TIDEMARK_STRICT") == "1" {
		t.Fatalf("git does not list the files of this tree, and TIDEMARK_STRICT is set: %v", err)
	}
	if err != nil {
		t.Skipf("git does not list the files of this tree: %v", err)
	}
	// An absolute path: nothing before it that would make it the end of a longer one.
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

// goFiles returns the Go files of the module, relative to its root, whatever their build tags.
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
	if strings.Contains(host, ".") { // only the standard library has no host
		return matches(imported, []string{"gonum.org/v1/gonum/..."})
	}
	return !matches(imported, coreNot)
}

// matches tells whether one of the patterns names the package, as the go command's patterns do.
func matches(pkg string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		above, below := strings.CutSuffix(pattern, "...")
		return pkg == strings.TrimSuffix(above, "/") || below && strings.HasPrefix(pkg, above)
	})
}
