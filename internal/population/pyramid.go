package population

import (
	"math"
	"slices"
)

// Slice is the share of the total of the positive values that the top Share of the customers hold.
type Slice struct {
	Top   float64 `json:"top"`
	Share float64 `json:"share"`
}

var tops = []float64{.01, .05, .1, .2}

// Pyramid returns what share of the value the top 1, 5, 10 and 20 % of the customers of a histogram hold, over those of a positive value. It is nil
// where there is none. The values of a bin count with its middle, so a share is off by at most 1.6 % of itself.
func Pyramid(h *Histogram) []Slice {
	points := Lorenz(h)
	if points == nil {
		return nil
	}
	var all []Slice
	for _, top := range tops {
		all = append(all, Slice{top, 1 - lorenzAt(points, 1-top)})
	}
	return all
}

// Point is a point of the Lorenz curve: the poorest Customers hold Value, both as shares.
type Point struct {
	Customers float64 `json:"customers"`
	Value     float64 `json:"value"`
}

// Lorenz returns the Lorenz curve over the positive values of a histogram, from (0, 0) to (1, 1); nil where there is none.
func Lorenz(h *Histogram) []Point {
	points := []Point{{}}
	var n, sum float64
	for _, b := range h.Bins() {
		if b <= 0 {
			continue
		}
		n += float64(h.counts[b])
		sum += float64(h.counts[b]) * b.Middle()
		points = append(points, Point{n, sum})
	}
	if n == 0 {
		return nil
	}
	for i := range points {
		points[i] = Point{points[i].Customers / n, points[i].Value / sum}
	}
	return points
}

func lorenzAt(points []Point, x float64) float64 {
	i, _ := slices.BinarySearchFunc(points, x, func(p Point, x float64) int {
		switch {
		case p.Customers < x:
			return -1
		case p.Customers > x:
			return 1
		}
		return 0
	})
	if i == 0 || i >= len(points) {
		return points[min(i, len(points)-1)].Value
	}
	a, b := points[i-1], points[i]
	return a.Value + (b.Value-a.Value)*(x-a.Customers)/(b.Customers-a.Customers)
}

// Gini is the Gini coefficient over the positive values of a histogram, in [0, 1): 0 where all are equal. It is NaN where there is none.
func Gini(h *Histogram) float64 {
	points := Lorenz(h)
	if points == nil {
		return math.NaN()
	}
	area := 0.0
	for i := 1; i < len(points); i++ {
		area += (points[i].Customers - points[i-1].Customers) * (points[i].Value + points[i-1].Value)
	}
	return 1 - area
}

// Unprofitable returns the share of the customers whose value is below zero, and what they lose as a share of the sum of the positive values. It is
// for a histogram of contributions. known is false without a positive value.
func Unprofitable(h *Histogram) (customers, lost float64, known bool) {
	var n, won, negative float64
	for _, b := range h.Bins() { // in order: sums of floats depend on it
		count := h.counts[b]
		if x := float64(count) * b.Middle(); b < 0 {
			n, negative = n+float64(count), negative-x
		} else {
			won += x
		}
	}
	return n / float64(max(1, h.n)), negative / won, won > 0
}
