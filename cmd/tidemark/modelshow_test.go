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
	// What the comments of the file leave out stands beside it: a comment is part of the model's hash.
	tidemark(t, "model", "show", file(t, string(model.Default()))).says(t, 0, "# waits   an alert takes 3 purchase days and a silence of 14 days", "LAPSED after 365 days", "1.1 usual gaps before an alert, 1.5 before LAPSED")
	tidemark(t, "model", "show", file(t, "version: x\n")).says(t, 1)
}
