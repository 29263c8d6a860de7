package chart

import (
	"math"
	"strconv"
	"strings"
)

// canvas collects the text of an SVG. Coordinates are in px of the viewBox: x to the right, y down.
type canvas struct{ out strings.Builder }

func (c *canvas) raw(parts ...string) {
	for _, part := range parts {
		c.out.WriteString(part)
	}
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	c.raw(`<line class="`, class, `" x1="`, px(x1), `" y1="`, px(y1), `" x2="`, px(x2), `" y2="`, px(y2), `"/>`, "\n")
}

func (c *canvas) path(class, d string) { c.raw(`<path class="`, class, `" d="`, d, `"/>`, "\n") }

// titled draws a path. Browsers show the title when a reader points at the path.
func (c *canvas) titled(class, d, title string) {
	c.raw(`<path class="`, class, `" d="`, d, `"><title>`, escape(title), "</title></path>\n")
}

// text writes one line. The anchor is start, middle or end; y is the base line.
func (c *canvas) text(class string, x, y float64, anchor, whole string) {
	c.raw(`<text class="`, class, `" x="`, px(x), `" y="`, px(y), `" text-anchor="`, anchor, `">`, escape(whole), "</text>\n")
}

// fit writes a text, cut to a width in px. If the text was cut, its title is the whole text.
func (c *canvas) fit(class string, x, y float64, anchor, whole string, width float64) {
	short, cut := fitted(whole, width)
	if !cut {
		whole = ""
	}
	c.cut(class, x, y, anchor, short, whole)
}

// cut writes a short text. If the whole text is given, it becomes the title.
func (c *canvas) cut(class string, x, y float64, anchor, short, whole string) {
	if whole == "" {
		c.text(class, x, y, anchor, short)
		return
	}
	c.raw(`<text class="`, class, `" x="`, px(x), `" y="`, px(y), `" text-anchor="`, anchor, `"><title>`, escape(whole), "</title>",
		escape(short), "</text>\n")
}

func (c *canvas) close() string {
	c.raw("</svg>\n")
	return c.out.String()
}

// px writes a coordinate with one decimal. That is finer than eyes can see, and too coarse to show how a processor rounds.
func px(v float64) string {
	v = math.Round(v*10) / 10
	if v == 0 {
		v = 0 // not -0
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// at writes a point of a path.
func at(x, y float64) string { return px(x) + " " + px(y) }

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

// escape makes text safe in elements and attributes. XML 1.0 cannot hold some control characters: they become the replacement
// character.
func escape(text string) string {
	return escapes.Replace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r':
			return ' '
		case r < ' ', 0x7f <= r && r <= 0x9f, 0xD800 <= r && r <= 0xDFFF, r == 0xFFFE, r == 0xFFFF:
			return '�'
		}
		return r
	}, text))
}
