package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"

	"tidemark/internal/chart"
)

// box is where a text stands, by the estimate of its width.
type box struct {
	said                     string
	left, right, top, bottom float64
}

// picture is what the tests want to know of an SVG.
type picture struct {
	width, height float64
	ids           map[string]int
	tags          map[string]int
	texts         []box
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
}

// read reads an SVG, and fails if it is not well-formed, draws outside its frame, refers to what is not there, or one text covers
// another.
func read(t failer, svg string) {
	t.Helper()
	p := picture{ids: map[string]int{}, tags: map[string]int{}}
	d := xml.NewDecoder(strings.NewReader(svg))
	d.Strict = true
	var wanted []string
	var path []string
	var text *box
	var anchor string
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("want XML, got %v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			path = append(path, token.Name.Local)
			p.tags[token.Name.Local]++
			attr := map[string]string{}
			for _, a := range token.Attr {
				attr[a.Name.Local] = a.Value
				p.attribute(t, token.Name.Local, a)
			}
			if ref, ok := strings.CutPrefix(attr["fill"], "url(#"); ok {
				wanted = append(wanted, strings.TrimSuffix(ref, ")"))
			}
			wanted = append(wanted, strings.Fields(attr["aria-labelledby"])...)
			if token.Name.Local == "text" {
				text, anchor = &box{left: number(t, attr["x"]), bottom: number(t, attr["y"])}, attr["text-anchor"]
			}
		case xml.CharData:
			if text != nil && path[len(path)-1] == "text" {
				text.said += string(token)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
			if token.Name.Local == "text" {
				p.texts = append(p.texts, placed(*text, anchor))
				text = nil
			}
		}
	}
	for id, n := range p.ids {
		if n > 1 {
			t.Errorf("id %q: want it once, got it %d times", id, n)
		}
	}
	for _, id := range wanted {
		if p.ids[id] == 0 {
			t.Errorf("want the id %q that is referred to", id)
		}
	}
	p.check(t)
}

func (p *picture) attribute(t failer, tag string, a xml.Attr) {
	switch a.Name.Local {
	case "style":
		t.Errorf("<%s style=%q>: want classes, and no style", tag, a.Value)
	case "id":
		p.ids[a.Value]++
	case "viewBox":
		sizes := strings.Fields(a.Value)
		p.width, p.height = number(t, sizes[2]), number(t, sizes[3])
	case "d", "x", "y", "x1", "y1", "x2", "y2":
		if strings.Contains(a.Value, "NaN") || strings.Contains(a.Value, "Inf") {
			t.Errorf("<%s %s=%q>: want numbers", tag, a.Name.Local, a.Value)
		}
		if strings.HasPrefix(a.Name.Local, "x") {
			p.inside(t, tag, number(t, a.Value), p.width)
		}
		if strings.HasPrefix(a.Name.Local, "y") {
			p.inside(t, tag, number(t, a.Value), p.height)
		}
	}
}

func (p *picture) inside(t failer, tag string, v, size float64) {
	if v < -1 || v > size+1 {
		t.Errorf("<%s>: want it between 0 and %g, got it at %g", tag, size, v)
	}
}

func placed(b box, anchor string) box {
	wide := chart.WidthOf(b.said)
	switch anchor {
	case "middle":
		b.left -= wide / 2
	case "end":
		b.left -= wide
	}
	b.right, b.top, b.bottom = b.left+wide, b.bottom-9, b.bottom+2 // of the letters, without what is free above and below
	return b
}

// check finds texts that cover one another or leave the frame.
func (p *picture) check(t failer) {
	for i, a := range p.texts {
		if a.left < -2 || a.right > p.width+2 || a.bottom > p.height+1 || a.top < -1 {
			t.Errorf("text %q: want it within %g × %g, got it at %.0f to %.0f × %.0f to %.0f", a.said, p.width, p.height, a.left, a.right, a.top, a.bottom)
		}
		for _, b := range p.texts[:i] {
			if math.Min(a.right, b.right)-math.Max(a.left, b.left) > .5 && math.Min(a.bottom, b.bottom)-math.Max(a.top, b.top) > .5 {
				t.Errorf("texts %q and %q: want both legible, got one over the other", a.said, b.said)
			}
		}
	}
}

func number(t failer, text string) float64 {
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		t.Fatalf("want a number, got %q", text)
	}
	return v
}

var _ failer = (*testing.T)(nil)
