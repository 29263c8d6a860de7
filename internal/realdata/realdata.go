// Package realdata finds the public data sets that tests check our figures against. The data sets are not part of the repository.
package realdata

import (
	"os"
	"path/filepath"
	"testing"
)

// File returns the path of a file of the real data. name is relative to the folder TIDEMARK_DATA, or to
// ../shared/data beside the repository when TIDEMARK_DATA is not set. When the file is missing, the test is skipped;
// it fails instead if TIDEMARK_STRICT is 1.
func File(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("TIDEMARK_DATA")
	if root == "" {
		root = filepath.Join(repository(t), "..", "shared", "data")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		if os.Getenv("TIDEMARK_STRICT") == "1" {
			t.Fatalf("no real data: %v", err)
		}
		t.Skipf("no real data: %v (set TIDEMARK_DATA to its folder)", err)
	}
	return path
}

// repository returns the folder of go.mod: the nearest one above the package under test.
func repository(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test: it runs outside the repository")
		}
		dir = parent
	}
}
