package chart

// entry is one series or guide of the legend: a sample of how it is drawn, and its name.
type entry struct {
	name   string
	sample func(c *canvas, x, y float64) // draws within sampleWidth px to the right of x, centred on y
}

const sampleWidth = 22.

func (e entry) width() float64 { return sampleWidth + gap/2 + widthOf(e.name) + 2*gap }

// rows is the number of lines that a legend takes.
func rows(all []entry, width float64) int {
	if len(all) == 0 {
		return 0
	}
	n, x := 1, 0.
	for _, e := range all {
		if w := min(e.width(), width); x > 0 && x+w > width+gap {
			n, x = n+1, w
		} else {
			x += w
		}
	}
	return n
}

// drawLegend writes the legend along the top of the chart.
func drawLegend(c *canvas, all []entry, width float64) {
	x, y := 0., lineHeight
	for _, e := range all {
		w := min(e.width(), width)
		if x > 0 && x+w > width+gap {
			x, y = 0, y+lineHeight
		}
		e.sample(c, x+2, y-fontSize/3)
		c.fit("tm-key", x+2+sampleWidth+gap/2, y, "start", e.name, width-sampleWidth-gap)
		x += w
	}
}

// legendOf makes the legend. A chart of one series without a named guide needs none.
func legendOf(series []Series, guides []Guide, sample func(Series) func(c *canvas, x, y float64)) []entry {
	var all []entry
	for _, s := range series {
		all = append(all, entry{s.Name, sample(s)})
	}
	for _, g := range guides {
		if g.drawable() && g.Name != "" {
			all = append(all, entry{g.Name, func(c *canvas, x, y float64) { c.line("tm-guide", x, y, x+sampleWidth, y) }})
		}
	}
	if len(all) == 1 {
		return nil
	}
	return all
}
