package clv

import (
	"errors"
	"fmt"
	"math"
)

// Switching values a customer who buys now here, now elsewhere: Rust, Lemon and Zeithaml (2004), Return on marketing, Journal of Marketing 68.
// At each purchase in the market the customer changes brands by the probabilities of a matrix. Brand 0 is the own.
type Switching struct {
	// Brands are the names of the brands, the own first.
	Brands []string
	// Matrix holds the probability, by the brand bought last, of the brand bought next. A row adds up to 1.
	Matrix [][]float64
	// Low and High are the ends of the interval of each probability that holds 95 % of what is believed of it; nil where not known.
	Low, High [][]float64
	// Cases is the number of observed purchases behind each row, with the cases of the prior; nil where not known.
	Cases []float64
	// Volume is the spend of a purchase in the market in major units, Margin the share of it that is margin, Frequency the number of purchases
	// in the market a year.
	Volume, Margin, Frequency float64
	// Years is how many years the value looks ahead.
	Years float64
}

const (
	// MaxBrands and MaxPurchases bound the work: the brands of a matrix, and the purchases that a value looks ahead.
	MaxBrands    = 32
	MaxPurchases = 10_000
)

// purchases is the number of purchases that the value looks ahead, beside the one of now.
func (s *Switching) purchases() int { return int(math.Floor(s.Years*s.Frequency + 1e-9)) }

// Brand is the place of a brand; false for a name that is none.
func (s *Switching) Brand(name string) (int, bool) {
	for i, known := range s.Brands {
		if name == known {
			return i, true
		}
	}
	return 0, false
}

// Value is the value of a customer who bought a brand last, in major units, discounted by a yearly rate:
//
//	Σ_{t=0..T} (1+d)^(−t/f) · volume · margin · (A·P^t)_own
//
// A is the brand bought last, f the purchases a year, and T the purchases within the years ahead. The purchase of now, t = 0, counts.
func (s *Switching) Value(brand int, discount float64) float64 {
	at := s.start(brand)
	value, present, after := 0.0, 1.0, s.after(discount)
	for t := 0; ; t++ {
		value += present * at[0]
		if t == s.purchases() {
			return value * s.Volume * s.Margin
		}
		at, present = s.next(at), present*after
	}
}

// after is what a purchase is worth a purchase earlier.
func (s *Switching) after(discount float64) float64 { return math.Pow(1+discount, -1/s.Frequency) }

func (s *Switching) start(brand int) []float64 {
	at := make([]float64, len(s.Brands))
	at[brand] = 1
	return at
}

// next is the distribution over the brands one purchase after a distribution.
func (s *Switching) next(at []float64) []float64 {
	next := make([]float64, len(at))
	for i, share := range at {
		for j, p := range s.Matrix[i] {
			next[j] += share * p
		}
	}
	return next
}

// slopes is the derivative of Value by each probability of the matrix: by how much the value moves with it alone.
func (s *Switching) slopes(brand int, discount float64) [][]float64 {
	// V = c·Σ_t δ^t·A·P^t·e, with e the own brand. dV/dP_ij = c·Σ_s (A·P^s)_i·B_s[j], where B_s = Σ_{t>s} δ^t·P^(t−1−s)·e, so that
	// B_(s−1) = δ^s·e + P·B_s.
	n, last, after := len(s.Brands), s.purchases(), s.after(discount)
	places := make([][]float64, last+1)
	places[0] = s.start(brand)
	for t := 1; t <= last; t++ {
		places[t] = s.next(places[t-1])
	}
	slopes := make([][]float64, n)
	for i := range slopes {
		slopes[i] = make([]float64, n)
	}
	coming := make([]float64, n)
	for t := last; t > 0; t-- {
		before := make([]float64, n)
		before[0] = math.Pow(after, float64(t))
		for i, row := range s.Matrix {
			for j, p := range row {
				before[i] += p * coming[j]
			}
		}
		coming = before
		for i := range slopes {
			for j := range slopes[i] {
				slopes[i][j] += places[t-1][i] * coming[j] * s.Volume * s.Margin
			}
		}
	}
	return slopes
}

// StandardError is the standard error of Value that comes of not knowing the matrix, in major units; false where the cases are not known. Rows
// are independent Dirichlet distributions: the covariance of two probabilities of a row with N cases is (p_i·[i=j] − p_i·p_j) / (N + 1).
func (s *Switching) StandardError(brand int, discount float64) (float64, bool) {
	if s.Cases == nil {
		return 0, false
	}
	var variance float64
	for i, row := range s.slopes(brand, discount) {
		var mean, square float64
		for j, slope := range row {
			mean += s.Matrix[i][j] * slope
			square += s.Matrix[i][j] * slope * slope
		}
		variance += max(0, square-mean*mean) / (s.Cases[i] + 1)
	}
	return math.Sqrt(variance), true
}

// Sensitivity is what a value becomes where one thing is a little better.
type Sensitivity struct {
	// What is changed, in words.
	What string
	// Gain is by how much the value of a customer of the own brand rises, in major units.
	Gain float64
}

// Sensitivities are what the value of a customer of the own brand gains where one thing changes and all else stays: one point more of each
// brand's buyers come, at the cost of the others in proportion; a volume, a margin and a frequency a tenth greater; a point less of discount.
func (s *Switching) Sensitivities(discount float64) []Sensitivity {
	value := s.Value(0, discount)
	var all []Sensitivity
	for i, name := range s.Brands {
		what := "one point more of the buyers of " + name + " come"
		if i == 0 {
			what = "one point more of the own buyers stay"
		}
		if better, possible := s.shifted(i, .01); possible {
			all = append(all, Sensitivity{what, better.Value(0, discount) - value})
		}
	}
	often := *s
	often.Frequency *= 1.1
	return append(
		all,
		Sensitivity{"purchases a tenth larger", value / 10},
		Sensitivity{"a margin a tenth greater", value / 10},
		Sensitivity{"purchases a tenth more often", often.Value(0, discount) - value},
		Sensitivity{"a discount rate lower by a point", s.Value(0, max(0, discount-.01)) - value},
	)
}

// shifted returns s with so much more of the buyers of a brand turning to the own brand. It is false where there are not so many to win.
func (s *Switching) shifted(brand int, by float64) (*Switching, bool) {
	row := s.Matrix[brand]
	rest := 1 - row[0]
	if rest < by {
		return nil, false
	}
	other := *s
	other.Matrix = append([][]float64(nil), s.Matrix...)
	moved := make([]float64, len(row))
	moved[0] = row[0] + by
	for j := 1; j < len(row); j++ {
		moved[j] = row[j] * (rest - by) / rest
	}
	other.Matrix[brand] = moved
	return &other, true
}

// Check returns nil where s is valid, else an error that names everything that is wrong.
func (s *Switching) Check() error {
	var errs []error
	n := len(s.Brands)
	if n < 2 || n > MaxBrands {
		errs = append(errs, fmt.Errorf("%d brands, want 2 to %d, the own first", n, MaxBrands))
	}
	seen := map[string]bool{}
	for _, name := range s.Brands {
		if name == "" || seen[name] {
			errs = append(errs, fmt.Errorf("brand %q is empty or named twice", name))
		}
		seen[name] = true
	}
	errs = append(errs, s.checkMatrix("matrix", s.Matrix, true))
	if s.Low != nil || s.High != nil {
		errs = append(errs, s.checkMatrix("low", s.Low, false), s.checkMatrix("high", s.High, false))
	}
	if s.Cases != nil && len(s.Cases) != n {
		errs = append(errs, fmt.Errorf("cases: %d numbers for %d brands", len(s.Cases), n))
	}
	for i, cases := range s.Cases {
		if !(cases >= 0) {
			errs = append(errs, fmt.Errorf("cases: %v of row %d is below 0", cases, i+1))
		}
	}
	if !(s.Volume >= 0 && s.Volume <= maxCost) || !(s.Margin >= 0 && s.Margin <= 1) || !(s.Frequency > 0) || !(s.Years >= 0 && s.Years <= MaxYears) ||
		s.Frequency*s.Years > MaxPurchases {
		errs = append(errs, fmt.Errorf("volume %v must be at least 0, margin %v in [0, 1], frequency %v above 0, years %v in 0..%d, and at most %d purchases lie ahead",
			s.Volume, s.Margin, s.Frequency, s.Years, MaxYears, MaxPurchases))
	}
	return errors.Join(errs...)
}

// unity is how far the sum of a row may lie from 1: what is written is rounded.
const unity = 1e-4

func (s *Switching) checkMatrix(name string, m [][]float64, whole bool) error {
	n := len(s.Brands)
	if len(m) != n {
		return fmt.Errorf("%s: %d rows for %d brands", name, len(m), n)
	}
	var errs []error
	for i, row := range m {
		var sum float64
		ok := len(row) == n
		for _, p := range row {
			ok = ok && p >= 0 && p <= 1
			sum += p
		}
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("%s: row %d needs %d probabilities in [0, 1]", name, i+1, n))
		case whole && !(math.Abs(sum-1) <= unity):
			errs = append(errs, fmt.Errorf("%s: row %d adds up to %v, want 1", name, i+1, sum))
		}
	}
	return errors.Join(errs...)
}
