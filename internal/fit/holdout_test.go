package fit

import (
	"fmt"
	"math"
	"testing"

	"tidemark/internal/dataset"
	"tidemark/internal/judge"
	"tidemark/internal/stat"
)

// forecast is what a purchase model is judged by here.
type forecast interface {
	Expected(h stat.Rhythm, span float64) float64
	ExpectedNew(span float64) float64
}

// The nine months after the fit, for the sample and for all of CDNOW.
func TestHoldout(t *testing.T) {
	sample := newHoldout(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	full := newHoldout(t, dataset.CDNOW, "cdnow/CDNOW_master.txt")
	naive := func(factor float64) func(h stat.Rhythm) float64 {
		return func(h stat.Rhythm) float64 { return factor * float64(h.X) }
	}
	for _, c := range []struct {
		name string
		of   *holdout
		by   func(h stat.Rhythm) float64
		want [5]float64 // correlation, MAE, RMSE, MSLE, bias
	}{
		{"BG/NBD", sample, sample.by(t, "BG/NBD"), [5]float64{.6256, .7855, 1.6080, .2343, -.122}},
		{"MBG/NBD", sample, sample.by(t, "MBG/NBD"), [5]float64{.6273, .7648, 1.6072, .2314, -.162}},
		{"Pareto/NBD", sample, sample.by(t, "Pareto/NBD"), [5]float64{.6302, .7545, 1.6028, .2377, -.115}},
		{"x 39/T", sample, func(h stat.Rhythm) float64 { return float64(h.X) * 39 / h.T }, [5]float64{.5839, 1.0237, 2.2119, .4010, .557}},
		{"x", sample, naive(1), [5]float64{.5772, .8973, 1.9710, .3491, .306}},
		{"nothing", sample, naive(0), [5]float64{math.NaN(), .7985, 2.2064, .4627, -1}},
		{"BG/NBD of all CDNOW", full, full.by(t, "BG/NBD"), [5]float64{.6688, .8187, math.NaN(), math.NaN(), -.143}},
		{"MBG/NBD of all CDNOW", full, full.by(t, "MBG/NBD"), [5]float64{.6696, .7945, math.NaN(), math.NaN(), -.191}},
		{"Pareto/NBD of all CDNOW", full, full.by(t, "Pareto/NBD"), [5]float64{.6708, .7938, math.NaN(), math.NaN(), -.129}},
	} {
		got := c.of.accuracy(c.by)
		for _, m := range []struct {
			name           string
			got, want, tol float64
		}{
			{"correlation", got.Correlation, c.want[0], 6e-5},
			{"mean absolute error", got.MAE, c.want[1], 6e-5},
			{"root mean square error", got.RMSE, c.want[2], 6e-5},
			{"mean square logarithmic error", got.MSLE, c.want[3], 6e-5},
			{"bias", got.Bias, c.want[4], 6e-4},
		} {
			if !math.IsNaN(m.want) {
				near(t, c.name+": "+m.name, m.got, m.want, m.tol)
			}
		}
	}
}

// holdout is customers at the time of the fit, what they did afterwards, and the models fitted so
// far.
type holdout struct {
	ledger ledger
	before []stat.Rhythm
	actual []float64
	models map[string]forecast
}

var holdouts = map[string]*holdout{} // by file

func newHoldout(t *testing.T, format dataset.Format, file string) *holdout {
	t.Helper()
	if o := holdouts[file]; o != nil {
		return o
	}
	o := &holdout{ledger: orders(t, format, file), models: map[string]forecast{}}
	o.before, _ = o.ledger.until(calibrated, week)
	after, _ := o.ledger.until(calibrated.Add(39*week), week)
	for i, h := range after {
		o.actual = append(o.actual, float64(h.X-o.before[i].X))
	}
	holdouts[file] = o
	return o
}

func (o *holdout) by(t *testing.T, name string) func(h stat.Rhythm) float64 {
	t.Helper()
	m := o.model(t, name)
	return func(h stat.Rhythm) float64 { return m.Expected(h, 39) }
}

func (o *holdout) model(t *testing.T, name string) forecast {
	t.Helper()
	if m := o.models[name]; m != nil {
		return m
	}
	groups := Groups(o.before)
	var m forecast
	var err error
	switch name {
	case "BG/NBD":
		var r Result[stat.BGNBD]
		r, err = BGNBD(t.Context(), groups, Options{})
		m = r.Model
	case "MBG/NBD":
		var r Result[stat.MBGNBD]
		r, err = MBGNBD(t.Context(), groups, Options{})
		m = r.Model
	case "Pareto/NBD":
		var r Result[stat.ParetoNBD]
		r, err = ParetoNBD(t.Context(), groups, Options{})
		m = r.Model
	}
	if err != nil {
		t.Fatal(err)
	}
	o.models[name] = m
	return m
}

func (o *holdout) accuracy(by func(h stat.Rhythm) float64) judge.Accuracy {
	var forecast []float64
	for _, h := range o.before {
		forecast = append(forecast, by(h))
	}
	return judge.Counts(forecast, o.actual)
}

// Forecasts by the number of earlier purchases.
func TestConditionalExpectations(t *testing.T) {
	sample := newHoldout(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt")
	bg, mbg, pareto := sample.by(t, "BG/NBD"), sample.by(t, "MBG/NBD"), sample.by(t, "Pareto/NBD")
	for x, want := range [][5]float64{
		{1411, .2367, .2251, .1852, .1384},
		{439, .6970, .5231, .5514, .5995},
		{214, 1.3925, 1.0441, 1.0490, 1.1958},
		{100, 1.5600, 1.5203, 1.4929, 1.7138},
		{62, 2.5323, 2.1639, 2.1043, 2.3983},
		{38, 2.9474, 2.6538, 2.5636, 2.9072},
		{29, 3.8621, 3.5040, 3.3608, 3.8186},
		{64, 6.3594, 6.1572, 5.8485, 6.4031},
	} {
		var got [5]float64
		for i, h := range sample.before {
			if min(h.X, 7) == x {
				got[0]++
				got[1] += sample.actual[i]
				got[2] += bg(h)
				got[3] += mbg(h)
				got[4] += pareto(h)
			}
		}
		near(t, fmt.Sprintf("customers of %d", x), got[0], want[0], 0)
		for k, name := range []string{"actual", "BG/NBD", "MBG/NBD", "Pareto/NBD"} {
			near(t, fmt.Sprintf("%s of %d", name, x), got[k+1]/got[0], want[k+1], 6e-5)
		}
	}
}

// Repeat purchases since the first day of 1997, by the end of weeks 39, 52 and 78.
func TestCumulativeRepeats(t *testing.T) {
	for _, c := range []struct {
		name   string
		of     *holdout
		actual [3]float64
		want   map[string][3]float64
	}{
		{
			"the sample", newHoldout(t, dataset.CDNOWSample, "cdnow/CDNOW_sample.txt"),
			[3]float64{2457, 3183, 4339},
			map[string][3]float64{
				"BG/NBD": {2494.0, 3127.7, 4160.6}, "MBG/NBD": {2475.6, 3083.0, 4050.0}, "Pareto/NBD": {2524.9, 3184.4, 4270.0},
			},
		},
		{
			"all CDNOW", newHoldout(t, dataset.CDNOW, "cdnow/CDNOW_master.txt"),
			[3]float64{24337, 31701, 44021},
			map[string][3]float64{"BG/NBD": {24451.9, 30814.6, 41301.1}},
		},
	} {
		models := map[string]forecast{}
		for name := range c.want {
			models[name] = c.of.model(t, name)
		}
		for i, weeks := range []int{39, 52, 78} {
			end := date(1997, 1, 1).AddDate(0, 0, 7*weeks-1)
			then, _ := c.of.ledger.until(end, week)
			var actual float64
			by := map[string]float64{}
			for _, h := range then {
				actual += float64(h.X)
				for name, m := range models {
					by[name] += m.ExpectedNew(h.T)
				}
			}
			near(t, fmt.Sprintf("%s: actual by week %d", c.name, weeks), actual, c.actual[i], 0)
			for name, want := range c.want {
				near(t, fmt.Sprintf("%s: %s by week %d", c.name, name, weeks), by[name], want[i], .06)
			}
		}
	}
}
