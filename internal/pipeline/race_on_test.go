//go:build race

package pipeline

// seeds is how many of n random runs are made: a quarter, as the race detector makes each several times slower.
func seeds(n int) uint64 { return uint64(n+3) / 4 }
