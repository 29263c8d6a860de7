package chart

import "time"

// Line is a chart of points and lines: values over time, over a number, or over names.
type Line struct {
	Frame
	X, Y   Axis
	Series []Series
	Guides []Guide // drawn under the series
}

// crowded is the number of points at which a joined series loses its markers.
const crowded = 60

// SVG draws the chart.
func (l Line) SVG() string {
	f, series := l.sized(), l.visible()
	x, y := extents(series)
	if !x.known {
		return f.blank()
	}
	for _, g := range l.Guides {
		if g.Slope == 0 {
			y.add(g.Intercept)
		}
	}
	legend := legendOf(series, l.Guides, sampleOfLine)
	p := layout(f, l.X, l.Y, x, y, legend)
	c := p.frame.open()
	p.draw(c, l.X, l.Y, legend)
	for _, g := range l.Guides {
		if g.drawable() {
			p.guide(c, g)
		}
	}
	for _, s := range series {
		l.series(c, s, p)
	}
	return c.close()
}

// visible gives the series their styles. A point without a place on the axes counts as not known.
func (l Line) visible() []Series {
	all := styled(l.Series)
	for i, s := range all {
		points := make([]Point, len(s.Points))
		for n, q := range s.Points {
			if !l.X.places(q.X) || !l.Y.within(q.Y) {
				q.X = nowhere
			}
			points[n] = q
		}
		all[i].Points = points
	}
	return all
}

// extents are the spans of the points and their error bars.
func extents(all []Series) (x, y span) {
	for _, s := range all {
		for _, q := range s.Points {
			if q.drawable() {
				x.add(q.X)
				y.add(q.Y-q.bar(), q.Y+q.bar())
			}
		}
	}
	return x, y
}

func (l Line) series(c *canvas, s Series, p plot) {
	n := digit(s.Style)
	if d := polyline(s.Points, p.x, p.y); s.Joined && d != "" {
		c.path("tm-line tm-line-"+n, d)
	}
	for _, q := range s.Points {
		if q.drawable() && q.bar() > 0 {
			c.path("tm-error tm-error-"+n, errorBar(q, p.x.at(q.X), p.y))
		}
	}
	for i, q := range s.Points {
		if q.drawable() && (!s.Joined || len(s.Points) < crowded || lone(s.Points, i)) {
			c.titled("tm-mark tm-mark-"+n, marker(s.Style, p.x.at(q.X), p.y.at(q.Y)), l.title(s, q))
		}
	}
}

// lone reports whether a point has no neighbour to be joined with.
func lone(points []Point, i int) bool {
	known := func(i int) bool { return 0 <= i && i < len(points) && points[i].drawable() }
	return !known(i-1) && !known(i+1)
}

// title returns the title of a point.
func (l Line) title(s Series, q Point) string {
	return s.Name + ", " + l.X.name(q.X) + ": " + Compact(q.Y)
}

func sampleOfLine(s Series) func(c *canvas, x, y float64) {
	return func(c *canvas, x, y float64) {
		if s.Joined {
			c.line("tm-line tm-line-"+digit(s.Style), x, y, x+sampleWidth, y)
		}
		if !s.Joined || len(s.Points) < crowded {
			c.path("tm-mark tm-mark-"+digit(s.Style), marker(s.Style, x+sampleWidth/2, y))
		}
	}
}

// name writes a value of the axis for a title.
func (a Axis) name(v float64) string {
	switch {
	case a.Names != nil:
		return a.Names[nearest(v)]
	case a.Time:
		t := instant(v, a.zone())
		if midnight := t.Truncate(time.Minute); t.Hour() == 0 && t.Minute() == 0 && t.Equal(midnight) {
			return t.Format(time.DateOnly)
		}
		return t.Format("2006-01-02 15:04")
	}
	return Compact(v)
}
