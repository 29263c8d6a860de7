package main

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"tidemark/internal/realdata"
)

// TestReplayWritesPopulation: a snapshot for each month end, the same from the lines of the log in another order.
func TestReplayWritesPopulation(t *testing.T) {
	name := realdata.File(t, "cdnow/CDNOW_sample.txt")
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	slices.Reverse(lines[1:])
	shuffled := filepath.Join(t.TempDir(), "shuffled.txt")
	if err := os.WriteFile(shuffled, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	one, other := t.TempDir(), t.TempDir()
	must(t, "replay", name, "--format", "cdnow-sample", "--population", one, "--population-every", "month")
	must(t, "replay", shuffled, "--format", "cdnow-sample", "--population", other, "--population-every", "month")
	files, err := os.ReadDir(one)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) != 17 || files[0].Name() != "1997-01-31.json" || files[16].Name() != "1998-05-31.json" {
		t.Fatalf("%d files, the first %s, want the ends of the 17 months from 1997-01 on that are whole", len(files), files[0].Name())
	}
	for _, f := range files {
		want, err := os.ReadFile(filepath.Join(one, f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(other, f.Name()))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs where the lines come in another order (%v)", f.Name(), err)
		}
	}
}
