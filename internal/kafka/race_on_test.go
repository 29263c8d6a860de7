//go:build race

package kafka

// raceDetector says whether the race detector is on. It makes the program allocate more.
const raceDetector = true
