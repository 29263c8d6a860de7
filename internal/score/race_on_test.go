//go:build race

package score_test

// scaled is how many of n generated lives are lived: a tenth, as the race detector makes each ten times slower.
func scaled(n int) int { return n / 10 }
