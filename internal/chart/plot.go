package chart

import "math"

// plot is the part of a chart between its axes, and what is drawn around it.
type plot struct {
	frame                    Frame
	left, right, top, bottom float64 // in px
	x, y                     scale
	lines                    float64 // the lines of the labels of x
	base                     float64 // the axis of x runs at this value of y, or at the nearer end
}

// leastPlot is the least height of a plot, in px. A chart grows beyond its height if the legend would leave less.
const leastPlot = 4 * lineHeight

// layout finds the place of everything. It lays the chart out again if the labels of x turn out to need a second line.
func layout(f Frame, xs, ys Axis, x, y span, legend []entry) plot {
	p := place(f, xs, ys, x, y, legend, 1)
	if lines := p.x.lines(); lines > 1 {
		p = place(f, xs, ys, x, y, legend, lines)
	}
	return p
}

// place sets out, from top to bottom: legend, label of y, plot, ticks of x, label of x. The ticks of x have a number of lines.
func place(f Frame, xs, ys Axis, x, y span, legend []entry, lines float64) plot {
	p := plot{frame: f, top: gap, right: f.Width - gap, lines: lines, base: math.Inf(-1)}
	p.top += float64(rows(legend, f.Width)) * lineHeight
	if ys.Label != "" {
		p.top += lineHeight
	}
	p.top += fontSize / 2 // half the topmost tick's label
	p.bottom = f.Height - lines*lineHeight - gap
	if xs.Label != "" {
		p.bottom -= lineHeight
	}
	if lacks := p.top + leastPlot - p.bottom; lacks > 0 {
		p.frame.Height += lacks
		p.bottom += lacks
	}
	p.y = ys.rising(y, p.bottom, p.top)
	p.left = gap
	for _, t := range p.y.ticks {
		p.left = max(p.left, widthOf(t.label)+gap)
	}
	p.x = xs.across(x, p.left, p.right, f.Width)
	if over := p.overhang(); over > 0 {
		p.right -= over
		p.x = xs.across(x, p.left, p.right, f.Width)
	}
	return p
}

// overhang is the length by which the last label of x would pass the edge of the chart, in px.
func (p plot) overhang() float64 {
	if len(p.x.ticks) == 0 {
		return 0
	}
	last := p.x.ticks[len(p.x.ticks)-1]
	return max(0, p.x.at(last.value)+widthOf(last.label)/2-p.frame.Width+2)
}

// draw draws the grid, the axes, and the text beside them.
func (p plot) draw(c *canvas, xs, ys Axis, legend []entry) {
	drawLegend(c, legend, p.frame.Width)
	if ys.Label != "" {
		c.fit("tm-label", 2, p.top-fontSize, "start", ys.Label, p.frame.Width-4)
	}
	for _, t := range p.y.ticks {
		h := p.y.at(t.value)
		c.line("tm-grid", p.left, h, p.right, h)
		c.text("tm-tick", p.left-gap/2, h+fontSize/3, "end", t.label)
	}
	base := p.y.cut(p.base)
	c.line("tm-axis", p.left, base, p.right, base)
	for _, t := range p.x.ticks {
		p.tickOf(c, xs, t)
	}
	if xs.Label != "" {
		c.fit("tm-label", p.right, p.bottom+(p.lines+1)*lineHeight+2, "end", xs.Label, p.right-2)
	}
}

func (p plot) tickOf(c *canvas, xs Axis, t tick) {
	v := p.x.at(t.value)
	if xs.Names == nil {
		c.line("tm-axis", v, p.bottom, v, p.bottom+4)
	}
	middle := p.x.middle(t)
	c.cut("tm-tick", middle, p.bottom+lineHeight, "middle", t.label, t.whole)
	if t.second != "" {
		c.cut("tm-tick", middle, p.bottom+2*lineHeight, "middle", t.second, t.whole)
	}
}

// Guide is a straight line to compare with: y = Intercept + Slope × x.
type Guide struct {
	Name             string
	Intercept, Slope float64
}

func (g Guide) drawable() bool { return drawable(g.Intercept) && drawable(g.Slope) }

// guide draws the part of a guide that lies within the plot.
func (p plot) guide(c *canvas, g Guide) {
	from, to := p.x.low, p.x.high
	value := func(x float64) float64 { return g.Intercept + float64(g.Slope*x) }
	if g.Slope != 0 {
		a, b := (p.y.low-g.Intercept)/g.Slope, (p.y.high-g.Intercept)/g.Slope
		from, to = max(from, min(a, b)), min(to, max(a, b))
	}
	if !(from < to) || !drawable(value(from)) || !drawable(value(to)) {
		return
	}
	start, end := p.x.at(from), p.x.at(to)
	if g.Slope == 0 {
		start, end = p.left, p.right
	}
	h, k := p.y.at(value(from)), p.y.at(value(to))
	if math.Min(h, k) < p.top-1 || math.Max(h, k) > p.bottom+1 {
		return
	}
	c.line("tm-guide", start, h, end, k)
}
