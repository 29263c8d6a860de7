package main

import (
	"testing"

	"tidemark/internal/model"
)

// model show prints a file without a server, as it is.
func TestModelShowOfAFile(t *testing.T) {
	t.Parallel()
	if got := must(t, "model", "show", file(t, string(model.Default()))); got != string(model.Default()) {
		t.Errorf("it printed other bytes than those of the file:\n%s", got)
	}
	tidemark(t, "model", "show", file(t, "version: x\n")).says(t, 1)
}
