package chart

import (
	_ "embed"
	"strings"
)

// Style is the style sheet of all charts. It follows the reader's preference for light or dark; the attribute
// data-theme="light" or "dark" of the root element overrules the preference. Pages may change the custom properties.
//
//go:embed style.css
var Style string

// Frame is what all charts have.
type Frame struct {
	ID     string  // begins every id of the chart; other characters than letters, digits, - and _ become _
	Title  string  // the chart's name, for screen readers
	Desc   string  // what the chart shows, for screen readers; may be empty
	Empty  string  // written if no number is known; "No data" if empty
	Width  float64 // in px at full size, at least 120; 420 if zero
	Height float64 // in px at full size, at least 100; 240 if zero; a heat table's follows from its rows
}

const (
	defaultWidth, defaultHeight = 420, 240
	leastWidth, leastHeight     = 120, 100
)

// sized returns the frame with its defaults.
func (f Frame) sized() Frame {
	f.ID = identifier(f.ID)
	f.Width = sizeOr(f.Width, defaultWidth, leastWidth)
	f.Height = sizeOr(f.Height, defaultHeight, leastHeight)
	if f.Empty == "" {
		f.Empty = "No data"
	}
	return f
}

func sizeOr(size, otherwise, least float64) float64 {
	if !drawable(size) || size <= 0 || size > 1e5 {
		return otherwise
	}
	return max(least, size)
}

// identifier makes an id that is valid in XML and in url(#…).
func identifier(id string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', r == '-', r == '_':
			return r
		}
		return '_'
	}, id)
	if clean == "" || '0' <= clean[0] && clean[0] <= '9' || clean[0] == '-' {
		return "tm" + clean
	}
	return clean
}

// open begins the SVG. Its title and description are for screen readers.
func (f Frame) open() *canvas {
	c := &canvas{}
	labelled := f.ID + "-title"
	if f.Desc != "" {
		labelled += " " + f.ID + "-desc"
	}
	c.raw(`<svg xmlns="http://www.w3.org/2000/svg" class="tm-chart" role="img" aria-labelledby="`, labelled,
		`" viewBox="0 0 `, px(f.Width), ` `, px(f.Height), `">`, "\n")
	c.raw(`<title id="`, f.ID, `-title">`, escape(f.Title), "</title>\n")
	if f.Desc != "" {
		c.raw(`<desc id="`, f.ID, `-desc">`, escape(f.Desc), "</desc>\n")
	}
	return c
}

// blank draws the chart that has no number to show.
func (f Frame) blank() string {
	c := f.open()
	short, _ := fitted(f.Empty, f.Width-2*gap)
	c.text("tm-empty", f.Width/2, f.Height/2, "middle", short)
	return c.close()
}
