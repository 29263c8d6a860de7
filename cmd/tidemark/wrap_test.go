//go:build !service

package main

import (
	"strings"
	"testing"
)

func TestWrapped(t *testing.T) {
	long := strings.Repeat("word ", 70) + "end\nshort\n"
	got := wrapped(long)
	if again := strings.ReplaceAll(strings.ReplaceAll(got, " \n  ", " "), "\n  ", " "); again != long {
		t.Errorf("got\n%s\nwant the same words", got)
	}
	for line := range strings.Lines(got) {
		if len(line) > textWidth+1 {
			t.Errorf("a line of %d characters, want %d at most: %s", len(line), textWidth, line)
		}
	}
	if short := "a line\nanother\n"; wrapped(short) != short {
		t.Errorf("short lines: got %q, want them as they are", wrapped(short))
	}
}
