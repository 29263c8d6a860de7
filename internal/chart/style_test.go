package chart_test

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"tidemark/internal/chart"
)

// color is linear red, green and blue, from 0 to 1.
type color [3]float64

// theme is the custom properties of one of the two themes.
type theme map[string]color

var property = regexp.MustCompile(`--tm-([a-z0-9-]+): light-dark\(#([0-9a-f]{6}), #([0-9a-f]{6})\);`)

func themes(t *testing.T) map[string]theme {
	t.Helper()
	all := map[string]theme{"light": {}, "dark": {}}
	for _, found := range property.FindAllStringSubmatch(chart.Style, -1) {
		all["light"][found[1]], all["dark"][found[1]] = colorOf(t, found[2]), colorOf(t, found[3])
	}
	if len(all["light"]) < 6+chart.Styles+4*chart.Shades {
		t.Fatalf("want all colours, got %d", len(all["light"]))
	}
	return all
}

func colorOf(t *testing.T, hex string) (c color) {
	t.Helper()
	for i := range c {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		// The inverse of sRGB's transfer function (IEC 61966-2-1).
		if v := float64(n) / 255; v <= .04045 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+.055)/1.055, 2.4)
		}
	}
	return c
}

// contrast is the contrast ratio of WCAG 2.2, from 1 to 21.
func contrast(a, b color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + .05) / (math.Min(la, lb) + .05)
}

func luminance(c color) float64 { return .2126*c[0] + .7152*c[1] + .0722*c[2] }

func TestContrastOfKnownPairs(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want float64 // of WebAIM's contrast checker
	}{{"000000", "ffffff", 21}, {"767676", "ffffff", 4.54}, {"0000ff", "ffffff", 8.59}} {
		if got := contrast(colorOf(t, row.a), colorOf(t, row.b)); math.Abs(got-row.want) > .01 {
			t.Errorf("#%s on #%s: want %g, got %.2f", row.a, row.b, row.want, got)
		}
	}
}

// WCAG 2.2 asks for 4.5 of text (1.4.3) and for 3 of what a picture is understood by (1.4.11). The grid is decoration.
func TestContrast(t *testing.T) {
	for name, th := range themes(t) {
		want := func(front, back string, least float64) {
			if got := contrast(th[front], th[back]); got < least {
				t.Errorf("%s: --tm-%s on --tm-%s: want a contrast of at least %g, got %.2f", name, front, back, least, got)
			}
		}
		want("ink", "paper", 4.5)
		want("quiet", "paper", 4.5)
		want("axis", "paper", 3)
		want("guide", "paper", 3)
		for n := 1; n <= chart.Styles; n++ {
			want(strconv.Itoa(n), "paper", 3)
		}
		for n := range chart.Shades {
			want(fmt.Sprintf("on-heat-%d", n), fmt.Sprintf("heat-%d", n), 4.5)
			want(fmt.Sprintf("on-div-%d", n), fmt.Sprintf("div-%d", n), 4.5)
		}
	}
}

// sights are how people see linear RGB: with three kinds of cones, and without one of the kinds. The matrices for severity 1 are from
// Machado, Oliveira and Fernandes, "A physiologically-based model for simulation of color vision deficiency" (IEEE TVCG 15, 2009).
var sights = map[string][3]color{
	"all cones": {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}},
	"protanopia": {
		{0.152286, 1.052583, -0.204868}, {0.114503, 0.786281, 0.099216}, {-0.003882, -0.048116, 1.051998},
	},
	"deuteranopia": {
		{0.367322, 0.860646, -0.227968}, {0.280085, 0.672501, 0.047413}, {-0.011820, 0.042940, 0.968881},
	},
	"tritanopia": {
		{1.255528, -0.076749, -0.178779}, {-0.078411, 0.930809, 0.147602}, {0.004733, 0.691367, 0.303900},
	},
}

// apart is how different two colours look: the distance in CIELAB (ΔE*ab, CIE 1976). About 2.3 is just noticeable.
func apart(a, b color, sight [3]color) float64 {
	p, q := lab(seen(a, sight)), lab(seen(b, sight))
	return math.Sqrt((p[0]-q[0])*(p[0]-q[0]) + (p[1]-q[1])*(p[1]-q[1]) + (p[2]-q[2])*(p[2]-q[2]))
}

func seen(c color, sight [3]color) (s color) {
	for i, row := range sight {
		s[i] = math.Max(0, math.Min(1, row[0]*c[0]+row[1]*c[1]+row[2]*c[2]))
	}
	return s
}

// lab is CIELAB under D65.
func lab(c color) color {
	f := func(v float64) float64 {
		if v > 216./24389 {
			return math.Cbrt(v)
		}
		return (24389./27*v + 16) / 116
	}
	x := f((.4124564*c[0] + .3575761*c[1] + .1804375*c[2]) / .95047)
	y := f(.2126729*c[0] + .7151522*c[1] + .0721750*c[2])
	z := f((.0193339*c[0] + .1191920*c[1] + .9503041*c[2]) / 1.08883)
	return color{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestSeriesAreToldApartByColour(t *testing.T) {
	const least = 15 // several times what is just noticeable, for lines are thin
	for name, th := range themes(t) {
		for sight, matrix := range sights {
			for a := 1; a <= chart.Styles; a++ {
				for b := 1; b < a; b++ {
					if got := apart(th[strconv.Itoa(a)], th[strconv.Itoa(b)], matrix); got < least {
						t.Errorf("%s, %s: styles %d and %d: want them %d apart, got %.1f", name, sight, a, b, least, got)
					}
				}
			}
		}
	}
}

// TestEveryClassHasARule draws all charts and looks their classes up in the style sheet.
func TestEveryClassHasARule(t *testing.T) {
	class := regexp.MustCompile(`class="([^"]*)"`)
	used := map[string]bool{}
	for _, drawing := range drawings() {
		for _, found := range class.FindAllStringSubmatch(drawing.SVG(), -1) {
			for name := range strings.FieldsSeq(found[1]) {
				used[name] = true
			}
		}
	}
	delete(used, "tm-key") // in ink, as all text
	for name := range used {
		if !regexp.MustCompile(`\.` + name + `[ ,{]`).MatchString(chart.Style) {
			t.Errorf("class %s: want a rule in the style sheet", name)
		}
	}
}

// Texts are laid out by the estimate of their width, so that must be of the style sheet's size of type.
func TestStyleHasTheSizeOfType(t *testing.T) {
	if want := fmt.Sprintf("font: %gpx", chart.FontSize); !strings.Contains(chart.Style, want) {
		t.Errorf("want %q in the style sheet", want)
	}
}
