package chart

// Bar is a chart of bars that start at zero. Each name of X has a bar of each series. The x of a point is the index of its
// name; Values gives such points.
type Bar struct {
	Frame
	X, Y   Axis
	Series []Series
}

// SVG draws the chart.
func (b Bar) SVG() string {
	f := b.sized()
	series := Line{X: b.X, Y: b.Y, Series: b.Series}.visible()
	x, y := extents(series)
	if !x.known || len(b.X.Names) == 0 {
		return f.blank()
	}
	y.add(0)
	legend := legendOf(series, nil, f.sampleOfBar)
	p := layout(f, b.X, b.Y, x, y, legend)
	p.base = 0
	c := p.frame.open()
	f.patterns(c, series)
	p.draw(c, b.X, b.Y, legend)
	for i, s := range series {
		b.bars(c, s, p, i, len(series))
	}
	return c.close()
}

// bars draws the bars of the i-th of n series.
func (b Bar) bars(c *canvas, s Series, p plot, i, n int) {
	part := p.x.at(1) - p.x.at(0)
	wide := min(.8*part/float64(n), 32)
	for _, q := range s.Points {
		if !q.drawable() {
			continue
		}
		left := p.x.at(float64(nearest(q.X))) + wide*(float64(i)-float64(n)/2)
		zero, end := p.y.cut(0), p.y.at(q.Y)
		d := "M" + at(left, zero) + "V" + px(end) + "h" + px(max(.5, wide-1)) + "V" + px(zero) + "z"
		c.filled(s.Style, p.frame.ID, d, s.Name+", "+b.X.name(q.X)+": "+Compact(q.Y))
		if q.bar() > 0 {
			c.path("tm-error tm-error-6", errorBar(q, left+wide/2, p.y))
		}
	}
}

// filled draws a bar: its pattern and its outline.
func (c *canvas) filled(style int, id, d, title string) {
	n := digit(style)
	c.raw(`<path class="tm-bar tm-bar-`, n, `" fill="url(#`, id, `-fill-`, n, `)" d="`, d, `">`)
	if title != "" {
		c.raw("<title>", escape(title), "</title>")
	}
	c.raw("</path>\n")
}

func (f Frame) sampleOfBar(s Series) func(c *canvas, x, y float64) {
	return func(c *canvas, x, y float64) {
		c.filled(s.Style, f.ID, "M"+at(x+6, y-5)+"h10v10h-10z", "")
	}
}

// hatches are the strokes of the patterns, in squares of 6 px. They tell bars apart without colour.
var hatches = [Styles]string{
	"M0 3h6", // a stroke as wide as the square: filled
	"M-1 1l2 -2M0 6l6 -6M5 7l2 -2",
	"M2 3h2",
	"M-1 5l2 2M0 0l6 6M5 -1l2 2",
	"M0 3h6",
	"", // the outline alone
}

// patterns defines what fills the bars.
func (f Frame) patterns(c *canvas, series []Series) {
	var done [Styles + 1]bool
	c.raw("<defs>\n")
	for _, s := range series {
		if done[s.Style] {
			continue
		}
		done[s.Style] = true
		n := digit(s.Style)
		c.raw(`<pattern id="`, f.ID, `-fill-`, n, `" width="6" height="6" patternUnits="userSpaceOnUse">`)
		if d := hatches[s.Style-1]; d != "" {
			c.raw(`<path class="tm-hatch tm-hatch-`, n, `" d="`, d, `"/>`)
		}
		c.raw("</pattern>\n")
	}
	c.raw("</defs>\n")
}
