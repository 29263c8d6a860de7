package stat

import (
	"math"
	"testing"
)

// The customer whose numbers the papers and their implementations quote; and the
// fits to a tenth of CDNOW, in weeks and dollars. Each fit stands twice: with the
// digits that were published, and with the digits that some of the quoted numbers
// were computed with.
var (
	customer = Rhythm{X: 2, TX: 30.43, T: 38.86}

	bg  = BGNBD{R: .243, Alpha: 4.414, A: .793, B: 2.426}
	mbg = MBGNBD{R: .525, Alpha: 6.183, A: .891, B: 1.614}
	gg  = GammaGamma{P: 6.25, Q: 3.74, V: 15.44}

	pareto = ParetoNBD{R: .553, Alpha: 10.578, S: .606, Beta: 11.669}

	bgFit  = BGNBD{R: .242593, Alpha: 4.413524, A: .792885, B: 2.425749}
	mbgFit = MBGNBD{R: .524843, Alpha: 6.183078, A: .891360, B: 1.614004}
	ggFit  = GammaGamma{P: 6.2488, Q: 3.7446, V: 15.4478}

	paretoFit = ParetoNBD{R: .553278, Alpha: 10.577692, S: .606236, Beta: 11.668614}

	nan = math.NaN()
)

// near fails unless got is within tol of want. NaN is near nothing.
func near(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	if got == want {
		return
	}
	if !(math.Abs(got-want) <= tol) {
		t.Errorf("%s: got %.12g, want %.12g within %g", what, got, want, tol)
	}
}

// closeTo fails unless got is within a factor 1 ± tol of want.
func closeTo(t *testing.T, what string, got, want, tol float64) {
	t.Helper()
	near(t, what, got, want, tol*math.Abs(want))
}
