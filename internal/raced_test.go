package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// startsGoroutines are imports of code that starts goroutines or guards against them. They have no place in a package of SERIAL.
var startsGoroutines = []string{"golang.org/x/sync/...", "net/...", "os/exec", "sync/...", "testing/synctest"}

// TestSerialPackages: what the packages of SERIAL in the Makefile run in their tests is one goroutine, so that the race detector has
// nothing to see.
func TestSerialPackages(t *testing.T) {
	serial := listed(t, "SERIAL")
	files := map[string][]string{}
	for _, file := range goFiles(t) {
		files[path.Dir(file)] = append(files[path.Dir(file)], file)
	}
	for _, dir := range serial {
		if len(files[dir]) == 0 {
			t.Errorf("SERIAL in the Makefile names %s, which has no Go file: remove it there", dir)
		}
		seen := map[string]bool{}
		next := []string{dir}
		for len(next) > 0 {
			at := next[0]
			next = next[1:]
			if seen[at] {
				continue
			}
			seen[at] = true
			for _, file := range files[at] {
				if at != dir && strings.HasSuffix(file, "_test.go") {
					continue
				}
				for _, imported := range imports(t, file) {
					if ours, ok := strings.CutPrefix(imported, module+"/"); ok {
						next = append(next, ours)
					}
					if at == dir && matches(imported, startsGoroutines) {
						t.Errorf("%s imports %s, and SERIAL in the Makefile keeps %s from the race detector: remove %[3]s there", file, imported, dir)
					}
				}
				if what := goroutine(t, file); what != "" {
					t.Errorf("%s has %s, and SERIAL in the Makefile keeps %s from the race detector: remove %[3]s there", file, what, dir)
				}
			}
		}
	}
}

// TestUnracedTests: each test of UNRACED in the Makefile exists once, under no build tag that keeps it from make test, which leaves out nothing.
func TestUnracedTests(t *testing.T) {
	where := map[string][]string{}
	for _, file := range goFiles(t) {
		if !strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, decl := range parsed(t, file).Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil {
				where[f.Name.Name] = append(where[f.Name.Name], file)
			}
		}
	}
	tag := regexp.MustCompile(`(?m)^//go:build .*`)
	for _, name := range listed(t, "UNRACED") {
		if len(where[name]) != 1 {
			t.Errorf("UNRACED in the Makefile names %s, which %d tests have as their name: %v; want one", name, len(where[name]), where[name])
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, where[name][0]))
		if err != nil {
			t.Fatal(err)
		}
		if found := tag.FindString(string(text)); found != "" {
			t.Errorf("UNRACED in the Makefile names %s, whose file %s has a build tag: %s", name, where[name][0], found)
		}
	}
	makefile := makefile(t)
	recipe := regexp.MustCompile(`(?m)^test: .*\n\t(.*)$`).FindStringSubmatch(makefile)
	if recipe == nil || !strings.HasPrefix(recipe[1], "go test -timeout ") || regexp.MustCompile(`-(skip|short|run)\b|RACED`).MatchString(recipe[1]) {
		t.Errorf("make test runs %q, want go test without a selection", recipe)
	}
	if !regexp.MustCompile(`(?m)^\t@for stage in .*\brace\b.*\btest\b.*; do`).MatchString(makefile) {
		t.Error("make check does not run both race and test")
	}
}

// goroutine returns how a file starts a goroutine, or asks testing for one; empty if it does neither.
func goroutine(t *testing.T, file string) string {
	var what string
	ast.Inspect(parsed(t, file), func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			what = "a go statement"
		case *ast.CallExpr:
			if s, ok := n.Fun.(*ast.SelectorExpr); ok && matches(s.Sel.Name, []string{"AfterFunc", "Go", "Parallel", "RunParallel"}) {
				what = "a call of " + s.Sel.Name
			}
		}
		return true
	})
	return what
}

func parsed(t *testing.T, file string) *ast.File {
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	return f
}

// listed returns the words of a variable of the Makefile.
func listed(t *testing.T, variable string) []string {
	found := regexp.MustCompile(`(?m)^` + variable + ` := ((?:.*\\\n)*.*)$`).FindStringSubmatch(makefile(t))
	if found == nil {
		t.Fatalf("the Makefile has no variable %s", variable)
	}
	return strings.Fields(strings.ReplaceAll(found[1], "\\\n", " "))
}

func makefile(t *testing.T) string {
	text, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
