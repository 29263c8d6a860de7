//go:build !race

package score_test

// scaled is how many of n generated lives are lived: all of them.
func scaled(n int) int { return n }
