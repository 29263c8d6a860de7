package chart

import "time"

// What the tests of the drawings look into.
var WidthOf = widthOf

const FontSize = fontSize

func NiceTicks(low, high float64, steps int) []float64 {
	var values []float64
	for _, t := range niceTicks(low, high, steps) {
		values = append(values, t.value)
	}
	return values
}

func NiceLabels(low, high float64, steps int) []string { return labelsOf(niceTicks(low, high, steps)) }

func TimeLabels(low, high float64, most int, zone *time.Location) []string {
	return labelsOf(timeTicks(low, high, most, zone))
}

func labelsOf(ticks []tick) []string {
	var labels []string
	for _, t := range ticks {
		labels = append(labels, t.label)
	}
	return labels
}
