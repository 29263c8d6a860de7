package chart_test

import (
	"flag"
	"math"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tidemark/internal/chart"
)

var update = flag.Bool("update", false, "write the files of testdata anew")

var nan = math.NaN()

func frame(title string) chart.Frame {
	return chart.Frame{ID: "c", Title: title, Desc: "Made up for a test."}
}

func day(date string) float64 {
	t, err := time.Parse(time.DateOnly, date)
	if err != nil {
		panic(err)
	}
	return chart.At(t)
}

// drawings are charts of each kind, and of what is hard to draw.
func drawings() map[string]interface{ SVG() string } {
	months := []float64{day("1997-12-09"), day("1998-01-06"), day("1998-02-03"), day("1998-03-03"), day("1998-03-31")}
	over := func(values ...float64) (points []chart.Point) {
		for i, y := range values {
			points = append(points, chart.Point{X: months[i], Y: y})
		}
		return points
	}
	shares := [2]float64{0, 1}
	return map[string]interface{ SVG() string }{
		"line_over_time": chart.Line{
			Frame: frame("AUC at each cutoff"), X: chart.Axis{Label: "cutoff", Time: true}, Y: chart.Axis{Label: "AUC (0.5 is chance)"},
			Series: []chart.Series{
				{Name: "stack", Joined: true, Points: over(.8122, .8099, .8167, .816, .8333)},
				{Name: "logit-rfm", Joined: true, Points: over(.8142, .8119, .8176, nan, .8323)},
				{Name: "days of silence", Joined: true, Points: over(.7968, .8, .8083, .8115, .8256)},
			},
		},
		"line_with_guides": chart.Line{
			Frame: frame("Risk and what came"), X: chart.Axis{Label: "risk", Ends: shares}, Y: chart.Axis{Label: "share that left", Ends: shares},
			Series: []chart.Series{
				{Name: "stack", Points: []chart.Point{{.2, .24, .05}, {.5, .47, .06}, {.9, .93, .12}, {1.2, 1, 0}}},
				{Name: "logit-rfm", Points: []chart.Point{{.22, .2, nan}, {.55, math.Inf(1), 0}, {.92, .9, 0}}},
			},
			Guides: []chart.Guide{{Name: "as said", Slope: 1}, {Name: "average", Intercept: .6}, {Name: "lost", Intercept: nan}},
		},
		"line_of_many_points": chart.Line{
			Frame: frame("A hundred points have no markers"), X: chart.Axis{Label: "day"}, Y: chart.Axis{Label: "events a second"},
			Series: []chart.Series{{Name: "rate", Joined: true, Points: wave(100)}},
		},
		"line_of_one_point": chart.Line{
			Frame: frame("One point"), X: chart.Axis{Label: "cutoff", Time: true}, Y: chart.Axis{Label: "AUC"},
			Series: []chart.Series{{Name: "stack", Joined: true, Points: over(.8122)}},
		},
		"line_of_equal_values": chart.Line{
			Frame: frame("Equal values"), X: chart.Axis{Label: "days after the cutoff"}, Y: chart.Axis{Label: "purchase days"},
			Series: []chart.Series{{Name: "came", Joined: true, Points: chart.Values(7, 7, 7)}},
		},
		"line_of_a_huge_range": chart.Line{
			Frame: frame("A huge range"), X: chart.Axis{Label: "x"}, Y: chart.Axis{Label: "y"},
			Series: []chart.Series{{Points: []chart.Point{{-1e300, -1e300, 1e300}, {0, 1, 0}, {1e300, 1e300, 0}, {1e308, 1, 0}}}},
		},
		"line_of_a_tiny_range": chart.Line{
			Frame: frame("A tiny range"), X: chart.Axis{Label: "x"}, Y: chart.Axis{Label: "y"},
			Series: []chart.Series{{Points: []chart.Point{{1e-9, 1000001, 0}, {1.5e-9, 1000002, 0}, {2e-9, 1000004, 0}}}},
		},
		"line_of_no_range": chart.Line{
			Frame: frame("Values too near to be told apart"), X: chart.Axis{Label: "x"}, Y: chart.Axis{Label: "y"},
			Series: []chart.Series{{Points: chart.Values(1e15, 1e15+1)}},
		},
		"line_of_nothing": chart.Line{
			Frame:  chart.Frame{ID: "c", Title: "Nothing", Empty: "No cutoff yet"},
			Series: []chart.Series{{Name: "stack", Points: chart.Values(nan, math.Inf(-1))}},
		},
		"bar": chart.Bar{
			Frame: frame("Purchase days"), X: chart.Axis{Label: "repeat purchase days before", Names: []string{"0", "1", "2", "3", "4", "5", "6", "7+"}},
			Y: chart.Axis{Label: "purchase days per customer"},
			Series: []chart.Series{
				{Name: "what came", Style: 6, Points: []chart.Point{{0, .05, .01}, {1, .18, .02}, {2, .36, .04}, {3, .43, .06}, {4, .64, .1}, {5, .62, .12}, {6, .64, .2}, {7, 1.89, .4}}},
				{Name: "mbg-nbd", Points: chart.Values(.046, .146, .284, .425, .514, .624, .663, 2.044), Style: 1},
				{Name: "x*h/T", Points: chart.Values(0, .262, .521, .783, 1.034, 1.311, 1.539, 3.008), Style: 4},
			},
		},
		"bar_below_zero": chart.Bar{
			Frame: frame("Value gained and lost"), X: chart.Axis{Names: []string{"the dearest fifth", "the second fifth", "the third fifth", "nobody", "客户第五组"}},
			Y:      chart.Axis{Label: "value, thousands of euros"},
			Series: []chart.Series{{Name: "value", Points: chart.Values(81200, 12000, 900, nan, -20400)}},
		},
		"bar_of_six_series": chart.Bar{
			Frame: frame("All patterns"), X: chart.Axis{Names: []string{"one", "two"}}, Y: chart.Axis{},
			Series: []chart.Series{
				{Name: "first", Points: chart.Values(1, 2)},
				{Name: "second", Points: chart.Values(2, 3)},
				{Name: "third", Points: chart.Values(3, 4)},
				{Name: "fourth", Points: chart.Values(4, 5)},
				{Name: "fifth", Points: chart.Values(5, 6)},
				{Name: "sixth", Points: chart.Values(6, 7)},
			},
		},
		"bar_of_nothing": chart.Bar{Frame: frame("No names"), Series: []chart.Series{{Points: chart.Values(1)}}},
		"heat": chart.Heat{
			Frame: frame("Customers by recency and frequency"), Across: "frequency, fifths", Down: "recency", Columns: []string{"1", "2", "3", "4", "5"},
			Rows:  []string{"1", "2", "3"},
			Cells: [][]chart.Cell{counts(12345, 900, 80, 7, 0), counts(23, 3, 55, 4321, 9999), counts(1, nan, 3)},
		},
		"heat_diverging": chart.Heat{
			Frame: frame("Bias by class"), Across: "repeat purchase days before", Down: "cutoff", Diverging: true, Low: -.5, High: .5,
			Columns: []string{"0", "1", "2", "3", "4", "5", "6", "7+"}, Rows: []string{"1997-12-09", "1998-01-06"},
			Cells: [][]chart.Cell{
				{{-.12, "−12"}, {-.31, "−31"}, {-.02, "−2"}, {.04, "+4"}, {.17, "+17"}, {.29, "+29"}, {.44, "+44"}, {1.3, "+130"}},
				{{-.42, "−42"}, {-.21, "−21"}, {0, "0"}, {nan, ""}, {.6, "+60"}},
			},
		},
		"hostile": chart.Line{
			Frame: chart.Frame{ID: `"><script>`, Title: `</title><script>alert("x")</script>&'` + "\x00\x1b\xff", Desc: "a < b\n& c", Width: 200, Height: 150},
			X:     chart.Axis{Label: "a label that is far too long for a chart of 200 px & <more>", Names: []string{"<first>", "a second name that is too long", "third & last"}},
			Y:     chart.Axis{Label: "]]> & another that has no room beside its own axis"},
			Series: []chart.Series{
				{Name: "<b>bold</b> and longer than the whole chart is wide", Points: chart.Values(1, 2, 3)},
				{Name: "b&b", Joined: true, Points: []chart.Point{{0, 3, 1e308}, {9, 9, 9}, {2, 1, 0}}},
			},
		},
	}
}

func counts(values ...float64) (cells []chart.Cell) {
	for _, v := range values {
		cells = append(cells, chart.Cell{Value: v})
	}
	return cells
}

// wave is points without sines: those may differ in the last bit between processors.
func wave(n int) (points []chart.Point) {
	for i := range n {
		points = append(points, chart.Point{X: float64(i), Y: float64((i*i)%37) * 500})
	}
	points[50].Y, points[52].Y = nan, nan
	return points
}

func TestGolden(t *testing.T) {
	for name, drawing := range drawings() {
		t.Run(name, func(t *testing.T) {
			got := drawing.SVG()
			read(t, got)
			if again := drawing.SVG(); again != got {
				t.Error("want equal bytes of equal values, got others")
			}
			file := filepath.Join("testdata", name+".svg")
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("want %s (go test -update writes it anew, look at it then), got\n%s", file, got)
			}
		})
	}
}
