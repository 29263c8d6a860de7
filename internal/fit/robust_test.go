package fit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat/distuv"

	"tidemark/internal/stat"
)

var truth = stat.MBGNBD{R: .525, Alpha: 43.281, A: .891, B: 1.614}

// The true parameters are within four standard errors.
func TestTruthIsFound(t *testing.T) {
	within := func(what string, got []Estimate, want ...float64) {
		t.Helper()
		for i, e := range got {
			near(t, what+": "+e.Name, e.Value, want[i], 4*e.StandardError)
			if !(e.StandardError < .3*e.Value) {
				t.Errorf("%s: %s %v ± %v, want it known to a third", what, e.Name, e.Value, e.StandardError)
			}
		}
	}
	// Several purchases of one whole day merge into one. Ten thousand customers do not show it.
	slow := stat.MBGNBD{R: .8, Alpha: 200, A: .9, B: 2.5}
	got := fitted(t, "MBG/NBD", Groups(simulated(slow, 40000, 1)))
	within("MBG/NBD", got.estimates, slow.R, slow.Alpha, slow.A, slow.B)

	random := rand.NewPCG(1, 2)
	gamma := func(shape, rate float64) float64 {
		return distuv.Gamma{Alpha: shape, Beta: rate, Src: random}.Rand()
	}
	pareto := stat.ParetoNBD{R: .55, Alpha: 10.6, S: .61, Beta: 11.7}
	bg := stat.BGNBD{R: .24, Alpha: 4.4, A: .8, B: 2.4}
	var byPareto, byBG []stat.Rhythm
	for i := range 20000 {
		h := stat.Rhythm{T: float64(20 + i%60)}
		rate := gamma(pareto.R, pareto.Alpha)
		end := min(h.T, gamma(1, 1)/gamma(pareto.S, pareto.Beta))
		for at := gamma(1, rate); at <= end; at += gamma(1, rate) {
			h.X, h.TX = h.X+1, at
		}
		byPareto = append(byPareto, h)

		h = stat.Rhythm{T: h.T}
		rate = gamma(bg.R, bg.Alpha)
		p := distuv.Beta{Alpha: bg.A, Beta: bg.B, Src: random}.Rand()
		for at := gamma(1, rate); at <= h.T; at += gamma(1, rate) {
			h.X, h.TX = h.X+1, at
			if gamma(1, 1) > -math.Log(p) { // with probability p
				break
			}
		}
		byBG = append(byBG, h)
	}
	within("Pareto/NBD", fitted(t, "Pareto/NBD", Groups(byPareto)).estimates, pareto.R, pareto.Alpha, pareto.S, pareto.Beta)
	within("BG/NBD", fitted(t, "BG/NBD", Groups(byBG)).estimates, bg.R, bg.Alpha, bg.A, bg.B)

	gg := stat.GammaGamma{P: 6.25, Q: 3.74, V: 15.44}
	var spends []stat.Spend
	for i := range 5000 {
		x := 1 + i%7
		rate := gamma(gg.Q, gg.V)
		spends = append(spends, stat.Spend{X: x, Mean: gamma(gg.P*float64(x), rate) / float64(x)})
	}
	spent, err := GammaGamma(t.Context(), Groups(spends), Options{})
	if err != nil {
		t.Fatal(err)
	}
	within("Gamma-Gamma", outcomeOf(t, spent).estimates, gg.P, gg.Q, gg.V)
}

func TestUnitsDoNotMatter(t *testing.T) {
	days := simulated(truth, 3000, 2)
	centuries := slices.Clone(days)
	for i := range centuries {
		centuries[i].TX /= 36525
		centuries[i].T /= 36525
	}
	for _, model := range []string{"NBD", "BG/NBD", "MBG/NBD", "Pareto/NBD"} {
		in := fitted(t, model, Groups(days))
		out := fitted(t, model, Groups(centuries))
		for i, e := range out.estimates {
			if e.Name == "alpha" || e.Name == "beta" {
				e.Value *= 36525
				e.StandardError *= 36525
			}
			want := in.estimates[i]
			near(t, model+": "+e.Name+" in centuries", e.Value, want.Value, 1e-6*want.Value)
			near(t, model+": standard error of "+e.Name+" in centuries", e.StandardError, want.StandardError, 1e-5*want.StandardError)
		}
	}
}

// The inverse of the Hessian in the parameters themselves, by second differences of the
// log-likelihood.
func TestStandardErrors(t *testing.T) {
	rhythms := Groups(simulated(truth, 3000, 2))
	got, err := MBGNBD(t.Context(), rhythms, Options{})
	if err != nil {
		t.Fatal(err)
	}
	standardErrors(t, got.Estimates, func(p []float64) (sum float64) {
		for _, g := range rhythms {
			sum += float64(g.Customers) * stat.MBGNBD{R: p[0], Alpha: p[1], A: p[2], B: p[3]}.LogLikelihood(g.History)
		}
		return sum
	})
	var spends []stat.Spend
	random := rand.NewPCG(1, 3)
	for i := range 500 {
		x := 1 + i%5
		rate := distuv.Gamma{Alpha: 3.74, Beta: 15.44, Src: random}.Rand()
		sum := distuv.Gamma{Alpha: 6.25 * float64(x), Beta: rate, Src: random}.Rand()
		spends = append(spends, stat.Spend{X: x, Mean: sum / float64(x)})
	}
	spent, err := GammaGamma(t.Context(), Groups(spends), Options{})
	if err != nil {
		t.Fatal(err)
	}
	standardErrors(t, spent.Estimates, func(p []float64) (sum float64) {
		for _, s := range spends {
			sum += stat.GammaGamma{P: p[0], Q: p[1], V: p[2]}.LogLikelihood(s.X, s.Mean)
		}
		return sum
	})
}

func standardErrors(t *testing.T, got []Estimate, likelihood func(p []float64) float64) {
	t.Helper()
	at := func(i, j int, di, dj float64) float64 {
		var p []float64
		for _, e := range got {
			p = append(p, e.Value)
		}
		p[i] += di
		p[j] += dj
		return likelihood(p)
	}
	hessian := mat.NewDense(len(got), len(got), nil)
	for i, a := range got {
		for j, b := range got {
			h, k := a.Value*1e-3, b.Value*1e-3
			hessian.Set(i, j, -(at(i, j, h, k)-at(i, j, h, -k)-at(i, j, -h, k)+at(i, j, -h, -k))/(4*h*k))
		}
	}
	var inverse mat.Dense
	if err := inverse.Inverse(hessian); err != nil {
		t.Fatal(err)
	}
	for i, e := range got {
		want := math.Sqrt(inverse.At(i, i))
		near(t, "standard error of "+e.Name, e.StandardError, want, 1e-3*want)
	}
}

func TestStandardErrorsFallWithTheRootOfTheCustomers(t *testing.T) {
	one := Groups(simulated(truth, 3000, 2))
	four := slices.Clone(one)
	for i := range four {
		four[i].Customers *= 4
	}
	few, many := fitted(t, "MBG/NBD", one), fitted(t, "MBG/NBD", four)
	for i, e := range many.estimates {
		near(t, e.Name, e.Value, few.estimates[i].Value, 1e-6*e.Value)
		near(t, "standard error of "+e.Name, e.StandardError, few.estimates[i].StandardError/2, 1e-5*e.StandardError)
	}
	near(t, "log-likelihood", many.ll, 4*few.ll, 1e-6)
}

// The result has the same bits for any number of workers and any order of customers.
func TestResultIsTheSameToTheBit(t *testing.T) {
	customers := simulated(truth, 30000, 3)
	want, err := MBGNBD(t.Context(), Groups(customers), Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want.Groups <= sampled {
		t.Fatalf("got %d groups, want more than are tried at once", want.Groups)
	}
	for _, workers := range []int{0, 2, 7} {
		rand.New(rand.NewPCG(4, uint64(workers))).Shuffle(len(customers), func(i, j int) {
			customers[i], customers[j] = customers[j], customers[i]
		})
		got, err := MBGNBD(t.Context(), Groups(customers), Options{Workers: workers})
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d workers: got %+v, want %+v", workers, got, want)
		}
	}
}

// Customers with ten thousand purchases, or a century old, are customers like others.
func TestFrequentBuyersOfACentury(t *testing.T) {
	customers := simulated(truth, 5000, 5)
	for i := range 50 {
		x := 10000 - 150*i
		customers = append(customers, stat.Rhythm{X: x, TX: 36525 - float64(50*i), T: 36525})
	}
	for _, model := range []string{"BG/NBD", "MBG/NBD", "Pareto/NBD"} {
		got := fitted(t, model, Groups(customers))
		if !got.converged {
			t.Errorf("%s: got warnings %v, want it to converge", model, got.warnings)
		}
		for _, e := range got.estimates {
			if !(e.Value > 0 && e.StandardError > 0 && e.StandardError < e.Value) {
				t.Errorf("%s: got %s %v ± %v, want it known", model, e.Name, e.Value, e.StandardError)
			}
		}
	}
}

func TestWarnings(t *testing.T) {
	// All bought lately.
	var faithful []Group[stat.Rhythm]
	for x := range 20 {
		faithful = append(faithful, Group[stat.Rhythm]{stat.Rhythm{X: 3*x + 1, TX: 51.5, T: 52}, 20 - x})
	}
	for _, model := range []string{"BG/NBD", "MBG/NBD", "Pareto/NBD"} {
		got := fitted(t, model, faithful)
		has[NobodyLeaves](t, model+" of the faithful", got.warnings)
	}
	// Some customers bought once, the others bought lately. The former may all have left at once.
	halves := append(slices.Clone(faithful), Group[stat.Rhythm]{stat.Rhythm{T: 52}, 200})
	lost := fitted(t, "MBG/NBD", halves)
	has[AtBoundary](t, "MBG/NBD of the faithful and the lost", lost.warnings)
	near(t, "MBG/NBD of the faithful and the lost: log-likelihood", lost.ll, -7691.5573, 1e-3)

	two := []Group[stat.Rhythm]{{stat.Rhythm{T: 30}, 3}, {stat.Rhythm{X: 2, TX: 10, T: 30}, 2}}
	has[LeavingUncertain](t, "BG/NBD of five customers", fitted(t, "BG/NBD", two).warnings)

	same := []Group[stat.Rhythm]{{stat.Rhythm{X: 5, TX: 28, T: 30}, 100}}
	has[AtBoundary](t, "NBD of customers who are all the same", fitted(t, "NBD", same).warnings)

	var equal, wild []Group[stat.Spend]
	for x := range 5 {
		equal = append(equal, Group[stat.Spend]{stat.Spend{X: x + 1, Mean: 20}, 10})
	}
	for k := range 50 { // the logarithms are exponential, with a mean above 1
		wild = append(wild, Group[stat.Spend]{stat.Spend{X: 3, Mean: math.Pow(50/(float64(k)+.5), 2)}, 1})
	}
	spent, err := GammaGamma(t.Context(), equal, Options{})
	if err != nil {
		t.Fatal(err)
	}
	has[AtBoundary](t, "Gamma-Gamma of equal spends", outcomeOf(t, spent).warnings)
	spent, err = GammaGamma(t.Context(), wild, Options{})
	if err != nil {
		t.Fatal(err)
	}
	has[InfiniteMean](t, "Gamma-Gamma of spends of all sizes", outcomeOf(t, spent).warnings)
	if err := spent.Model.Validate(); err != nil {
		t.Errorf("Gamma-Gamma of spends of all sizes: got %v, want a model that can be used", err)
	}

	half, err := SBG(t.Context(), Cohort([]int{1024, 512, 256, 128, 64}), Options{})
	if err != nil {
		t.Fatal(err)
	}
	has[AtBoundary](t, "sBG of a half that leaves every time", outcomeOf(t, half).warnings)
	near(t, "retention where half leave every time", half.Model.Retention(7), .5, 1e-3)
}

// has fails unless a warning of type W is among the warnings.
func has[W Warning](t *testing.T, what string, warnings []Warning) {
	t.Helper()
	for _, w := range warnings {
		if _, ok := w.(W); ok {
			t.Logf("%s: %v", what, warnings)
			return
		}
	}
	t.Errorf("%s: got warnings %v, want %T among them", what, warnings, *new(W))
}

func TestRefused(t *testing.T) {
	rhythm := func(h ...stat.Rhythm) error {
		_, err := MBGNBD(t.Context(), Groups(h), Options{})
		return err
	}
	invalid := rhythm(stat.Rhythm{X: 1, TX: 2, T: 1})
	if invalid == nil {
		t.Error("bought tomorrow: got no error, want one")
	}
	_, negative := NBD(t.Context(), []Group[stat.Rhythm]{{stat.Rhythm{X: 1, TX: 1, T: 2}, -1}}, Options{})
	if negative == nil {
		t.Error("-1 customers: got no error, want one")
	}
	_, nobody := GammaGamma(t.Context(), nil, Options{})
	_, noSBG := SBG(t.Context(), nil, Options{})
	_, noBGBB := BGBB(t.Context(), nil, Options{})
	_, faithful := SBG(t.Context(), Cohort([]int{10, 10, 10}), Options{})
	_, silent := BGBB(t.Context(), []Group[stat.Occasions]{{stat.Occasions{N: 6}, 10}}, Options{})
	for _, c := range []struct {
		why       string
		err, want error
	}{
		{"nobody", rhythm(), ErrNoCustomers},
		{"nobody who spent", nobody, ErrNoCustomers},
		{"nobody who subscribed", noSBG, ErrNoCustomers},
		{"nobody with an occasion", noBGBB, ErrNoCustomers},
		{"all bought once", rhythm(stat.Rhythm{T: 3}, stat.Rhythm{T: 5}), ErrNoRepeats},
		{"all have just come", rhythm(stat.Rhythm{X: 1}, stat.Rhythm{}), ErrNoTime},
		{"no renewal refused", faithful, ErrNobodyEnded},
		{"nobody took an occasion", silent, ErrNoRepeats},
	} {
		if !errors.Is(c.err, c.want) {
			t.Errorf("%s: got %v, want %v", c.why, c.err, c.want)
		}
	}
}

// A fit that is cancelled returns the error of ctx, wherever it is.
func TestCanceled(t *testing.T) {
	groups := Groups(simulated(truth, 20000, 6))
	var steps int
	if _, err := BGNBD(t.Context(), groups, Options{Progress: func(Step) { steps++ }}); err != nil {
		t.Fatal(err)
	}
	for _, after := range []int{0, 1, steps / 2, steps} {
		ctx, cancel := context.WithCancel(t.Context())
		if after == 0 {
			cancel()
		}
		seen := 0
		_, err := BGNBD(ctx, groups, Options{Progress: func(Step) {
			if seen++; seen == after {
				cancel()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("stopped after %d steps of %d: got error %v, want %v", after, steps, err, context.Canceled)
		}
		if seen > after+1 {
			t.Errorf("stopped after %d steps: got %d, want at most one more", after, seen)
		}
		cancel()
	}
}

func TestProgress(t *testing.T) {
	var last Step
	starts := map[int]bool{}
	got, err := MBGNBD(t.Context(), Groups(simulated(truth, 3000, 2)), Options{Progress: func(s Step) {
		if s.Start == last.Start && s.Customers == last.Customers && s.LogLikelihood < last.LogLikelihood-1e-6 {
			t.Errorf("got %+v after %+v, want it to climb", s, last)
		}
		last, starts[s.Start] = s, true
	}})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "customers", last.Customers, 3000)
	equal(t, "starts", len(starts), 3)
	near(t, "the highest of them", got.LogLikelihood, last.LogLikelihood, 1e-4)
}

func TestGroups(t *testing.T) {
	a, b, c := stat.Rhythm{T: 3}, stat.Rhythm{X: 1, TX: 1, T: 3}, stat.Rhythm{X: 1, TX: 2, T: 3}
	got := Groups([]stat.Rhythm{c, a, b, a, c, a})
	if want := []Group[stat.Rhythm]{{a, 3}, {b, 1}, {c, 2}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	equal(t, "groups of nobody", len(Groups[stat.Rhythm](nil)), 0)
}

// A sample has the size that was asked for, and its share of every kind of history.
func TestThinned(t *testing.T) {
	var groups []Group[stat.Rhythm]
	n := 0
	for i := range 1000 {
		g := Group[stat.Rhythm]{stat.Rhythm{X: i}, 1 + i%7*i%50}
		groups = append(groups, g)
		n += g.Customers
	}
	if got := thinned(groups, n, 1000); !slices.Equal(got, groups) {
		t.Error("few groups: got other ones, want them as they are")
	}
	taken := map[int]int{}
	all := 0
	for _, g := range thinned(groups, n, 500) {
		taken[g.History.X] = g.Customers
		all += g.Customers
	}
	equal(t, "customers taken", all, 500)
	for _, g := range groups {
		near(t, fmt.Sprintf("taken of %d alike", g.Customers), float64(taken[g.History.X]), float64(g.Customers)*500/float64(n), 1)
	}
}

func TestCohort(t *testing.T) {
	got := Cohort([]int{100, 60, 60, 50})
	want := []Group[stat.Subscription]{
		{stat.Subscription{Renewals: 1, Ended: true}, 40},
		{stat.Subscription{Renewals: 3, Ended: true}, 10},
		{stat.Subscription{Renewals: 3}, 50},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if _, err := SBG(t.Context(), Cohort([]int{100, 110}), Options{}); err == nil {
		t.Error("a cohort that grows: got no error, want one")
	}
}
