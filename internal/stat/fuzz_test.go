package stat

import "testing"

// FuzzPurchaseModel holds the purchase models to their promises on whatever Validate
// lets pass.
func FuzzPurchaseModel(f *testing.F) {
	f.Add(.243, 4.414, .793, 2.426, 2, 30.43, 38.86, 39., .5)
	f.Add(.25, 4., .8, 2.5, 2000, 99., 100., 39., 0.)
	f.Add(.54587412, 13.40931639, .00099949, .03899022, 0, 0., 10., 30., 1.)
	f.Add(1e-9, 1e-9, 1e-9, 1e9, 10000, 0., 1e9, 1e9, .999999)
	f.Add(1e9, 1e9, 1e9, 1e-9, 1, 1e-300, 1e-300, 1e-300, 1e-300)
	f.Fuzz(func(t *testing.T, r, alpha, a, b float64, x int, tx, age, span, q float64) {
		h := Rhythm{X: x, TX: tx, T: age}
		m := MBGNBD{R: r, Alpha: alpha, A: a, B: b}
		if m.Validate() != nil || h.Validate() != nil || !(span >= 0 && span <= MaxSpan && q >= 0 && q <= 1) {
			t.Skip("refused")
		}
		checkRange(t, m, h, span, q)
		checkRange(t, BGNBD(m), h, span, q)
		checkRange(t, ParetoNBD{R: r, Alpha: alpha, S: a, Beta: b}, h, span, q)
	})
}
