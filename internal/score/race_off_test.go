//go:build !race

package score_test

// raced says that the race detector slows everything down by a factor of about ten.
const raced = false
