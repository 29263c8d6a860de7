//go:build !race

package servicetest

// RaceDetector says whether the race detector is on. With it, everything takes ten times as long.
const RaceDetector = false
