package terminal

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Counts returns a map of counts as a list in words, the largest count first, without those that are 0. If nothing is left, it returns
// "none".
func Counts(m map[string]int) string {
	names := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Or(cmp.Compare(m[b], m[a]), cmp.Compare(a, b)) })
	var parts []string
	for _, name := range names {
		if m[name] != 0 {
			parts = append(parts, fmt.Sprintf("%s %d", name, m[name]))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "none")
}

// Short returns a number in at most four digits, with k, M or G for thousands, millions or billions.
func Short(x float64) string {
	for _, prefix := range []string{"", "k", "M"} {
		if x < 9999.5 {
			return fmt.Sprintf("%.0f%s", x, prefix)
		}
		x /= 1000
	}
	return fmt.Sprintf("%.0fG", x)
}

// Grouped returns a number with commas between groups of three digits.
func Grouped(n int64) string {
	if n < 0 {
		return "-" + Grouped(-n)
	}
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", Grouped(n/1000), n%1000)
}
