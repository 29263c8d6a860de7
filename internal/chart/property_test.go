package chart_test

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/chart"
)

// values draws numbers of all sizes, also those that no chart can show.
func values() *rapid.Generator[float64] {
	return rapid.OneOf(
		rapid.Float64(), rapid.Float64Range(-1, 1), rapid.Float64Range(0, 1e6), rapid.Float64Range(8e8, 9e8),
		rapid.SampledFrom([]float64{
			0, math.Copysign(0, -1), 1, 7, -7, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, -1e300, 1e300, 5e-324, 1e-300, 1e15, 1e15 + 1,
		}),
	)
}

func names() *rapid.Generator[[]string] { return rapid.SliceOfN(rapid.StringN(0, 40, 120), 0, 30) }

func frames() *rapid.Generator[chart.Frame] {
	return rapid.Custom(func(t *rapid.T) chart.Frame {
		return chart.Frame{
			ID: rapid.String().Draw(t, "id"), Title: rapid.String().Draw(t, "title"), Desc: rapid.String().Draw(t, "desc"),
			Empty: rapid.String().Draw(t, "empty"),
			Width: rapid.OneOf(values(), rapid.Float64Range(0, 1000)).Draw(t, "width"), Height: rapid.OneOf(values(), rapid.Float64Range(0, 600)).Draw(t, "height"),
		}
	})
}

func axes() *rapid.Generator[chart.Axis] {
	return rapid.Custom(func(t *rapid.T) chart.Axis {
		a := chart.Axis{Label: rapid.String().Draw(t, "label"), Include: rapid.SliceOfN(values(), 0, 2).Draw(t, "include")}
		if rapid.Bool().Draw(t, "ended") {
			a.Ends = [2]float64{values().Draw(t, "one end"), values().Draw(t, "other end")}
		}
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 1:
			a.Time = true
		case 2:
			a.Names = names().Draw(t, "names")
		}
		return a
	})
}

func manySeries() *rapid.Generator[[]chart.Series] {
	point := rapid.Custom(func(t *rapid.T) chart.Point {
		return chart.Point{X: values().Draw(t, "x"), Y: values().Draw(t, "y"), Error: values().Draw(t, "error")}
	})
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) chart.Series {
		return chart.Series{
			Name: rapid.String().Draw(t, "name"), Style: rapid.IntRange(-1, 9).Draw(t, "style"), Joined: rapid.Bool().Draw(t, "joined"),
			Points: rapid.SliceOfN(point, 0, 12).Draw(t, "points"),
		}
	}), 0, 8)
}

// held checks that a drawing is XML within its frame whose texts do not touch, and that it is the same each time.
func held(t *rapid.T, drawing interface{ SVG() string }) {
	svg := drawing.SVG()
	read(t, svg)
	if drawing.SVG() != svg {
		t.Errorf("want equal bytes of equal values, got others")
	}
}

func TestAnyLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := chart.Line{Frame: frames().Draw(t, "frame"), X: axes().Draw(t, "x"), Y: axes().Draw(t, "y"), Series: manySeries().Draw(t, "series")}
		for range rapid.IntRange(0, 2).Draw(t, "guides") {
			l.Guides = append(l.Guides, chart.Guide{
				Name: rapid.String().Draw(t, "guide"), Intercept: values().Draw(t, "intercept"), Slope: values().Draw(t, "slope"),
			})
		}
		held(t, l)
	})
}

func TestAnyBar(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		held(t, chart.Bar{
			Frame: frames().Draw(t, "frame"), X: chart.Axis{Label: rapid.String().Draw(t, "label"), Names: names().Draw(t, "names")},
			Y: axes().Draw(t, "y"), Series: manySeries().Draw(t, "series"),
		})
	})
}

func TestAnyHeat(t *testing.T) {
	cell := rapid.Custom(func(t *rapid.T) chart.Cell {
		return chart.Cell{Value: values().Draw(t, "value"), Text: rapid.StringN(0, 8, 20).Draw(t, "text")}
	})
	rapid.Check(t, func(t *rapid.T) {
		held(t, chart.Heat{
			Frame: frames().Draw(t, "frame"), Across: rapid.String().Draw(t, "across"), Down: rapid.String().Draw(t, "down"),
			Columns: names().Draw(t, "columns"), Rows: names().Draw(t, "rows"), Cells: rapid.SliceOfN(rapid.SliceOfN(cell, 0, 8), 0, 8).Draw(t, "cells"),
			Diverging: rapid.Bool().Draw(t, "diverging"), Low: values().Draw(t, "low"), High: values().Draw(t, "high"),
		})
	})
}

// A point that cannot be shown takes nothing from the others: the chart is that of the others, apart from the gap in the line.
func TestWhatIsNotKnownIsLeftOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		known := rapid.SliceOfN(rapid.Float64Range(-1e9, 1e9), 1, 8).Draw(t, "known")
		unknown := rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64}).Draw(t, "unknown")
		draw := func(points []chart.Point) string {
			return chart.Line{Frame: chart.Frame{ID: "c"}, Series: []chart.Series{{Points: points}}}.SVG()
		}
		points := chart.Values(known...)
		want := draw(points)
		n := rapid.IntRange(0, len(points)).Draw(t, "place")
		with := append(append(append([]chart.Point{}, points[:n]...), chart.Point{X: float64(n), Y: unknown}), points[n:]...)
		if got := draw(with); got != want {
			t.Errorf("want the chart without the point, got\n%s\nfor\n%s", got, want)
		}
	})
}

func TestNothingKnownSaysSo(t *testing.T) {
	for _, drawing := range []interface{ SVG() string }{
		chart.Line{},
		chart.Bar{},
		chart.Heat{},
		chart.Heat{Rows: []string{"a"}},
		chart.Bar{X: chart.Axis{Names: []string{}}},
		chart.Line{X: chart.Axis{Time: true}, Series: []chart.Series{{Points: chart.Values(1e308)}}},
	} {
		svg := drawing.SVG()
		read(t, svg)
		if !strings.Contains(svg, ">No data<") {
			t.Errorf("want it to say that there are no data, got\n%s", svg)
		}
	}
}
