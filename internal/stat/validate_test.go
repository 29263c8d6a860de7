package stat

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		why  string
		err  error
		want []string // in the message; nil: accepted
	}{
		{"as published", bg.Validate(), nil},
		{"as published", mbg.Validate(), nil},
		{"as published", gg.Validate(), nil},
		{"nobody was seen to leave", BGNBD{.7, 9.4, 1e-8, 1e6}.Validate(), nil},
		{"the zero model", BGNBD{}.Validate(), []string{"BG/NBD: r = 0", "alpha = 0", "a = 0", "b = 0"}},
		{"NaN from a fit", MBGNBD{R: nan, Alpha: 1, A: 1, B: 1}.Validate(), []string{"MBG/NBD: r = NaN"}},
		{"a runaway fit", BGNBD{1, 1, 1, 1e12}.Validate(), []string{"b = 1e+12"}},
		{"an infinite mean", GammaGamma{6, 1, 15}.Validate(), []string{"q = 1, want more than 1"}},
		{"as published", pareto.Validate(), nil},
		{"the zero model", ParetoNBD{}.Validate(), []string{"Pareto/NBD: r = 0", "alpha = 0", "s = 0", "beta = 0"}},
		{"the zero model", NBD{}.Validate(), []string{"NBD: r = 0", "alpha = 0"}},
		{"the zero model", SBG{}.Validate(), []string{"sBG: a = 0", "b = 0"}},
		{"the zero model", BGBB{}.Validate(), []string{"BG/BB: alpha = 0", "beta = 0", "gamma = 0", "delta = 0"}},
		{"a spend", Spend{X: 2, Mean: 22.35}.Validate(), nil},
		{"bought once", Spend{Mean: 22.35}.Validate(), []string{"x = 0"}},
		{"given away", Spend{X: 1}.Validate(), []string{"mean spend 0"}},
		{"a subscription", Subscription{3, true}.Validate(), nil},
		{"ended before it began", Subscription{0, true}.Validate(), []string{"renewals 0"}},
		{"donated twice", Occasions{2, 4, 6}.Validate(), nil},
		{"twice at one occasion", Occasions{2, 1, 6}.Validate(), []string{"x = 2", "t_x = 1"}},
		{"never, but lately", Occasions{0, 1, 6}.Validate(), []string{"t_x = 1"}},
		{"just bought", Rhythm{}.Validate(), nil},
		{"the published customer", customer.Validate(), nil},
		{"bought less than never", Rhythm{X: -1}.Validate(), []string{"x = -1"}},
		{"bought tomorrow", Rhythm{X: 1, TX: 2, T: 1}.Validate(), []string{"t_x = 2", "T = 1"}},
		{"bought before the first time", Rhythm{X: 1, TX: -1, T: 1}.Validate(), []string{"t_x = -1"}},
		{"ageless", Rhythm{X: 1, TX: 1, T: nan}.Validate(), []string{"T = NaN"}},
		{"older than the hills", Rhythm{T: 2e9}.Validate(), []string{"T = 2e+09"}},
		{"a last purchase that is not the first, without a repeat", Rhythm{X: 0, TX: 1, T: 2}.Validate(), []string{"without a repeat"}},
	} {
		if c.want == nil && c.err != nil {
			t.Errorf("%s: got %v, want no error", c.why, c.err)
		}
		for _, part := range c.want {
			if c.err == nil || !strings.Contains(c.err.Error(), part) {
				t.Errorf("%s: got error %v, want it to say %q", c.why, c.err, part)
			}
		}
	}
}
