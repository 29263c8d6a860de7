//go:build !race

package pipeline

// seeds is how many of n random runs are made: all of them.
func seeds(n int) uint64 { return uint64(n) }

// stride is how far apart the calls are at which a lane is killed, and the alarms that are provoked.
const stride = 1
