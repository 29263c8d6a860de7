//go:build !service

package main

import (
	"strings"
	"testing"
)

func TestUsageOfTheExtras(t *testing.T) {
	for _, row := range []struct {
		why  string
		args []string
		says string
	}{
		{"a demo of no days", []string{"demo", "--days", "0"}, "--days"},
		{"a bench of no time", []string{"bench", "--span", "0s"}, "--span"},
	} {
		got := tidemark(t, row.args...)
		if got.code != 2 || got.out != "" || !strings.Contains(got.err, row.says) {
			t.Errorf("%s: code %d, saying %q and %q; want 2, nothing on standard output, and %q", row.why, got.code, got.out, got.err, row.says)
		}
	}
}
