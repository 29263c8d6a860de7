package chart

import (
	"math"
	"time"
)

// Axis says what runs along one side of a chart. The values are numbers unless Names or Time is set. Ticks of numbers are
// multiples of 1, 2 or 5 × 10^n.
type Axis struct {
	Label   string         // what the values are, with their unit
	Include []float64      // values that the axis reaches whatever the data, such as 0
	Ends    [2]float64     // where an axis of numbers ends, if the two differ; points beyond are left out, error bars are cut
	Names   []string       // the places 0, 1, 2, … along the axis of x have these names instead of numbers
	Time    bool           // the values are instants (see At), with ticks at borders of the calendar; for the axis of x
	Zone    *time.Location // the zone of the calendar; UTC if nil
}

// scale lays values out along an axis, from one coordinate to another, in px.
type scale struct {
	low, high float64
	from, to  float64
	edge      float64 // no label passes this x
	ticks     []tick
}

// at is the coordinate of a value. The conversions to float64 keep processors from fusing operations: all round alike.
func (s scale) at(v float64) float64 {
	share := float64(v/2-s.low/2) / float64(s.high/2-s.low/2)
	return s.from + float64(share*(s.to-s.from))
}

// cut is the coordinate of a value. A value beyond an end has the coordinate of the end.
func (s scale) cut(v float64) float64 { return s.at(max(s.low, min(s.high, v))) }

// span is the least and the largest of some numbers. It is not known if none of the numbers can be drawn.
type span struct {
	low, high float64
	known     bool
}

func (s *span) add(values ...float64) {
	for _, v := range values {
		switch {
		case !drawable(v):
		case !s.known:
			*s = span{v, v, true}
		default:
			s.low, s.high = min(s.low, v), max(s.high, v)
		}
	}
}

// rising lays out the axis of y, from the coordinate of the bottom to the coordinate of the top. Both ends are ticks.
func (a Axis) rising(values span, bottom, top float64) scale {
	values.add(a.Include...)
	steps := max(2, int((bottom-top)/(2*lineHeight)))
	low, high, fixed := a.ends()
	if !fixed {
		low, high = widened(values.low, values.high)
		low, high = niceEnds(low, high, steps)
	}
	return scale{low: low, high: high, from: bottom, to: top, ticks: niceTicks(low, high, steps+1)}
}

// mostTicks is the largest number of ticks of an axis of x.
const mostTicks = 7

// across lays out the axis of x, from the coordinate of the left end to the coordinate of the right end. The axis ends where
// the values do. No label passes the edge of the chart.
func (a Axis) across(values span, left, right, edge float64) scale {
	if a.Names != nil {
		return a.named(left, right, edge)
	}
	for _, v := range a.Include {
		if a.places(v) {
			values.add(v)
		}
	}
	s := scale{from: left + gap, to: right - gap, edge: edge} // markers at the ends stay within the plot
	low, high, fixed := a.ends()
	switch {
	case a.Time:
		low, high = widenedTime(values.low, values.high)
	case !fixed:
		low, high = widened(values.low, values.high)
	}
	s.low, s.high = low, high
	a.fill(&s)
	return s
}

// fill gives an axis of x as many ticks as have room for their labels. It asks for fewer and fewer nice ticks until the labels
// fit. If fewer than two would be left, it keeps the ticks it has and drops all but every second, third … of those.
func (a Axis) fill(s *scale) {
	for most := mostTicks; most > 0; most-- {
		ticks := a.ticks(s, most)
		if len(ticks) < 2 && len(s.ticks) > 1 {
			break
		}
		if s.ticks = ticks; s.roomy() {
			return
		}
	}
	all := s.ticks
	for every := 2; !s.roomy(); every++ {
		s.ticks = everyNth(all, every)
	}
}

func (a Axis) ticks(s *scale, most int) []tick {
	if a.Time {
		return timeTicks(s.low, s.high, most, a.zone())
	}
	return niceTicks(s.low, s.high, most)
}

// ends returns the fixed ends of the axis. It returns false if the axis has none, or if they are too near to be divided.
func (a Axis) ends() (low, high float64, fixed bool) {
	low, high = min(a.Ends[0], a.Ends[1]), max(a.Ends[0], a.Ends[1])
	if !drawable(low) || !drawable(high) {
		return 0, 0, false
	}
	l, h := widened(low, high)
	return low, high, low < high && l == low && h == high
}

func (a Axis) zone() *time.Location {
	if a.Zone == nil {
		return time.UTC
	}
	return a.Zone
}

// middle is the x of the middle of a label. A label is centred at its tick, unless it would leave the chart.
func (s scale) middle(t tick) float64 {
	half := widthOf(t.label) / 2
	return max(half+2, min(s.edge-half-2, s.at(t.value)))
}

// roomy reports whether no label of an axis of x touches the next.
func (s scale) roomy() bool {
	end := math.Inf(-1)
	for _, t := range s.ticks {
		middle, half := s.middle(t), widthOf(t.label)/2
		if middle-half < end+gap {
			return false
		}
		end = middle + half
	}
	return true
}

// leastName is the least width of a name that is cut, in px.
const leastName = 3 * fontSize

// named lays out the axis of names. Each name has an equal part of the width. A name that is longer than its part takes a
// second line. A name that is longer than two lines is cut. If the parts are too narrow for cut names, only every second, third
// … name is shown.
func (a Axis) named(left, right, edge float64) scale {
	count := max(1, len(a.Names))
	s := scale{low: -.5, high: float64(count) - .5, from: left, to: right, edge: edge}
	widest := 0.
	for _, name := range a.Names {
		widest = max(widest, widthOf(name))
	}
	part := (right - left) / float64(count)
	every := max(1, int(math.Ceil((min(widest, leastName)+gap)/part)))
	for i := 0; i < len(a.Names); i += every {
		t := tick{value: float64(i)}
		room := roomAt(s.at(t.value), part*float64(every)-gap, left, right)
		var cut bool
		if t.label, t.second, cut = wrapped(a.Names[i], room); cut {
			t.whole = a.Names[i]
		}
		s.ticks = append(s.ticks, t)
	}
	return s
}

// lines is the number of lines that the labels take.
func (s scale) lines() float64 {
	for _, t := range s.ticks {
		if t.second != "" {
			return 2
		}
	}
	return 1
}

// nowhere is the x of a point that has no place on an axis.
var nowhere = math.NaN()

// places reports whether a value has a place on the axis.
func (a Axis) places(v float64) bool {
	switch {
	case a.Names != nil:
		return v >= -.5 && v <= float64(len(a.Names))-.5 && nearest(v) < len(a.Names)
	case a.Time:
		return hasDate(v)
	}
	return a.within(v)
}

// within reports whether a number lies between the ends of the axis.
func (a Axis) within(v float64) bool {
	if low, high, fixed := a.ends(); fixed {
		return low <= v && v <= high
	}
	return drawable(v)
}

// nearest is the place of the name that a value is nearest to.
func nearest(v float64) int { return max(0, int(math.Floor(v+.5))) }
