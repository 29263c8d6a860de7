package main

import "testing"

// The commands that link ids are checked before they reach a server.
func TestMergeIsChecked(t *testing.T) {
	tidemark(t, "customer", "merge", "ann", "ann").says(t, 2, "customer unmerge")
	tidemark(t, "customer", "merge", "ann").says(t, 2, "<into>")
	tidemark(t, "customer", "unmerge", "ann", "--within", "0s").says(t, 2, "--within")
}
