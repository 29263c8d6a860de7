//go:build !race

package pipeline

// seeds is how many of n random runs are made: all of them.
func seeds(n int) uint64 { return uint64(n) }
