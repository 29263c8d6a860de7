package population

import (
	"math"

	"tidemark/internal/score/tier"
)

// Driver says how well one indicator separates the tiers.
type Driver struct {
	Indicator string `json:"indicator"`
	// Steps are the differences between tiers that follow each other, where both have at least two customers with the indicator.
	Steps []Difference `json:"steps"`
}

// Difference is the difference of the means of two tiers in standard deviations: Cohen's d, by the pooled variance. It is 0 where the means are equal
// and absent where the pooled variance is zero.
type Difference struct {
	From string  `json:"from"`
	To   string  `json:"to"`
	D    float64 `json:"d"`
}

func (m *Moments) driver(line int, name string) Driver {
	d := Driver{Indicator: name}
	for t := tier.Low; t < tier.High; t++ {
		a, b := m.Tiers[t][line], m.Tiers[t+1][line]
		if a.N < 2 || b.N < 2 {
			continue
		}
		pooled := (a.deviations() + b.deviations()) / float64(a.N+b.N-2)
		if pooled > 0 {
			d.Steps = append(d.Steps, Difference{t.String(), (t + 1).String(), (b.mean() - a.mean()) / math.Sqrt(pooled)})
		}
	}
	return d
}

func (m *Moment) mean() float64 { return float64(m.Sum) / float64(m.N) }

// deviations is the sum of the squared deviations from the mean.
func (m *Moment) deviations() float64 {
	return max(0, float64(m.Squares)-float64(m.Sum)*float64(m.Sum)/float64(m.N))
}

// Correlation is that of two indicators of the scorecard over the buyers of whom both are known, in [−1, 1]; false where one does not vary.
func (m *Moments) Correlation(i, j int) (float64, bool) {
	at := func(i, j int) Pair { return m.Pairs[i*m.Lines+j] }
	ij, ji := at(i, j), at(j, i)
	n := float64(ij.N)
	// The spread is that of all values of an indicator: the squares of the pairs alone are not kept.
	vi, vj := at(i, i).variance(), at(j, j).variance()
	if ij.N < 2 || vi <= 0 || vj <= 0 {
		return 0, false
	}
	covariance := float64(ij.Product)/n - float64(ij.Sum)/n*float64(ji.Sum)/n
	return max(-1, min(1, covariance/math.Sqrt(vi*vj))), true
}

func (p Pair) variance() float64 {
	if p.N == 0 {
		return 0
	}
	n := float64(p.N)
	return float64(p.Product)/n - float64(p.Sum)/n*float64(p.Sum)/n
}
