package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"tidemark/schemas"
)

// TestTopicsAreNamedOnce finds Go files that spell the name of a topic. A name has one literal, and all others refer to its
// constant: a topic that is renamed in one place only would be written by one part and read by none. Tests may spell names.
func TestTopicsAreNamedOnce(t *testing.T) {
	names := []string{schemas.DeadLetters}
	for _, s := range schemas.All() {
		names = append(names, s.Topic)
	}
	spelt := map[string][]string{}
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		for _, text := range literals(t, file) {
			for _, name := range names {
				if strings.Contains(text, name) {
					spelt[name] = append(spelt[name], file)
				}
			}
		}
	}
	for _, name := range names {
		if len(spelt[name]) != 1 {
			t.Errorf("%s is spelt in %v, want one place: refer to the constant in schemas, or in internal/event for an input", name, spelt[name])
		}
	}
}

// literals returns the strings that a file spells, but for the tags of structs, which are help texts.
func literals(t *testing.T, file string) (texts []string) {
	parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, 0)
	if err != nil {
		t.Fatalf("parse: %v", err)
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			n.Tag = nil
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); n.Kind == token.STRING && err == nil {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}
