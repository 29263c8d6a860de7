package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// TestOneWriterOfCSV: every package writes CSV through internal/spreadsheet, so that no cell of a file runs in a spreadsheet. Reading is
// free.
func TestOneWriterOfCSV(t *testing.T) {
	writers := 0
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatalf("parse: %v", err)
		}
		own := path.Dir(file) == "internal/spreadsheet"
		for _, name := range writesCSV(parsed) {
			if own {
				writers++
				continue
			}
			t.Errorf("%s uses %s of encoding/csv: write through internal/spreadsheet, which defuses the cells", file, name)
		}
	}
	if writers == 0 {
		t.Error("internal/spreadsheet uses no writer of encoding/csv: this test does not find what it looks for")
	}
}

// writesCSV returns the names of encoding/csv's writer that the file uses.
func writesCSV(file *ast.File) (names []string) {
	local := ""
	for _, spec := range file.Imports {
		if spec.Path.Value == `"encoding/csv"` {
			local = "csv"
			if spec.Name != nil {
				local = spec.Name.Name
			}
		}
	}
	if local == "" {
		return nil
	}
	if local == "." {
		return []string{"all"}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		selector, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if of, ok := selector.X.(*ast.Ident); ok && of.Name == local && strings.Contains(selector.Sel.Name, "Writer") {
			names = append(names, local+"."+selector.Sel.Name)
		}
		return true
	})
	return names
}
