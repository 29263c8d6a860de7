package stat

import "math"

// integral takes the mean over the dropout probability itself,
//
//	int_0^1 Beta(p; a, b) h(p) dp,   h(p) = (1 - (1+pu)^-r) / p,
//
// for spans so long, against what is known of the customer, that the series
// would not end. mean is r u = h(0).
//
// The integrand is analytic around the real line of y = logit(p) and dies out at
// both ends, so the trapezoid rule in y converges exponentially. It dies out as
// e^(ay) and e^(-by), which is too slow for small a or b. Then the value of h at
// that end is split off, as a straight line whose mean is known. The rest falls
// by one power faster, and only the rest is integrated.
func (p posterior) integral(u, mean float64) float64 {
	a, b := p.a, p.b
	var at0, at1 float64 // the line at0 (1-p) + at1 p
	if a < 0.5 {
		at0, a = mean, a+1
	}
	if b < 0.5 {
		at1, b = -math.Expm1(-p.r*math.Log1p(u)), b+1
	}
	line := (float64(at0*p.b) + float64(at1*p.a)) / (p.a + p.b)

	lo, hi := support(a, b, mean)
	width := math.Sqrt(1/a + 1/b) // standard deviation of y under Beta(a, b)
	step := min(0.25, width/2)
	lb := lbeta(p.a, p.b)
	var rest float64
	for i := range int((hi-lo)/step) + 1 {
		y := lo + float64(float64(i)*step)
		stay := -softplus(y) // ln(1-p)
		leave := y + stay    // ln p
		if y > 0 {
			leave = -softplus(-y)
			stay = leave - y
		}
		q, s := math.Exp(leave), math.Exp(stay)
		h := -math.Expm1(-p.r*math.Log1p(q*u)) / q
		density := math.Exp(float64(p.a*leave) + float64(p.b*stay) - lb)
		rest += float64(density * (h - float64(at0*s) - float64(at1*q)))
	}
	return max(0, line+float64(rest*step))
}

// support is the stretch of y = logit(p) outside which p^a (1-p)^b h(p) is
// nothing against its inside. Beyond the peak it reaches nine standard
// deviations where the integrand falls like a bell, and forty over the slope
// where it falls like e^(slope y). h is flat up to p = 1/mean and then falls as
// 1/p at most, which is the same as an a that is smaller by one.
func support(a, b, mean float64) (lo, hi float64) {
	bell := math.Sqrt(1/a + 1/b)
	peak := math.Log(a / b)
	hi = peak + float64(9*bell) + 40/b
	if a > 2 {
		bell = math.Sqrt(1/(a-1) + 1/b)
		return math.Log((a-1)/b) - float64(9*bell) - 40/(a-1), hi
	}
	return min(peak, -math.Log1p(mean)) - float64(9*bell) - 40/a, hi
}
