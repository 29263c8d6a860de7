package backtest

import (
	"fmt"
	"html/template"
	"math"
	"time"

	"tidemark/internal/chart"
)

// styles gives each series the same style in all charts of the report (see chart.Series). What came is drawn in the colour of
// text.
var styles = map[string]int{
	Stack:      1,
	MBGNBD:     1,
	alerted:    1,
	LogitRFM:   2,
	training:   2,
	matched:    2,
	NoPurchase: 3,
	Gap:        4,
	Steady:     4,
	came:       6,
}

// size is the width and the height of a chart, in px.
type size struct{ width, height float64 }

var (
	alone = size{400, 240}
	few   = size{300, 280} // one of several side by side
)

// frame makes the frame of the next chart of the section. The description is for screen readers. The id is unique on the page.
func (s *section) frame(of size, title, desc string) chart.Frame {
	return chart.Frame{
		ID: fmt.Sprintf("%s-%d", s.ID, len(s.Figures)+1), Title: title, Desc: desc,
		Width: of.width, Height: of.height,
	}
}

// draw adds a chart whose frame came from frame.
func (s *section) draw(c interface{ SVG() string }, caption string) {
	s.Figures = append(s.Figures, figure{template.HTML(c.SVG()), caption})
}

// inTable ends the description of a chart whose points are in a table of the page.
const inTable = " The table has the figures."

// overCutoffs draws one line per name over the cutoffs.
func (r *Result) overCutoffs(f chart.Frame, y string, names []string, value func(*Cutoff, string) Number) chart.Line {
	c := chart.Line{Frame: f, X: chart.Axis{Label: "cutoff", Time: true}, Y: chart.Axis{Label: y}}
	for _, name := range names {
		line := chart.Series{Name: name, Style: styles[name], Joined: true}
		for i := range r.Cutoffs {
			line.Points = append(line.Points, chart.Point{X: r.Cutoffs[i].day(), Y: float64(value(&r.Cutoffs[i], name))})
		}
		c.Series = append(c.Series, line)
	}
	return c
}

// day is the date of the cutoff on an axis of time.
func (c *Cutoff) day() float64 { return dayOf(c.Date) }

func dayOf(date string) float64 {
	at, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return math.NaN() // chart leaves NaN out
	}
	return chart.At(at)
}
