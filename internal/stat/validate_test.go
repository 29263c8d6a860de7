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
