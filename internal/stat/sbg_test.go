package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestSBG(t *testing.T) {
	m := SBG{A: .7041, B: 1.1820}
	// The recursion of the paper.
	p, s := m.A/(m.A+m.B), 1.
	for k := 1; k <= 12; k++ {
		if k > 1 {
			p *= (m.B + float64(k-2)) / (m.A + m.B + float64(k-1))
		}
		was := s
		s -= p
		near(t, fmt.Sprintf("P(%d)", k), m.PMF(k), p, 1e-14)
		near(t, fmt.Sprintf("S(%d)", k), m.Survival(k), s, 1e-14)
		near(t, fmt.Sprintf("retention %d", k), m.Retention(k), s/was, 1e-14)
	}
	near(t, "P(0)", m.PMF(0), 0, 0)
	near(t, "S(0)", m.Survival(0), 1, 0)
	near(t, "a renewal accepted", m.LogLikelihood(Subscription{3, false}), math.Log(m.Survival(3)), 1e-15)
	near(t, "a renewal refused", m.LogLikelihood(Subscription{3, true}), math.Log(m.PMF(3)), 1e-15)
	near(t, "two renewals to come, after one", m.Discounted(1, 2, .1),
		m.Survival(2)/m.Survival(1)/1.1+m.Survival(3)/m.Survival(1)/1.21, 1e-15)
}
