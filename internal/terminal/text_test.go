package terminal

import "testing"

func TestCounts(t *testing.T) {
	for _, row := range []struct {
		counts map[string]int
		want   string
	}{
		{nil, "none"},
		{map[string]int{"a": 0}, "none"},
		{map[string]int{"c": 3, "a": 3, "b": 10, "d": 0}, "b 10, a 3, c 3"},
	} {
		if got := Counts(row.counts); got != row.want {
			t.Errorf("%v: got %q, want %q", row.counts, got, row.want)
		}
	}
}
