//go:build race

package pipeline

// seeds is how many of n random runs are made: a quarter, as the race detector makes each several times slower.
func seeds(n int) uint64 { return uint64(n+3) / 4 }

// stride is how far apart the calls are at which a lane is killed, and the alarms that are provoked. The run without the race detector takes each.
// It is odd, so that the calls are of all kinds.
const stride = 7
