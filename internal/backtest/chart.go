package backtest

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"regexp"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// mark is how a series is drawn: a colour of the style sheet and a shape, so that print without colour tells them apart.
type mark struct {
	tone  uint8 // --tone-00 and so on
	glyph draw.GlyphDrawer
	Sign  string // the glyph, for the key beside the chart
}

const (
	ink uint8 = iota // tones of the style sheet
	own              // our model
	rfm              // the rivals
	bought
	gap
	faint // the grid, and what a perfect model would show
)

var marks = map[string]mark{
	Stack:      {own, draw.CircleGlyph{}, "●"},
	LogitRFM:   {rfm, draw.BoxGlyph{}, "■"},
	NoPurchase: {bought, draw.PyramidGlyph{}, "▲"},
	Gap:        {gap, draw.PlusGlyph{}, "+"},
	came:       {ink, draw.CircleGlyph{}, "●"},
	MBGNBD:     {own, draw.BoxGlyph{}, "■"},
	Steady:     {gap, draw.PlusGlyph{}, "+"},
	training:   {rfm, draw.BoxGlyph{}, "■"},
	alerted:    {own, draw.CircleGlyph{}, "●"},
	matched:    {rfm, draw.BoxGlyph{}, "■"},
}

// Tone is the colour's name in the style sheet.
func (m mark) Tone() string { return fmt.Sprintf("%02X", m.tone) }

// point is a value with its error bar of two standard errors, if that is known.
type point struct{ x, y, error float64 }

// series is points of one kind.
type series struct {
	name   string
	joined bool
	points []point
}

// chart is what a plot shows. Points that are not known are left out.
type chart struct {
	x, y          string   // what the axes are
	ticks         []string // along x, at 0, 1, 2, ...; without them x is a number
	square        bool     // both axes from 0 to 1, with the diagonal
	zero          bool     // y is shown from 0 on
	level         *float64 // a line across, such as what chance gives
	width, height vg.Length
	series        []series
}

// labels is how many fit below a chart.
const labels = 4

// svg draws the chart. Its colours are those of the style sheet around it.
func (c *chart) svg() (template.HTML, error) {
	p := plot.New()
	p.BackgroundColor = nil
	p.X.Label.Text, p.Y.Label.Text = c.x, c.y
	for _, axis := range []*plot.Axis{&p.X, &p.Y} {
		axis.Color, axis.Tick.Color = tone(faint), tone(faint)
		axis.Label.TextStyle.Color, axis.Tick.Label.Color = tone(ink), tone(ink)
		axis.Label.TextStyle.Font = font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, 10)
		axis.Tick.Label.Font = axis.Label.TextStyle.Font
		axis.Padding = 2
	}
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color, grid.Horizontal.Width = tone(faint), .3
	p.Add(grid)
	shown := false
	for _, s := range c.series {
		if err := s.addTo(p, &shown); err != nil {
			return "", err
		}
	}
	if c.ticks != nil {
		p.X.Min, p.X.Max = -.5, float64(len(c.ticks))-.5
		p.X.Tick.Marker = c.labelled()
		p.X.Tick.Length = 0
	}
	switch {
	case c.square:
		p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
		p.X.Tick.Marker = plot.ConstantTicks{{Value: 0, Label: "0"}, {Value: .5, Label: ".5"}, {Value: 1, Label: "1"}}
		p.Y.Tick.Marker = p.X.Tick.Marker
		if err := line(p, plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}}); err != nil {
			return "", err
		}
	case !shown:
		p.Y.Min, p.Y.Max = 0, 1
	case c.zero:
		p.Y.Min = min(p.Y.Min, 0)
	}
	if c.level != nil {
		p.Y.Min, p.Y.Max = min(p.Y.Min, *c.level), max(p.Y.Max, *c.level)
		if err := line(p, plotter.XYs{{X: p.X.Min, Y: *c.level}, {X: p.X.Max, Y: *c.level}}); err != nil {
			return "", err
		}
	}
	canvas := vgsvg.New(c.width, c.height)
	p.Draw(draw.Crop(draw.New(canvas), 0, -16, 0, -4)) // the last label reaches beyond its tick
	var text bytes.Buffer
	if _, err := canvas.WriteTo(&text); err != nil {
		return "", err
	}
	return inline(text.Bytes()), nil
}

// labelled is the ticks along x, as many as fit.
func (c *chart) labelled() plot.ConstantTicks {
	every := (len(c.ticks) + labels - 1) / labels
	if len(c.ticks) > 0 && len([]rune(c.ticks[0])) < 4 {
		every = 1
	}
	var ticks plot.ConstantTicks
	for i, label := range c.ticks {
		if i%every != 0 {
			label = ""
		}
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: label})
	}
	return ticks
}

// errorBars are points with error bars.
type errorBars struct {
	plotter.XYs
	plotter.YErrors
}

func (s series) addTo(p *plot.Plot, shown *bool) error {
	var at plotter.XYs
	var bars errorBars
	for _, q := range s.points {
		if !Number(q.x).finite() || !Number(q.y).finite() {
			continue
		}
		at = append(at, plotter.XY{X: q.x, Y: q.y})
		if Number(q.error).finite() && q.error > 0 {
			bars.XYs = append(bars.XYs, plotter.XY{X: q.x, Y: q.y})
			bars.YErrors = append(bars.YErrors, struct{ Low, High float64 }{q.error, q.error})
		}
	}
	if len(at) == 0 {
		return nil
	}
	*shown = true
	m := marks[s.name]
	joined, dots, err := plotter.NewLinePoints(at)
	if err != nil {
		return fmt.Errorf("draw %s: %w", s.name, err)
	}
	joined.Color, joined.Width = tone(m.tone), 1.2
	dots.GlyphStyle = draw.GlyphStyle{Color: tone(m.tone), Radius: 3, Shape: m.glyph}
	if s.joined {
		p.Add(joined)
	}
	if len(bars.XYs) > 0 {
		b, err := plotter.NewYErrorBars(bars)
		if err != nil {
			return fmt.Errorf("draw the errors of %s: %w", s.name, err)
		}
		b.Color, b.Width = tone(m.tone), .8
		p.Add(b)
	}
	p.Add(dots)
	return nil
}

// line is one to compare with.
func line(p *plot.Plot, at plotter.XYs) error {
	l, err := plotter.NewLine(at)
	if err != nil {
		return err
	}
	l.Color, l.Width, l.Dashes = tone(faint), 1, []vg.Length{4, 3}
	p.Add(l)
	return nil
}

// tone stands for a colour of the style sheet until the SVG is written.
func tone(n uint8) color.Color { return color.RGBA{R: 1, B: n, A: 255} }

var (
	prolog = regexp.MustCompile(`(?s)^.*?<svg [^>]*(viewBox="[^"]*")[^>]*>`)
	toned  = regexp.MustCompile(`#0100([0-9A-F]{2})`)
)

// inline makes an SVG file a part of a page: it takes the width and the colours that the page gives it.
func inline(file []byte) template.HTML {
	text := prolog.ReplaceAll(file, []byte(`<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" $1>`))
	return template.HTML(toned.ReplaceAll(text, []byte("var(--tone-$1)")))
}
