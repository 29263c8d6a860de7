package fit

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"tidemark/internal/stat"
)

// alike simulates customers over 300 units of time. rate and leaving draw what is the customer's own.
func alike(n int, rate, leaving func(*rand.Rand) float64, gap func(r *rand.Rand, rate float64) float64) []Group[stat.Rhythm] {
	r := rand.New(rand.NewPCG(7, 8))
	customers := make([]stat.Rhythm, n)
	for i := range customers {
		h := stat.Rhythm{T: 100 + 200*r.Float64()}
		mine, leave := rate(r), leaving(r)
		for at := 0.; r.Float64() > leave; h.X, h.TX = h.X+1, at {
			if at += gap(r, mine); at > h.T {
				break
			}
		}
		customers[i] = h
	}
	return Groups(customers)
}

func one(x float64) func(*rand.Rand) float64 { return func(*rand.Rand) float64 { return x } }

func exponential(r *rand.Rand, rate float64) float64 { return r.ExpFloat64() / rate }

// Where customers do not differ the fit says so, with the truth. It is no warning that a longer log would answer.
func TestLimitsAreFound(t *testing.T) {
	differ := func(low, high float64) func(*rand.Rand) float64 {
		return func(r *rand.Rand) float64 { return low * math.Pow(high/low, r.Float64()) }
	}
	regular := func(r *rand.Rand, rate float64) float64 { return (1 + .05*r.NormFloat64()) / rate }
	for _, row := range []struct {
		why        string
		groups     []Group[stat.Rhythm]
		firstStays bool
		want       []Collapsed // one of these
		rate       float64     // 0: they differ
		leaving    float64     // 0: they differ
	}{
		{"one leaving share", alike(4000, differ(.01, .5), one(.2), exponential), false, []Collapsed{{Beta: true}}, 0, .2},
		{"regular buyers, such as subscribers", alike(2000, one(.1), one(.2), regular), false, []Collapsed{{Gamma: true, Beta: true}, {Gamma: true}}, .1, .2},
	} {
		r, err := Purchases(t.Context(), row.groups, row.firstStays, Options{})
		if err != nil {
			t.Fatalf("%s: %v", row.why, err)
		}
		m, limit := r.Model.(stat.Limit)
		if !limit {
			t.Errorf("%s: got %+v, with the warnings %v, want a limit", row.why, r.Model, r.Warnings)
			continue
		}
		t.Logf("%s: %+v, %v, %v", row.why, m, r.Estimates, r.Warnings)
		if err := m.Validate(); err != nil || !r.Converged || ranAway(r.Warnings) {
			t.Errorf("%s: %v, warnings %v", row.why, err, r.Warnings)
		}
		if c, ok := r.Warnings[0].(Collapsed); !ok || !slices.Contains(row.want, c) {
			t.Errorf("%s: the first warning is %v, want one of %v", row.why, r.Warnings[0], row.want)
		}
		if row.rate > 0 && math.Abs(m.Rate-row.rate) > .1*row.rate {
			t.Errorf("%s: rate %v, want about %v", row.why, m.Rate, row.rate)
		}
		if m.Leaving > 0 && math.Abs(m.Leaving-row.leaving) > .03 {
			t.Errorf("%s: leaving %v, want about %v", row.why, m.Leaving, row.leaving)
		}
		full, err := MBGNBD(t.Context(), row.groups, Options{})
		if err != nil || r.LogLikelihood < full.LogLikelihood-nothing {
			t.Errorf("%s: log-likelihood %v, want at least that of MBG/NBD, %v (%v)", row.why, r.LogLikelihood, full.LogLikelihood, err)
		}
		for _, e := range r.Estimates {
			if !(e.StandardError > 0 && e.StandardError < e.Value) {
				t.Errorf("%s: %s %v ± %v, want it known", row.why, e.Name, e.Value, e.StandardError)
			}
		}
	}
}

// A handful of customers who came back does not tell whether they differ; and where customers differ nothing changes.
func TestLimitsAreNotMadeUp(t *testing.T) {
	few := []Group[stat.Rhythm]{{stat.Rhythm{T: 300}, 5000}, {stat.Rhythm{X: 1, TX: 10, T: 300}, 6}}
	r, err := Purchases(t.Context(), few, false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, limit := r.Model.(stat.Limit); limit || !ranAway(r.Warnings) {
		t.Errorf("six who came back: got %+v with the warnings %v, want parameters that run away", r.Model, r.Warnings)
	}
	customers := Groups(simulated(truth, 3000, 2))
	is, err := Purchases(t.Context(), customers, false, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want, err := MBGNBD(t.Context(), customers, Options{})
	if err != nil || is.Model != stat.PurchaseModel(want.Model) || is.LogLikelihood != want.LogLikelihood {
		t.Errorf("got %+v, want %+v (%v)", is.Model, want.Model, err)
	}
	// Nobody leaves, and all buy at one rate: that nobody leaves is still said, and the model is one that can be used.
	loyal := []Group[stat.Rhythm]{{stat.Rhythm{X: 10, TX: 299, T: 300}, 100}, {stat.Rhythm{X: 9, TX: 298, T: 300}, 100}, {stat.Rhythm{X: 10, TX: 295, T: 300}, 50}}
	for _, firstStays := range []bool{false, true} {
		r, err = Purchases(t.Context(), loyal, firstStays, Options{})
		if err != nil {
			t.Fatal(err)
		}
		has[NobodyLeaves](t, "the loyal", r.Warnings)
		m, limit := r.Model.(stat.Limit)
		if !limit || m.Validate() != nil || ranAway(r.Warnings) {
			t.Errorf("the loyal: got %+v with the warnings %v", r.Model, r.Warnings)
		}
	}
}

// Prices that are constant, of all customers or of each, are a model and not a runaway.
func TestConstantSpend(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	var fee, rents, rounded, vary []stat.Spend
	for i := range 300 {
		x := 1 + i%7
		fee = append(fee, stat.Spend{X: x, Mean: 9.99})
		rents = append(rents, stat.Spend{X: x, Mean: 60 / (r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64() + r.ExpFloat64())})
		rounded = append(rounded, stat.Spend{X: x, Mean: 9.99 + 1e-7*r.Float64()})
		vary = append(vary, stat.Spend{X: x, Mean: 20 * math.Exp(r.NormFloat64()/math.Sqrt(float64(x)))})
	}
	for _, row := range []struct {
		why    string
		spends []stat.Spend
		want   Warning
		mean   float64
	}{
		{"a flat fee", fee, ConstantSpend{OnePrice: true}, 9.99},
		{"a flat fee, converted", rounded, ConstantSpend{OnePrice: true}, 9.99},
		{"each customer a rent", rents, ConstantSpend{}, 20},
		{"spends that vary", vary, nil, 0},
	} {
		got, err := Spends(t.Context(), Groups(row.spends), Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, constant := got.Model.(stat.FixedSpend)
		if constant != (row.want != nil) || constant && (got.Warnings[0] != row.want || len(got.Warnings) > 1 || math.Abs(m.Mean-row.mean) > 2) {
			t.Errorf("%s: got %+v with the warnings %v, want %v at %v", row.why, got.Model, got.Warnings, row.want, row.mean)
		}
	}
}

// One customer of 140 million among others of thirty is one customer: the parameters are about those of the others.
func TestOneCustomerOfMillions(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	var spends []stat.Spend
	for i := range 200 {
		x, own := 1+i%5, 30*math.Exp(.6*r.NormFloat64())
		var sum float64
		for range x {
			sum += own * r.ExpFloat64()
		}
		spends = append(spends, stat.Spend{X: x, Mean: sum / float64(x)})
	}
	without, err := Spends(t.Context(), Groups(spends), Options{})
	if err != nil {
		t.Fatal(err)
	}
	spends[0].Mean = 140e6
	with, err := Spends(t.Context(), Groups(spends), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("without %+v %v, with %+v %v", without.Model, without.Warnings, with.Model, with.Warnings)
	if len(with.Warnings) > 0 || len(without.Warnings) > 0 {
		t.Errorf("warnings %v, and without the customer %v; want none", with.Warnings, without.Warnings)
	}
	if a, b := with.Model.ExpectedSpend(3, 90), without.Model.ExpectedSpend(3, 90); math.Abs(a/b-1) > .25 {
		t.Errorf("of another customer %v is expected, %v without the one of millions", a, b)
	}
}

// The paid share is that of the simulation, whether customers differ in it or not.
func TestPaidShare(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 3))
	for _, row := range []struct {
		why   string
		share func() float64
		mean  float64
	}{
		{"30 % free, of all alike", func() float64 { return .7 }, .7},
		{"customers differ", r.Float64, .5},
		{"who pays pays always", func() float64 { return float64(r.IntN(2)) }, .5},
		{"all is free", func() float64 { return 0 }, 0},
		{"all is paid", func() float64 { return 1 }, 1},
	} {
		var all []stat.Baskets
		for range 3000 {
			b, p := stat.Baskets{}, row.share()
			for range 1 + r.IntN(8) {
				if r.Float64() < p {
					b.Paid++
				} else {
					b.Free++
				}
			}
			all = append(all, b)
		}
		got, err := PaidShare(t.Context(), Groups(all), Options{})
		if err != nil {
			t.Fatal(err)
		}
		if row.mean == 1 {
			if got != (stat.PaidShare{}) {
				t.Errorf("%s: got %+v, want the zero share", row.why, got)
			}
			continue
		}
		if mean := got.Of(stat.Baskets{}); got.Validate() != nil || math.Abs(mean-row.mean) > .02 {
			t.Errorf("%s: got %+v, a mean of %v, want %v (%v)", row.why, got, mean, row.mean, got.Validate())
		}
	}
}

// A fit that is uncertain whether customers leave, and whose parameters run away besides, ends in a model. It had ended in a panic.
func TestUncertainLeavingOfCustomersWhoDoNotDiffer(t *testing.T) {
	uncertain := 0
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 4))
		var rhythms []stat.Rhythm
		for range 60 {
			h := stat.Rhythm{T: 5 + 20*r.Float64()}
			for next := r.ExpFloat64() * 4; next < h.T && r.Float64() > .03; next += r.ExpFloat64() * 4 {
				h.X, h.TX = h.X+1, next
			}
			rhythms = append(rhythms, h)
		}
		got, err := Purchases(t.Context(), Groups(rhythms), false, Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range got.Warnings {
			if _, ok := w.(LeavingUncertain); ok {
				uncertain++
			}
		}
	}
	if uncertain == 0 {
		t.Error("no fit was uncertain: the test has lost its subject")
	}
}

// A parameter may run away where no limit is as good, while leaving is uncertain: then the full model stays, with its warnings.
func TestNoLimitIsAsGood(t *testing.T) {
	groups := alike(200, func(r *rand.Rand) float64 { return .05 + .2*r.Float64() }, one(.1), exponential)
	full := Result[stat.PurchaseModel]{
		Model: stat.MBGNBD{R: 1, Alpha: 1, A: 1, B: 1}, LogLikelihood: 0, Converged: true, // better than any limit
		Warnings: []Warning{LeavingUncertain{Gain: 1}, AtBoundary{Name: "r", Value: 1e9}},
	}
	got, err := collapsed(t.Context(), groups, full, false, Options{})
	if err != nil || got.Model != full.Model || len(got.Warnings) != 2 {
		t.Errorf("got %+v (%v), want the full model", got, err)
	}
}
