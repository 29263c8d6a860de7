//go:build !race

package servicetest

// RaceDetector says that everything takes ten times as long: not here.
const RaceDetector = false
