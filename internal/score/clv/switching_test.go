package clv_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tidemark/internal/score/clv"
)

// three is a market of three brands.
func three() clv.Switching {
	return clv.Switching{
		Brands: []string{"own", "a", "b"}, Matrix: [][]float64{{.7, .2, .1}, {.3, .5, .2}, {.1, .2, .7}},
		Volume: 20, Margin: .4, Frequency: 4, Years: 1,
	}
}

func TestSwitchingByHand(t *testing.T) {
	s := three()
	// The own share after 0, 1, 2, 3 and 4 purchases, without a discount.
	want := 20 * .4 * (1 + .7 + .56 + .488 + .4484)
	near(t, "own", s.Value(0, 0), want, 1e-9)
	q := math.Pow(1.1, -.25) // one purchase is a quarter of a year
	near(t, "own, discounted", s.Value(0, .1), 8*(1+.7*q+.56*q*q+.488*q*q*q+.4484*q*q*q*q), 1e-9)
	near(t, "who bought a", s.Value(1, 0), 8*(0+.3+.38+.398+.3998), 1e-9)
	s.Years = 0
	near(t, "the purchase of now alone", s.Value(0, .1), 8, 1e-12)
	if brand, known := s.Brand("b"); brand != 2 || !known {
		t.Errorf("brand b: got %d, %t", brand, known)
	}
	if _, known := s.Brand("c"); known {
		t.Error("brand c is known, want not")
	}
}

// The matrix of the golden rule: (n + α) / (Σn + Σα), each with the quantiles of its Beta distribution.
func TestMatrix(t *testing.T) {
	counts := clv.NewSwitches(2)
	counts[0][0], counts[0][1], counts[1][0] = 70, 30, 0
	matrix, low, high, cases, err := counts.Matrix(.5)
	if err != nil {
		t.Fatal(err)
	}
	near(t, "own to own", matrix[0][0], 70.5/101, 1e-15)
	near(t, "nobody seen: the prior", matrix[1][0], .5, 0)
	near(t, "cases", cases[0], 101, 0)
	// Jeffreys' interval of 70 in 100: .6056 to .7833 (Brown, Cai and DasGupta 2001 give the rule).
	near(t, "low", low[0][0], .6055, 2e-3)
	near(t, "high", high[0][0], .7838, 2e-3)
	if !(low[1][0] < .01 && high[1][0] > .99) {
		t.Errorf("of nobody: %v to %v, want nearly all", low[1][0], high[1][0])
	}
	if _, _, _, _, err := counts.Matrix(0); err == nil {
		t.Error("alpha 0 passes, want it refused")
	}
}

// The standard error by slopes is that of values under drawn matrices.
func TestStandardErrorOfSwitching(t *testing.T) {
	s := three()
	counts := clv.Switches{{70, 20, 10}, {30, 50, 20}, {10, 20, 70}}
	s.Matrix, s.Low, s.High, s.Cases, _ = counts.Matrix(.5)
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	got, known := s.StandardError(0, .1)
	if !known {
		t.Fatal("no standard error where the cases are known")
	}
	r := rand.New(rand.NewPCG(1, 2))
	var sum, square float64
	const draws = 4000
	for range draws {
		drawn := s
		drawn.Matrix = nil
		for i := range counts {
			var row []float64
			var total float64
			for j := range counts[i] {
				g := gamma(r, counts[i][j]+.5)
				row, total = append(row, g), total+g
			}
			for j := range row {
				row[j] /= total
			}
			drawn.Matrix = append(drawn.Matrix, row)
		}
		v := drawn.Value(0, .1)
		sum, square = sum+v, square+v*v
	}
	mean := sum / draws
	near(t, "standard error", got, math.Sqrt(square/draws-mean*mean), .05*got)
	s.Cases = nil
	if _, known := s.StandardError(0, .1); known {
		t.Error("a standard error without cases, want none")
	}
}

// gamma draws from the gamma distribution of a shape, by Marsaglia and Tsang; shapes below 1 by a power of a uniform.
func gamma(r *rand.Rand, shape float64) float64 {
	if shape < 1 {
		return gamma(r, shape+1) * math.Pow(r.Float64(), 1/shape)
	}
	d := shape - 1.0/3
	c := 1 / math.Sqrt(9*d)
	for {
		x := r.NormFloat64()
		u := 1 + c*x
		v := u * u * u
		if v > 0 && math.Log(r.Float64()) < .5*x*x+d-d*v+d*math.Log(v) {
			return d * v
		}
	}
}

func TestSwitchingProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, 5).Draw(t, "brands")
		counts := clv.NewSwitches(n)
		s := clv.Switching{Volume: 10, Margin: .5, Frequency: rapid.Float64Range(.2, 60).Draw(t, "frequency"), Years: rapid.Float64Range(0, 4).Draw(t, "years")}
		for i := range n {
			s.Brands = append(s.Brands, fmt.Sprintf("b%d", i))
			for j := range n {
				counts[i][j] = float64(rapid.IntRange(0, 50).Draw(t, "count"))
			}
		}
		s.Matrix, s.Low, s.High, s.Cases, _ = counts.Matrix(.5)
		if err := s.Check(); err != nil {
			t.Fatal(err)
		}
		most := 5 * (math.Floor(s.Years*s.Frequency) + 1)
		for brand := range n {
			if v := s.Value(brand, .1); !(v >= 0 && v <= most*(1+1e-9)) {
				t.Fatalf("brand %d: %v is not in 0..%v", brand, v, most)
			}
			if e, _ := s.StandardError(brand, .1); !(e >= 0 && e <= most) {
				t.Fatalf("brand %d: standard error %v", brand, e)
			}
			for j := range n {
				if p := s.Matrix[brand][j]; !(s.Low[brand][j] <= p+1e-9 && p <= s.High[brand][j]+1e-9) && counts[brand][j] > 0 {
					t.Fatalf("%v is not in %v..%v", p, s.Low[brand][j], s.High[brand][j])
				}
			}
		}
		if s.Value(0, .1) > s.Value(0, 0) {
			t.Fatal("a discount makes the value greater")
		}
		for _, x := range s.Sensitivities(.1) {
			if strings.Contains(x.What, "tenth") && !strings.Contains(x.What, "often") && !(x.Gain >= 0) {
				t.Fatalf("%s: %v", x.What, x.Gain)
			}
		}
	})
}

// What the slopes foretell of one point more of loyalty, the sensitivities show.
func TestSensitivities(t *testing.T) {
	s := three()
	gains := map[string]float64{}
	for _, x := range s.Sensitivities(.1) {
		gains[x.What] = x.Gain
	}
	if len(gains) != 7 {
		t.Fatalf("got %d, want 7: %v", len(gains), gains)
	}
	better := s
	better.Matrix = [][]float64{{.71, .2 * .29 / .3, .1 * .29 / .3}, s.Matrix[1], s.Matrix[2]}
	near(t, "the own stay", gains["one point more of the own buyers stay"], better.Value(0, .1)-s.Value(0, .1), 1e-12)
	near(t, "larger", gains["purchases a tenth larger"], s.Value(0, .1)/10, 1e-12)
	near(t, "discount", gains["a discount rate lower by a point"], s.Value(0, .09)-s.Value(0, .1), 1e-12)
	if gains["one point more of the own buyers stay"] <= gains["one point more of the buyers of b come"] {
		t.Errorf("a point of the own is worth less than a point of a rival's: %v", gains)
	}
}

func TestSwitchingRefuses(t *testing.T) {
	s := three()
	s.Brands, s.Matrix[0], s.Margin = []string{"own", "own", ""}, []float64{.7, .2, .2}, 2
	err := s.Check()
	for _, want := range []string{`"own" is empty or named twice`, `""`, "row 1 adds up to", "margin 2"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q named", err, want)
		}
	}
	s = three()
	s.Frequency, s.Years = 365, 100
	if s.Check() == nil {
		t.Error("36,500 purchases pass, want them refused")
	}
}
