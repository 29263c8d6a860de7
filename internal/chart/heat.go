package chart

import (
	"math"
	"strings"
)

// Shades is the number of shades of a heat table. A page can use their classes, tm-heat-0 to tm-heat-9, in tables of its own.
const Shades = 10

// Shade returns the shade of a value, from 0 to Shades-1. The shades divide [low, high] into equal parts. A value beyond an end
// has the shade of the end. NaN and infinities have -1. If low is not below high, the shade is the middle one.
func Shade(v, low, high float64) int {
	switch {
	case !drawable(v):
		return -1
	case !(low < high):
		return Shades / 2
	}
	share := (v/2 - low/2) / (high/2 - low/2)
	return int(max(0, min(Shades-1, math.Floor(share*Shades))))
}

// Cell is a number of a heat table, and the text that shows it. If Text is empty, Compact writes the number.
type Cell struct {
	Value float64
	Text  string
}

// Heat is a table whose cells are shaded by their number.
type Heat struct {
	Frame          // the height follows from the rows
	Across  string // what the columns are
	Down    string // what the rows are
	Columns []string
	Rows    []string
	Cells   [][]Cell // by row; a missing cell is not known
	// Diverging gives numbers below zero one hue and numbers above zero another; near zero both are pale. Otherwise shades run
	// from Low to High.
	Diverging bool
	Low, High float64 // the range of the shades; if equal, the range of the values. A diverging table takes the larger size both ways.
}

const (
	cellHeight = 26.
	leastCell  = 2.5 * fontSize // in px, so that a number has room
)

// SVG draws the table.
func (h Heat) SVG() string {
	f, values := h.sized(), h.values()
	if !values.known || len(h.Columns) == 0 {
		return f.blank()
	}
	g := h.grid(f, values)
	f.Height = g.top + cellHeight*float64(len(h.Rows)) + gap
	c := f.open()
	h.head(c, g)
	for r, name := range h.Rows {
		y := g.top + cellHeight*float64(r)
		c.fit("tm-tick", g.left-gap, y+cellHeight/2+fontSize/3, "end", name, g.left-gap-2)
		h.row(c, g, r, y)
	}
	return c.close()
}

// grid is the place of the cells, in px, and the range of their shades.
type grid struct {
	left, top, right float64
	cell             float64 // the width of one cell
	low, high        float64
}

func (h Heat) grid(f Frame, values span) grid {
	g := grid{left: h.leftOfCells(f.Width), top: gap + lineHeight, right: f.Width - 2}
	if h.Across != "" {
		g.top += lineHeight
	}
	g.cell = (g.right - g.left) / float64(len(h.Columns))
	g.low, g.high = h.ends(values)
	return g
}

func (h Heat) values() span {
	var s span
	for r := range h.Rows {
		for k := range h.Columns {
			s.add(h.cell(r, k).Value)
		}
	}
	return s
}

// ends are the numbers at which the outermost shades begin.
func (h Heat) ends(values span) (low, high float64) {
	low, high = values.low, values.high
	if drawable(h.Low) && drawable(h.High) && h.Low != h.High {
		low, high = h.Low, h.High
	}
	if h.Diverging {
		most := max(math.Abs(low), math.Abs(high))
		return -most, most
	}
	return low, high
}

func (h Heat) cell(row, column int) Cell {
	if row < len(h.Cells) && column < len(h.Cells[row]) {
		return h.Cells[row][column]
	}
	return Cell{Value: math.NaN()}
}

// leftOfCells leaves room for the names of the rows: at most two fifths of the width.
func (h Heat) leftOfCells(width float64) float64 {
	widest := widthOf(h.Down)
	for _, name := range h.Rows {
		widest = max(widest, widthOf(name))
	}
	return min(widest+2*gap, .4*width)
}

func (h Heat) head(c *canvas, g grid) {
	base := g.top - gap/2 - 1
	if h.Across != "" {
		c.fit("tm-label", g.left, lineHeight, "start", h.Across, g.right-g.left)
	}
	c.fit("tm-label", g.left-gap, base, "end", h.Down, g.left-gap-2)
	every := max(1, int(math.Ceil(leastCell/g.cell)))
	for k := 0; k < len(h.Columns); k += every {
		x := g.left + g.cell*(float64(k)+.5)
		c.fit("tm-tick", x, base, "middle", h.Columns[k], roomAt(x, g.cell*float64(every)-gap/2, g.left, g.right))
	}
}

func (h Heat) row(c *canvas, g grid, r int, y float64) {
	for k, column := range h.Columns {
		cell, x := h.cell(r, k), g.left+g.cell*float64(k)
		fill, on := h.classes(Shade(cell.Value, g.low, g.high))
		wide := px(max(.5, g.cell-1))
		d := "M" + at(x, y) + "h" + wide + "v" + px(cellHeight-1) + "h-" + wide + "z"
		c.titled(fill, d, h.Rows[r]+", "+column+": "+cell.label())
		if widthOf(cell.label()) <= g.cell-2 {
			c.text(on, x+g.cell/2, y+cellHeight/2+fontSize/3, "middle", cell.label())
		}
	}
}

// classes are the classes of a cell with a shade and of the text in the cell.
func (h Heat) classes(shade int) (fill, on string) {
	switch {
	case shade < 0:
		return "tm-none", "tm-tick"
	case h.Diverging:
		return "tm-div-" + digit(shade), "tm-on-div-" + digit(shade)
	}
	return "tm-heat-" + digit(shade), "tm-on-heat-" + digit(shade)
}

func (cell Cell) label() string {
	if text := strings.TrimSpace(cell.Text); text != "" {
		return text
	}
	return Compact(cell.Value)
}
