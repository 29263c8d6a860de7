package chart

import "strings"

// Styles is the number of series that can be told apart.
const Styles = 6

// Point is a value y at x. Error is half the length of its error bar; a point without one has 0.
type Point struct{ X, Y, Error float64 }

// Values returns points at x = 0, 1, 2 and so on.
func Values(values ...float64) []Point {
	points := make([]Point, len(values))
	for i, v := range values {
		points[i] = Point{X: float64(i), Y: v}
	}
	return points
}

// Series is points of one kind.
type Series struct {
	Name   string
	Style  int  // 1 to Styles: colour, dash, marker and pattern; if 0, the place among the series
	Joined bool // a line joins the points in their order; a point that is not known interrupts it
	Points []Point
}

func (p Point) drawable() bool { return drawable(p.X) && drawable(p.Y) }

// bar is half the length of the error bar, or 0.
func (p Point) bar() float64 {
	if !drawable(p.Error) || !drawable(p.Y-p.Error) || !drawable(p.Y+p.Error) {
		return 0
	}
	return max(0, p.Error)
}

// styled gives each series its style. After the last style, the first follows again.
func styled(all []Series) []Series {
	styled := make([]Series, len(all))
	for i, s := range all {
		if s.Style <= 0 {
			s.Style = i + 1
		}
		s.Style = (s.Style-1)%Styles + 1
		styled[i] = s
	}
	return styled
}

// digit writes a style or a shade as it ends a class.
func digit(style int) string { return string(rune('0' + style)) }

// marker is the path of a style's marker, about 7 px across.
func marker(style int, x, y float64) string {
	switch style {
	case 1: // disc
		return circle(x, y, 3.5)
	case 2: // square
		return "M" + at(x-3, y-3) + "h6v6h-6z"
	case 3: // triangle
		return "M" + at(x, y-4) + "l4 7h-8z"
	case 4: // diagonal cross
		return "M" + at(x-3, y-3) + "l6 6m0 -6l-6 6"
	case 5: // diamond
		return "M" + at(x, y-4.5) + "l4.5 4.5l-4.5 4.5l-4.5 -4.5z"
	}
	return circle(x, y, 3.5) // ring
}

func circle(x, y, r float64) string {
	arc := "a" + at(r, r) + " 0 1 0 "
	return "M" + at(x-r, y) + arc + at(2*r, 0) + arc + at(-2*r, 0)
}

// polyline is the path through the points. A point that is not known interrupts it.
func polyline(points []Point, x, y scale) string {
	var d strings.Builder
	next := "M"
	for _, p := range points {
		if !p.drawable() {
			next = "M"
			continue
		}
		d.WriteString(next + at(x.at(p.X), y.at(p.Y)))
		next = "L"
	}
	return d.String()
}

// errorBar is the path of a vertical bar with a short stroke at both ends. At an end of the axis the bar is cut and has no
// stroke.
func errorBar(p Point, x float64, y scale) string {
	low, high := p.Y-p.bar(), p.Y+p.bar()
	top, bottom := y.cut(high), y.cut(low)
	d := "M" + at(x, top) + "V" + px(bottom)
	if high <= y.high {
		d += "M" + at(x-3, top) + "h6"
	}
	if low >= y.low {
		d += "M" + at(x-3, bottom) + "h6"
	}
	return d
}
