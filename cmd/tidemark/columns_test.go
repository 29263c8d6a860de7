package main

import (
	"slices"
	"strings"
	"testing"
)

// A Chinese title takes two columns of a terminal a character, and the column after it begins where that of an English one does.
func TestColumnsOfATerminal(t *testing.T) {
	t.Parallel()
	got := aligned([][]string{{"name", "title", "unit"}, {"aov", "平均订单金额", "money"}, {"r", "R 等级", ""}})
	want := []string{"name  title         unit", "aov   平均订单金额  money", "r     R 等级"}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Lines are broken at spaces and between Chinese characters; a full stop never begins a line.
func TestInLines(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		text  string
		width int
		want  string
	}{
		{"one two three", 13, "one two three"},
		{"one two three", 9, "one two\n  three"},
		{"    one two three", 10, "    one\n  two\n  three"},
		{"a_name_that_is_longer no", 8, "a_name_that_is_longer\n  no"},
		{"近365天的订单数。", 9, "近365天的\n  订单\n  数。"},
		{"", 9, ""},
	} {
		if got := inLines(row.text, row.width, 2); got != row.want {
			t.Errorf("%q at %d: got\n%s\nwant\n%s", row.text, row.width, got, row.want)
		}
	}
}
