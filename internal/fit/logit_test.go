package fit

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"
	"pgregory.net/rapid"

	"tidemark/internal/stat"
)

func columns(n int) []Column {
	var c []Column
	for k := range n {
		c = append(c, Column{Name: fmt.Sprintf("x%d", k+1)})
	}
	return c
}

func logit(t testing.TB, rows []Row, columns []Column, ridge float64) Result[stat.Logistic] {
	t.Helper()
	r, err := Logit(t.Context(), rows, columns, ridge, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Two kinds of rows determine the line through their log-odds. The variances of the line are those
// of the log-odds.
func TestLogitOfTwoKinds(t *testing.T) {
	rows := []Row{{[]float64{10}, 40, 10}, {[]float64{14}, 50, 30}}
	got := logit(t, rows, columns(1), 0)
	slope := (math.Log(1.5) + math.Log(3)) / 4
	near(t, "slope", got.Model.Coefficients[0], slope, 1e-12)
	near(t, "intercept", got.Model.Intercept, -math.Log(3)-10*slope, 1e-11)
	near(t, "standard error of the slope", got.Estimates[1].StandardError, math.Sqrt(1/7.5+1/12.)/4, 1e-8)
	near(t, "standard error of the intercept", got.Estimates[0].StandardError, math.Sqrt(3.5*3.5/7.5+2.5*2.5/12), 1e-8)
	near(t, "log-likelihood", got.LogLikelihood, 10*math.Log(.25)+30*math.Log(.75)+30*math.Log(.6)+20*math.Log(.4), 1e-12)
	equal(t, "cases", got.Customers, 90)
	equal(t, "rows", got.Groups, 2)
	equal(t, "converged", got.Converged, true)
	equal(t, "warnings", len(got.Warnings), 0)
	equal(t, "name", got.Estimates[0].Name+" "+got.Estimates[1].Name, "intercept x1")
	near(t, "probability", got.Model.Probability([]float64{14}), .6, 1e-12)
}

// Girls of Warsaw by age, and the number of them who had reached menarche: Milicer & Szczotka, Age
// at Menarche in Warsaw Girls in 1965, Human Biology 38, 1966. The expected values are from R's
// glm.
func TestLogitOfMenarche(t *testing.T) {
	var rows []Row
	for _, r := range [][3]float64{
		{9.21, 376, 0},
		{10.21, 200, 0},
		{10.58, 93, 0},
		{10.83, 120, 2},
		{11.08, 90, 2},
		{11.33, 88, 5},
		{11.58, 105, 10},
		{11.83, 111, 17},
		{12.08, 100, 16},
		{12.33, 93, 29},
		{12.58, 100, 39},
		{12.83, 108, 51},
		{13.08, 99, 47},
		{13.33, 106, 67},
		{13.58, 105, 81},
		{13.83, 117, 88},
		{14.08, 98, 79},
		{14.33, 97, 90},
		{14.58, 120, 113},
		{14.83, 102, 95},
		{15.08, 122, 117},
		{15.33, 111, 107},
		{15.58, 94, 92},
		{15.83, 114, 112},
		{17.58, 1049, 1049},
	} {
		rows = append(rows, Row{[]float64{r[0]}, r[1], r[2]})
	}
	got := logit(t, rows, []Column{{Name: "age", NonNegative: true}}, 0)
	equal(t, "girls", got.Customers, 3918)
	near(t, "intercept", got.Estimates[0].Value, -21.22639, 6e-6)
	near(t, "age", got.Estimates[1].Value, 1.63197, 6e-6)
	near(t, "standard error of the intercept", got.Estimates[0].StandardError, .77068, 6e-6)
	near(t, "standard error of age", got.Estimates[1].StandardError, .05895, 6e-6)
	equal(t, "warnings", len(got.Warnings), 0)
}

// A case counts the same in a row of its own and in a shared row. Two halves count as one.
func TestLogitAddsUpCases(t *testing.T) {
	together := []Row{{[]float64{9, 9}, 0, 0}, {[]float64{1, 0}, 3, 1}, {[]float64{2, 1}, 4, 3}, {[]float64{4, 0}, 2, 1}}
	var apart []Row
	for _, r := range together {
		for i := range int(r.Cases) {
			one := Row{r.X, .5, 0}
			if float64(i) < r.Happened {
				one.Happened = .5
			}
			apart = append(apart, one, one)
		}
	}
	a, b := logit(t, together, columns(2), .5), logit(t, apart, columns(2), .5)
	for k := range a.Estimates {
		near(t, a.Estimates[k].Name, b.Estimates[k].Value, a.Estimates[k].Value, 1e-9)
		near(t, "standard error of "+a.Estimates[k].Name, b.Estimates[k].StandardError, a.Estimates[k].StandardError, 1e-7)
	}
	near(t, "log-likelihood", b.LogLikelihood, a.LogLikelihood, 1e-12)
}

// problem is the input of a regression.
type problem struct {
	rows    []Row
	columns []Column
	ridge   float64
}

// anyProblem draws a problem whose outcomes overlap: every row of several cases has both outcomes.
func anyProblem(t *rapid.T) problem {
	p := problem{ridge: rapid.SampledFrom([]float64{0, 0, 1e-3, 1, 100}).Draw(t, "ridge")}
	p.columns = columns(rapid.IntRange(0, 5).Draw(t, "columns"))
	for k := range p.columns {
		p.columns[k].NonNegative = rapid.Bool().Draw(t, "non-negative")
		p.columns[k].Prior = rapid.SampledFrom([]float64{0, 0, .01, -.005}).Draw(t, "prior")
		p.columns[k].Ridge = rapid.SampledFrom([]float64{0, 1, .1, 3}).Draw(t, "times the ridge")
	}
	for range rapid.IntRange(1, 20).Draw(t, "rows") {
		row := Row{Cases: float64(rapid.IntRange(2, 9).Draw(t, "cases"))}
		row.Happened = float64(rapid.IntRange(1, int(row.Cases)-1).Draw(t, "happened"))
		for k := range p.columns {
			x := rapid.OneOf(rapid.SampledFrom([]int{0, 0, 8}), rapid.IntRange(-20, 20)).Draw(t, "x")
			row.X = append(row.X, 100+float64(x)/8*math.Pow(10, float64(k-2)))
		}
		p.rows = append(p.rows, row)
	}
	return p
}

func deviations(p problem) []float64 {
	var all []float64
	for k := range p.columns {
		var n, mean, square float64
		for _, r := range p.rows {
			n += r.Cases
			mean += r.Cases * r.X[k]
		}
		mean /= n
		for _, r := range p.rows {
			square += r.Cases * (r.X[k] - mean) * (r.X[k] - mean) / n
		}
		all = append(all, math.Sqrt(square))
	}
	return all
}

// The conditions of Karush, Kuhn and Tucker: the gradient is 0 for free coefficients and not
// positive for coefficients held at 0. The likelihood is concave, so the conditions make a maximum.
func TestLogitIsAMaximum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := anyProblem(t)
		got, err := Logit(context.Background(), p.rows, p.columns, p.ridge, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if !got.Converged {
			t.Errorf("got no convergence: %v", got.Warnings)
		}
		by := make([]float64, len(p.columns)+1)
		var cases, logLikelihood float64
		for _, r := range p.rows {
			probability := got.Model.Probability(r.X)
			logLikelihood += r.Happened*math.Log(probability) + (r.Cases-r.Happened)*math.Log1p(-probability)
			off := r.Happened - r.Cases*probability
			by[0] += off
			cases += r.Cases
			for k, x := range r.X {
				by[k+1] += off * (x - 100)
			}
		}
		if !(math.Abs(got.LogLikelihood-logLikelihood) <= 1e-8*cases) {
			t.Errorf("log-likelihood: got %v, want %v", got.LogLikelihood, logLikelihood)
		}
		tol := 1e-5 * math.Sqrt(cases)
		if !(math.Abs(by[0]) <= tol) {
			t.Errorf("gradient by the intercept: got %v, want 0", by[0])
		}
		for k, deviation := range deviations(p) {
			c := got.Model.Coefficients[k]
			if deviation < 1e-12 {
				if c != 0 {
					t.Errorf("coefficient of the constant %s: got %v, want 0", p.columns[k].Name, c)
				}
				continue
			}
			of := p.columns[k]
			slope := by[k+1]/deviation - p.ridge*cmp.Or(of.Ridge, 1)*(c-of.Prior)*deviation
			switch bounded := p.columns[k].NonNegative; {
			case bounded && c < 0:
				t.Errorf("%s: got %v, want 0 or more", p.columns[k].Name, c)
			case bounded && c == 0 && slope > tol:
				t.Errorf("%s: got 0 with gradient %v, want it 0 or less", p.columns[k].Name, slope)
			case !(bounded && c == 0) && !(math.Abs(slope) <= tol):
				t.Errorf("%s: got gradient %v, want 0", p.columns[k].Name, slope)
			}
		}
	})
}

// Far from the maximum, whole Newton steps go astray.
func TestLogitOfAnOutlier(t *testing.T) {
	rows := []Row{{[]float64{.5}, 73, 73}, {[]float64{7}, 1, 0}, {[]float64{0}, 1, 0}}
	got := logit(t, rows, columns(1), 0)
	var byIntercept, byX float64
	for _, r := range rows {
		off := r.Happened - r.Cases*got.Model.Probability(r.X)
		byIntercept += off
		byX += off * r.X[0]
	}
	near(t, "gradient by the intercept", byIntercept, 0, 1e-9)
	near(t, "gradient by x", byX, 0, 1e-9)
	equal(t, "converged", got.Converged, true)
	equal(t, "warnings", len(got.Warnings), 0)
}

// At the maximum of a parabola within bounds the gradient is 0 for free coefficients and not
// positive for held ones.
func TestTopOfAParabola(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "dimensions")
		number := rapid.Map(rapid.IntRange(-8, 8), func(i int) float64 { return float64(i) / 2 })
		root := mat.NewDense(n, n, rapid.SliceOfN(number, n*n, n*n).Draw(t, "root"))
		p := parabola{two: mat.NewSymDense(n, nil), slope: mat.NewVecDense(n, rapid.SliceOfN(number, n, n).Draw(t, "slope"))}
		p.two.SymOuterK(1, root)
		for j := range n {
			p.two.SetSym(j, j, p.two.At(j, j)+1)
		}
		bounded := rapid.SliceOfN(rapid.Bool(), n, n).Draw(t, "bounded")
		bounded[0] = false // the intercept
		from := rapid.SliceOfN(rapid.SampledFrom([]float64{0, 0, .5, 3}), n, n).Draw(t, "from")
		b, free := p.top(from, bounded)
		var by mat.VecDense
		by.MulVec(p.two, mat.NewVecDense(n, b))
		by.SubVec(p.slope, &by)
		for j := range n {
			switch slope := by.AtVec(j); {
			case free[j] && math.Abs(slope) > 1e-9:
				t.Errorf("free %d: got slope %v at %v, want 0", j, slope, b[j])
			case !free[j] && (b[j] != 0 || !bounded[j] || slope > 1e-5):
				t.Errorf("held %d, bounded %v: got %v and slope %v, want 0 and no slope upwards", j, bounded[j], b[j], slope)
			case bounded[j] && b[j] < 0:
				t.Errorf("bounded %d: got %v, want 0 or more", j, b[j])
			}
		}
	})
}

// Two bounds can be held in four ways. The best of those that keep the bounds is the answer.
func TestLogitHoldsTheRightOnes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 5))
	seen := map[string]int{}
	for range 200 {
		var rows []Row
		for range 8 {
			x := random.NormFloat64()
			rows = append(rows, Row{[]float64{x, x + random.NormFloat64(), random.NormFloat64()}, 5, float64(1 + random.IntN(4))})
		}
		bounded := []Column{{Name: "x1", NonNegative: true}, {Name: "x2", NonNegative: true}, {Name: "x3", NonNegative: false}}
		got := logit(t, rows, bounded, .1)

		best, kept := math.Inf(-1), ""
		for held := range 4 {
			var free []Column
			var which []int
			for k, c := range columns(3) {
				if held>>k&1 == 0 {
					free, which = append(free, c), append(which, k)
				}
			}
			var some []Row
			for _, r := range rows {
				s := Row{nil, r.Cases, r.Happened}
				for _, k := range which {
					s.X = append(s.X, r.X[k])
				}
				some = append(some, s)
			}
			r := logit(t, some, free, .1)
			value := r.LogLikelihood
			allowed := true
			for i, k := range which {
				b := r.Model.Coefficients[i] * deviations(problem{rows: rows, columns: bounded})[k]
				value -= .05 * b * b
				allowed = allowed && (k == 2 || b >= 0)
			}
			if allowed && value > best {
				best, kept = value, fmt.Sprint(which)
			}
		}
		var free []int
		value := got.LogLikelihood
		for k, d := range deviations(problem{rows: rows, columns: bounded}) {
			b := got.Model.Coefficients[k] * d
			value -= .05 * b * b
			if !math.IsNaN(got.Estimates[k+1].StandardError) {
				free = append(free, k)
			}
		}
		near(t, "penalized log-likelihood", value, best, 1e-9)
		equal(t, "free columns", fmt.Sprint(free), kept)
		seen[kept]++
	}
	equal(t, "ways to hold bounds that came up", len(seen), 4)
}

// A column that does not vary changes nothing, whether it holds zeros or any other number.
func TestLogitOfAConstant(t *testing.T) {
	for _, constant := range []float64{0, 1, .1, -1e9} {
		rows := []Row{{[]float64{10, constant}, 40, 10}, {[]float64{14, constant}, 50, 30}, {[]float64{14, constant}, 1, 0}}
		without := []Row{{[]float64{10}, 40, 10}, {[]float64{14}, 51, 30}}
		got, want := logit(t, rows, columns(2), 0), logit(t, without, columns(1), 0)
		near(t, "its coefficient", got.Model.Coefficients[1], 0, 0)
		equal(t, "no standard error", math.IsNaN(got.Estimates[2].StandardError), true)
		near(t, "other coefficient", got.Model.Coefficients[0], want.Model.Coefficients[0], 1e-12)
		near(t, "intercept", got.Model.Intercept, want.Model.Intercept, 1e-11)
		equal(t, "warnings", fmt.Sprint(got.Warnings), "[x2 does not vary: it gets the coefficient 0]")
	}
}

func TestLogitOfSeparatedOutcomes(t *testing.T) {
	rows := func(happened ...float64) []Row {
		var rows []Row
		for i, h := range happened {
			rows = append(rows, Row{[]float64{float64(i), float64(i % 2)}, 2, h})
		}
		return rows
	}
	for _, c := range []struct {
		name  string
		rows  []Row
		ridge float64
		want  string
	}{
		{"all told apart", rows(0, 0, 0, 2, 2, 2), 0, "told apart without error"},
		{"but for one threshold", rows(0, 0, 0, 1, 2, 2), 0, "x1"},
		{"held by a ridge", rows(0, 0, 0, 2, 2, 2), .1, "only the ridge"},
		{"held by a ridge, and not told apart", rows(0, 0, 0, 1, 2, 2), .1, ""},
		{"told apart by the second column where it is 0", rows(0, 1, 0, 2, 0, 2), 0, "x2"},
		{"overlapping", rows(0, 1, 1, 2, 0, 2), 0, ""},
	} {
		got := logit(t, c.rows, columns(2), c.ridge)
		var said string
		for _, w := range got.Warnings {
			said += w.String()
			if _, ok := w.(Separated); !ok {
				t.Errorf("%s: got %v, want no other warning", c.name, w)
			}
		}
		if (said == "") != (c.want == "") || !strings.Contains(said, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, said, c.want)
		}
		equal(t, c.name+": converged", got.Converged, c.want == "" || c.ridge > 0)
		for _, r := range c.rows {
			if p := got.Model.Probability(r.X); math.IsNaN(p) || r.Happened != 1 && c.ridge == 0 && c.want != "" && math.Abs(p-r.Happened/2) > 1e-3 {
				t.Errorf("%s: probability at %v: got %v, want %v", c.name, r.X, p, r.Happened/2)
			}
		}
	}
}

// Equal columns share a coefficient that neither determines.
func TestLogitOfEqualColumns(t *testing.T) {
	rows := []Row{{[]float64{10, 20}, 40, 10}, {[]float64{14, 28}, 50, 30}, {[]float64{15, 30}, 50, 25}}
	one := []Row{{[]float64{10}, 40, 10}, {[]float64{14}, 50, 30}, {[]float64{15}, 50, 25}}
	got, want := logit(t, rows, columns(2), 0), logit(t, one, columns(1), 0)
	near(t, "log-likelihood", got.LogLikelihood, want.LogLikelihood, 1e-8)
	near(t, "probability", got.Model.Probability(rows[0].X), want.Model.Probability(one[0].X), 1e-6)
	equal(t, "no standard error", math.IsNaN(got.Estimates[1].StandardError), true)
	equal(t, "warnings", fmt.Sprint(got.Warnings), fmt.Sprint([]Warning{NotPositiveDefinite{}}))

	got = logit(t, rows, columns(2), 1)
	near(t, "with a ridge they share alike", got.Model.Coefficients[0], 2*got.Model.Coefficients[1], 1e-9)
	equal(t, "warnings with a ridge", len(got.Warnings), 0)
}

func TestLogitRefuses(t *testing.T) {
	good := Row{[]float64{1}, 2, 1}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		name  string
		ctx   context.Context
		rows  []Row
		ridge float64
		want  string
	}{
		{"nobody", t.Context(), nil, 0, ErrNoCustomers.Error()},
		{"rows of nobody", t.Context(), []Row{{[]float64{1}, 0, 0}}, 0, ErrNoCustomers.Error()},
		{"it always happened", t.Context(), []Row{{[]float64{1}, 2, 2}}, 0, ErrOneOutcome.Error()},
		{"it never happened", t.Context(), []Row{{[]float64{1}, 2, 0}}, 0, ErrOneOutcome.Error()},
		{"a short row", t.Context(), []Row{good, {nil, 1, 0}}, 0, "row 1: 0 numbers, want 1"},
		{"more happened than cases", t.Context(), []Row{{[]float64{1}, 1, 2}}, 0, "row 0: happened in 2 of 1 cases, want 0 <= happened <= cases"},
		{"no number of cases", t.Context(), []Row{{[]float64{1}, math.NaN(), 0}}, 0, "row 0: happened in 0 of NaN cases, want 0 <= happened <= cases"},
		{"no number", t.Context(), []Row{{[]float64{math.NaN()}, 2, 1}}, 0, "row 0: column x1 is NaN, want a number"},
		{"too wide", t.Context(), []Row{good, {[]float64{1e300}, 2, 1}}, 0, "column x1: 1 to 1e+300 is too narrow or too wide to work with"},
		{"a ridge below 0", t.Context(), []Row{good}, -1, "ridge -1, want a number from 0 on"},
		{"cancelled", cancelled, []Row{good}, 0, context.Canceled.Error()},
	} {
		_, err := Logit(c.ctx, c.rows, columns(1), c.ridge, Options{})
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got error %v, want %s", c.name, err, c.want)
		}
	}
	for _, c := range []Column{{Name: "x", Prior: math.NaN()}, {Name: "x", Ridge: -1}, {Name: "x", Ridge: math.Inf(1)}} {
		if _, err := Logit(t.Context(), []Row{good, {[]float64{2}, 2, 1}}, []Column{c}, 1, Options{}); err == nil || !strings.HasPrefix(err.Error(), "column x: prior") {
			t.Errorf("%+v: got error %v, want the column refused", c, err)
		}
	}
	if _, err := Logit(t.Context(), nil, nil, 0, Options{}); !errors.Is(err, ErrNoCustomers) {
		t.Errorf("no columns: got error %v, want %v", err, ErrNoCustomers)
	}
}

// simulatedRows draws n customers with normal columns. The true coefficients are 0, .1, .2, ...
// with the sign of the odd ones changed. The intercept is -1.
func simulatedRows(n, width int) []Row {
	random := rand.New(rand.NewPCG(7, 7))
	rows := make([]Row, n)
	for i := range rows {
		rows[i] = Row{X: make([]float64, width), Cases: 1}
		odds := -1.
		for k := range rows[i].X {
			x := random.NormFloat64()
			rows[i].X[k] = x
			odds += trueCoefficient(k) * x
		}
		if random.Float64() < 1/(1+math.Exp(-odds)) {
			rows[i].Happened = 1
		}
	}
	return rows
}

func trueCoefficient(k int) float64 {
	return .1 * float64(k) * math.Pow(-1, float64(k))
}

func TestLogitFindsWhatWasSimulated(t *testing.T) {
	rows := simulatedRows(20000, 5)
	got := logit(t, rows, columns(5), 0)
	near(t, "intercept", got.Model.Intercept, -1, 4*got.Estimates[0].StandardError)
	for k, e := range got.Estimates[1:] {
		near(t, e.Name, e.Value, trueCoefficient(k), 4*e.StandardError)
		near(t, "standard error of "+e.Name, e.StandardError, 1/math.Sqrt(20000*.18), .003)
	}
	for _, workers := range []int{1, 3} {
		again, err := Logit(t.Context(), rows, columns(5), 0, Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(again.Estimates, got.Estimates) {
			t.Errorf("%d workers: got %v, want the same bits as %v", workers, again.Estimates, got.Estimates)
		}
	}
}

func BenchmarkLogit(b *testing.B) {
	rows := simulatedRows(500000, 20)
	bounded := columns(20)
	for k := range bounded {
		bounded[k].NonNegative = true
	}
	for _, c := range []struct {
		name    string
		columns []Column
	}{{"free", columns(20)}, {"bounded", bounded}} {
		b.Run(c.name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				if got := logit(b, rows, c.columns, 1); len(got.Warnings) > 0 {
					b.Fatalf("got warnings %v, want none", got.Warnings)
				}
			}
			b.ReportMetric((cpu(b)-before)/float64(b.N), "cpu-s/op")
		})
	}
}

// A column of known log-odds has the coefficient 1, and the others are fitted to what it leaves.
func TestLogitWithAnOffset(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	var rows, without []Row
	for range 4000 {
		x, known := random.NormFloat64(), 2*random.NormFloat64()
		row := Row{X: []float64{x, known}, Cases: 1}
		if random.Float64() < 1/(1+math.Exp(.5-.7*x-known)) {
			row.Happened = 1
		}
		rows, without = append(rows, row), append(without, Row{X: []float64{x, 0}, Cases: row.Cases, Happened: row.Happened})
	}
	got := logit(t, rows, []Column{{Name: "x"}, {Name: "known", Offset: true}}, 0)
	near(t, "intercept", got.Model.Intercept, -.5, .15)
	near(t, "x", got.Model.Coefficients[0], .7, .15)
	if e := got.Estimates[2]; e.Value != 1 || got.Model.Coefficients[1] != 1 || len(got.Warnings) > 0 {
		t.Errorf("the offset is %+v, with the warnings %v; want a coefficient of 1", e, got.Warnings)
	}
	// An offset of 0 for all changes no bit.
	zero, none := logit(t, without, []Column{{Name: "x"}, {Name: "known", Offset: true}}, 0), logit(t, without, []Column{{Name: "x"}, {Name: "known"}}, 0)
	if zero.Model.Intercept != none.Model.Intercept || zero.Model.Coefficients[0] != none.Model.Coefficients[0] {
		t.Errorf("an offset of 0: %+v, none: %+v", zero.Model, none.Model)
	}
}
