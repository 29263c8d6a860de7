package main

import (
	"strings"
	"testing"
)

func TestSizesInFlags(t *testing.T) {
	for _, row := range []struct {
		text string
		want byteSize
		say  string
	}{
		{"1048576", 1 << 20, "1MiB"},
		{"1MiB", 1 << 20, "1MiB"},
		{"84KiB", 84 << 10, "84KiB"},
		{"1GiB", 1 << 30, "1GiB"},
		{"1000", 1000, "1000"},
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(row.text)); err != nil || got != row.want || got.String() != row.say {
			t.Errorf("%s: got %d, which says %s, and error %v, want %d, which says %s", row.text, got, got, err, row.want, row.say)
		}
	}
	for _, text := range []string{"", "MiB", "0", "-1KiB", "many"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "512MB") {
			t.Errorf("%q: got %d and error %v, want an error that shows how a size is written", text, got, err)
		}
	}
}

func TestLimitsAreChecked(t *testing.T) {
	for _, args := range [][]string{
		{"--max-record", "1000"},
		{"--max-record", "1GiB"},
		{"--max-batch", "1MiB"},
		{"--max-batch", "2GiB"},
		{"--max-batch", "64MiB", "--max-record", "40MiB"},
	} {
		if got := tidemark(t, append([]string{"run"}, args...)...); got.code != 2 || !strings.Contains(got.err, args[0]) {
			t.Errorf("%v: code %d, saying %q, want 2 and the flag", args, got.code, got.err)
		}
	}
}
